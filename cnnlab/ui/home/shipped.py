"""Hold the picture that the home page begins with, and its way through the trained network, made beforehand.

`assets/build/first_flow.py` writes the file. It counts only while its picture and weights are those that ship.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cnnlab.core.data.bundled import silhouettes
from cnnlab.core.data.held import HeldPicture, hold
from cnnlab.core.network import Network
from cnnlab.core.pictures import Picture, Pixels
from cnnlab.core.pictures.reference import FromData
from cnnlab.core.shipped import ASSETS
from cnnlab.processes.subjects import FileWeights, Weighted, pixels_key
from cnnlab.viz.inside.flow import Flow
from cnnlab.viz.inside.flow_file import read_flow

FILE = ASSETS / "home" / "flow.npz"
INDEX = 268  # of the validation picture


@dataclass(frozen=True, eq=False)
class First:
    """Hold a picture of the validation set as the current picture is held: with its reference and its class."""

    picture: HeldPicture
    reference: FromData
    truth: str


@lru_cache(maxsize=1)
def first_picture() -> First:
    """Return the picture that the home page begins with; no other picture of the set is painted for it."""
    outlines, seeds = silhouettes.silhouettes("validation"), silhouettes.texture_seeds("validation")
    pixels = silhouettes.compose(outlines[INDEX], seeds[INDEX])
    pixels.setflags(write=False)
    truth = silhouettes.CLASSES[INDEX * len(silhouettes.CLASSES) // len(seeds)]
    height, width, _ = pixels.shape
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    made = Picture(f"{truth} of silhouettes", "painted here", "RGB", (width, height), pixels, digest)
    return First(hold(made, lambda: made), FromData(silhouettes.fingerprint(), "validation", INDEX), truth)


def shipped_flow(subject: Weighted, pixels: Pixels) -> Flow | None:
    """Return the flow that was made beforehand, if it is the one of these weights and this picture."""
    if not isinstance(subject.weights, FileWeights) or not FILE.is_file():
        return None
    drawn, about = _read()
    return drawn if about.get("key") == key_of(subject.network, subject.weights.path, pixels) else None


def key_of(network: Network, weights: Path, pixels: Pixels) -> str:
    """Return a text that is another one for another network, for other weights in the file and for other pixels."""
    return f"{_hash_of_network(network)} {_digest(weights, weights.stat().st_mtime_ns)} {pixels_key(pixels)}"


def _hash_of_network(network: Network) -> str:
    """Return a digest of everything that a network is."""
    return hashlib.sha256(repr(network.to_dict()).encode()).hexdigest()


@lru_cache(maxsize=4)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def _read() -> tuple[Flow, dict[str, Any]]:
    return read_flow(FILE)
