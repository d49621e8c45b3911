"""Hold the way of the first picture through the trained network, made beforehand.

`assets/build/first_flow.py` writes the file. It counts only while its picture and weights are those that ship.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.shipped import ASSETS
from cnnlab.processes.subjects import FileWeights, Weighted, pixels_key
from cnnlab.viz.inside.flow import Flow
from cnnlab.viz.inside.flow_file import read_flow

FILE = ASSETS / "home" / "flow.npz"


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
