"""Hold the picture that a visit begins with: a silhouette of the set that the shipped network was trained on."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cnnlab.core.data.bundled import silhouettes
from cnnlab.core.data.held import HeldPicture, hold
from cnnlab.core.pictures import Picture
from cnnlab.core.pictures.reference import FromData
from cnnlab.ui.session import shared

INDEX = 268  # of the validation picture


@dataclass(frozen=True, eq=False)
class First:
    """Hold a picture of the validation set as the current picture is held: with its reference and its class."""

    picture: HeldPicture
    reference: FromData
    truth: str


@lru_cache(maxsize=1)
def first_picture() -> First:
    """Return the picture that a visit begins with; no other picture of the set is painted for it."""
    outlines, seeds = silhouettes.silhouettes("validation"), silhouettes.texture_seeds("validation")
    pixels = silhouettes.compose(outlines[INDEX], seeds[INDEX])
    pixels.setflags(write=False)
    truth = silhouettes.CLASSES[INDEX * len(silhouettes.CLASSES) // len(seeds)]
    height, width, _ = pixels.shape
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    made = Picture(f"{truth} of silhouettes", "painted here", "RGB", (width, height), pixels, digest)
    return First(hold(made, lambda: made), FromData(silhouettes.fingerprint(), "validation", INDEX), truth)


def show_first() -> None:
    """Make it the current picture."""
    mine, first = shared(), first_picture()
    mine.picture = mine.picture.chosen(first.picture, first.reference, first.truth)
