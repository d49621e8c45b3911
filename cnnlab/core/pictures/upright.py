"""Bring what Pillow decoded to upright RGB."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def stored_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height as they are stored."""
    # Pillow swaps the size of a TIFF that lies on its side when it opens it, that of other formats never.
    if image.format == "TIFF" and _orientation(image) >= 5:
        return image.height, image.width
    return image.width, image.height


def _orientation(image: Image.Image) -> int:
    try:
        value: Any = image.getexif().get(_ORIENTATION_TAG, 1)
        return int(value) if int(value) in _TURNS else 1
    except Exception:
        # Broken EXIF is common in real files and says nothing about the pixels.
        return 1


def upright(rgb: Image.Image, source: Image.Image) -> Image.Image:
    """Return an image turned as the EXIF data of its source say."""
    # Asked after loading, because Pillow turns a TIFF upright itself and then drops the tag.
    turn = _TURNS.get(_orientation(source))
    return rgb if turn is None else rgb.transpose(turn)


def to_rgb(image: Image.Image) -> Image.Image:
    """Return an image as RGB, transparency laid on white."""
    if image.mode.startswith("I;16"):
        return _grey(np.rint(np.asarray(image, dtype=np.float32) / 257.0))
    if image.mode in ("I", "F"):
        return _grey(_stretched(np.asarray(image, dtype=np.float64)))
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(white, coloured).convert("RGB")
    # A conversion to the mode it has would copy it.
    return image if image.mode == "RGB" else image.convert("RGB")


def _grey(values: npt.NDArray[Any]) -> Image.Image:
    return Image.fromarray(values.astype(np.uint8)).convert("RGB")


def _stretched(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scale values from their finite minimum..maximum to 0..255; a constant picture and NaN become 0."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros_like(values)
    low, high = values[finite].min(), values[finite].max()
    # Halved, so that the range of the largest doubles does not overflow.
    span = high / 2 - low / 2
    if span == 0:
        return np.zeros_like(values)
    inside = np.clip(np.nan_to_num(values, nan=low, posinf=high, neginf=low), low, high)
    return np.asarray(np.rint((inside / 2 - low / 2) / span * 255.0))
