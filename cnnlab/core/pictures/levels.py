"""Bring stored numbers of any kind to the 256 levels of a picture, and say which of them became black and white."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.pictures.picture import Pixels

Values = npt.NDArray[Any]

_BLOCK = 1 << 17  # numbers at a time: as float64 they take eight bytes each
_DARKEST_UNIT = 1 / 16  # of floats up to 1; below, as in 12 of 16 bits, the picture would come out nearly black


@dataclass(frozen=True)
class Levels:
    """Name the stored values that became black and white; `own` if they are the picture's smallest and largest."""

    black: float
    white: float
    own: bool = False

    def __str__(self) -> str:
        """Write the range for a sentence."""
        return f"{self.black:,.6g} to {self.white:,.6g}"


def levels_of(values: Values, bits: int, stated: int | None = None) -> Levels:
    """Choose black and white for stored values, `bits` of them each; `stated` is the largest that a file speaks of.

    Whole numbers of up to 16 bits without a sign begin at 0 and end with the format; in 16 bits, numbers that end at
    255 or 4,095 are taken for those of a camera with 8 or 12. Floats within 0 and 1 are that. For all others no
    black and no white is agreed upon, so that they are stretched from the smallest to the largest.
    """
    if values.dtype.kind == "u" and bits <= 16:
        top = int(values.max(initial=0))
        if stated is not None and top <= stated < 1 << bits:
            return Levels(0, stated)
        fuller = (255, 4095) if bits == 16 else ()
        return Levels(0, next(white for white in (*fuller, (1 << bits) - 1) if top <= white))
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if values.dtype.kind == "f" and low >= 0 and _DARKEST_UNIT <= high <= 1:
        return Levels(0, 1)
    return Levels(low, high, own=True)


def to_bytes(values: Values, levels: Levels) -> Pixels:
    """Scale values (height, width, n) from black..white to 0..255, uint8 in the same shape.

    What lies outside is cut off; what is no number, and a picture without any range, becomes 0.
    """
    out = np.zeros(values.shape, np.uint8)
    # Halved, so that the range of the largest doubles does not overflow.
    span = levels.white / 2 - levels.black / 2
    if span == 0:
        return out
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        every = np.arange(1 << 8 * values.dtype.itemsize) - levels.black
        shades = np.rint(np.clip(every / (levels.white - levels.black) * 255.0, 0, 255)).astype(np.uint8)
        return np.asarray(shades[values])
    rows = max(1, _BLOCK // max(1, values[:1].size))
    for start in range(0, len(values), rows):
        block = values[start : start + rows].astype(np.float64)
        if values.dtype.kind == "f":
            block[np.isnan(block)] = levels.black
        np.clip(block, levels.black, levels.white, out=block)
        block /= 2
        block -= levels.black / 2
        block /= span
        block *= 255.0
        out[start : start + rows] = np.rint(block, out=block)
    return out
