"""Say what a picture is, with its pixels and without."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.words import Refusal

Pixels = npt.NDArray[np.uint8]


class PictureError(Refusal):
    """Say in one sentence why a file or an array is no usable picture, and what to do."""


@dataclass(frozen=True)
class Handling:
    """Say what was done to a stored picture beyond unpacking it.

    `turned` as its EXIF data say; `transparent` parts laid on white; `levels` names the stored values that became black
    and white where these are not 0 and 255, `stretched` if they are the picture's own smallest and largest; `shrunk` to
    half its height and width. `keras` is what Keras makes of the values instead: "same", "other" or "error".
    """

    turned: bool = False
    transparent: bool = False
    levels: str = ""
    stretched: bool = False
    shrunk: bool = False
    keras: str = "same"

    @property
    def words(self) -> str:
        """Say all of it in a few words, nothing for a plain picture."""
        own = ", its own smallest and largest," if self.stretched else ""
        said = [
            "read at half its height and width" if self.shrunk else "",
            "turned upright as its EXIF data say" if self.turned else "",
            f"stored values {self.levels}{own} taken as black to white" if self.levels else "",
            "transparent parts laid on white" if self.transparent else "",
        ]
        return "; ".join(part for part in said if part)


PLAIN = Handling()


@dataclass(frozen=True)
class Facts:
    """Hold what is known of a picture without its pixels; as in `Picture`, and `shape` (height, width) upright."""

    name: str
    format: str
    mode: str
    size: tuple[int, int]
    shape: tuple[int, int]
    sha256: str
    handling: Handling = PLAIN


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
    handling: Handling = PLAIN
