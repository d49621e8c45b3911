"""Warp pictures through affine maps as TensorFlow's `ImageProjectiveTransformV3` does, on which Keras' layers stand."""

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment.warp import Floats, Matrix

# Pixels warped at a time: few enough to stay in a core's cache, enough to hide the cost of a numpy call.
_CHUNK = 8_000


def project(
    images: Floats, chosen: list[int], maps: Matrix, fill_mode: str, interpolation: str, fill_value: float
) -> None:
    """Warp the chosen images (n, height, width, up to 4 channels), each through its own map (k, 2, 3), in place.

    A map leads from an output pixel (x, y, 1), counted from the top left, to the input. `fill_mode` is "reflect",
    "wrap", "nearest" or "constant" with `fill_value`; `interpolation` is "bilinear" or "nearest". Single precision
    throughout, in TensorFlow's order.
    """
    height, width = images.shape[1:3]
    step = max(1, _CHUNK // (height * width))
    for start in range(0, len(chosen), step):
        part = chosen[start : start + step]
        images[part] = _project(images[part], maps[start : start + step], fill_mode, interpolation, fill_value)


def _project(images: Floats, maps: Matrix, fill_mode: str, interpolation: str, fill_value: float) -> Floats:
    count, height, width, channels = images.shape
    # A border of the fill value stands for everything outside; four numbers of four bytes a pixel, so that one gather
    # of 16-byte words fetches all channels.
    packed = np.full((count, height + 3, width + 3, 4), fill_value, np.float32)
    packed[:, 1 : height + 1, 1 : width + 1, :channels] = images
    words = packed.view(np.complex128).ravel()
    firsts = (np.arange(count) * (height + 3))[:, None, None]
    coefficients = maps.astype(np.float32)
    x = _lead_back(_coordinates(coefficients[:, 0], height, width), width, fill_mode)
    y = _lead_back(_coordinates(coefficients[:, 1], height, width), height, fill_mode)

    def at(row: npt.NDArray[np.intp], column: npt.NDArray[np.intp]) -> Floats:
        places = (firsts + (row + 1)) * (width + 3) + (column + 1)
        found: Floats = words.take(places, mode="clip").view(np.float32).reshape(count, height, width, 4)
        return found

    if interpolation == "nearest":
        out = at(_round(y), _round(x))
    else:
        left, top = np.floor(x), np.floor(y)
        right, down = (x - left)[..., None], (y - top)[..., None]
        column, row = left.astype(np.intp), top.astype(np.intp)
        upper = _between(at(row, column), at(row, column + 1), right)
        lower = _between(at(row + 1, column), at(row + 1, column + 1), right)
        out = _between(upper, lower, down)
    return out[..., :channels]


def _coordinates(coefficients: Floats, height: int, width: int) -> Floats:
    """Return one input coordinate of every output pixel; (k, 1, width) or (k, height, 1) where that is enough."""
    a, b, c = (coefficients[:, i, None, None] for i in range(3))
    along, down = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    if not b.any():
        return np.asarray(a * along + c)
    if not a.any():
        return np.asarray(b * down + c)
    return np.asarray(a * along + b * down + c)


def _between(first: Floats, second: Floats, share: Floats) -> Floats:
    second -= first
    second *= share
    first += second
    return first


def _round(place: Floats) -> npt.NDArray[np.intp]:
    """Round halves away from zero, as C++ does."""
    return np.trunc(place + np.copysign(np.float32(0.5), place)).astype(np.intp)


def _lead_back(place: Floats, size: int, fill_mode: str) -> Floats:
    """Lead every coordinate back into the picture, or with "constant" onto its border."""
    last = np.float32(size - 1)
    if fill_mode == "constant":
        return np.clip(place, -1, size)
    if fill_mode == "reflect" and size > 1:
        # The edge pixel is repeated: -1 is the first pixel again, then it goes back.
        beyond = place % np.float32(2 * size)
        place = np.where(beyond > last, np.float32(2 * size - 1) - beyond, beyond)
        # Between the last pixel and its repetition both are the same.
    elif fill_mode == "wrap" and size > 1:
        # TensorFlow counts the turns by the period less one, and moves by the whole period.
        below = place + np.float32(size) * (np.trunc(-place / last) + 1)
        above = place - np.float32(size) * np.trunc(place / last)
        place = np.where(place < 0, below, np.where(place > last, above, place))
    return np.clip(place, 0, last)
