"""Say what a picture is, with its pixels and without."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.words import Refusal

Pixels = npt.NDArray[np.uint8]


class PictureError(Refusal):
    """Say in one sentence why a file or an array is no usable picture, and what to do."""


@dataclass(frozen=True)
class Facts:
    """Hold what is known of a picture without its pixels; as in `Picture`, and `shape` (height, width) upright."""

    name: str
    format: str
    mode: str
    size: tuple[int, int]
    shape: tuple[int, int]
    sha256: str


@dataclass(frozen=True, eq=False)
class Picture:
    """Hold a decoded picture and what its file said about itself.

    `mode` and `size` (width, height) are as stored, before any EXIF rotation; `pixels` is uint8 RGB with shape
    (height, width, 3), upright and read-only; `sha256` is of the file's bytes.
    """

    name: str
    format: str
    mode: str
    size: tuple[int, int]
    pixels: Pixels
    sha256: str
