"""Warp many small pictures at once, bilinear, each through its own affine map, as scipy's `affine_transform` does."""

import numpy as np
import numpy.typing as npt

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

# Pixels warped at a time: few enough to stay in a core's cache, enough to hide the cost of a numpy call.
_CHUNK = 20_000


def warp(images: Images, chosen: list[int], affines: Matrix, scale: float, out: Floats, fill: str, cval: float) -> None:
    """Write the chosen images, each through its own map (k, 2, 3) and times `scale`, into the same places of `out`.

    A map leads from an output pixel (row, column, 1) to the input. `fill` is "nearest", "reflect", "wrap" or "constant"
    with the value `cval`, for what lies outside the input, as in scipy 1.6 and later with order=1.
    """
    height, width = images.shape[1:3]
    step = max(1, _CHUNK // (height * width))
    for start in range(0, len(chosen), step):
        part = slice(start, start + step)
        _warp(images, chosen[part], affines[part], np.float32(scale), out, fill, cval)


def _warp(
    images: Images, chosen: list[int], affines: Matrix, scale: np.float32, out: Floats, fill: str, cval: float
) -> None:
    count, (height, width, channels) = len(chosen), images.shape[1:]
    # One more row and column, so that the right and lower neighbour of every pixel exists (with weight 0 there);
    # four bytes a pixel, so that one gather of 32-bit words fetches all channels.
    packed = np.zeros((count, height + 1, width + 1, 4), np.uint8)
    packed[:, :height, :width, :channels] = images[chosen]
    rows, columns = (_coordinates(affines[:, axis], height, width) for axis in (0, 1))
    outside = _outside(rows, height) | _outside(columns, width) if fill == "constant" else None
    row, down = _split(_inside(rows, height, fill))
    column, right = _split(_inside(columns, width, fill))
    first = ((np.arange(count) * (height + 1))[:, None, None] + row) * (width + 1) + column
    words = packed.view(np.uint32).ravel()
    near, far = 0, width + 1
    taps = [
        words[offset:].take(first, mode="clip").view(np.uint8).reshape(count, height, width, 4)
        for offset in (near, near + 1, far, far + 1)
    ]
    for channel in range(channels):
        upper, upper_right, lower, lower_right = (tap[..., channel].astype(np.float32) for tap in taps)
        for left, other in ((upper, upper_right), (lower, lower_right)):
            other -= left
            other *= right
            left += other
        lower -= upper
        lower *= down
        upper += lower
        if outside is not None:
            upper[np.broadcast_to(outside, upper.shape)] = cval
        upper *= scale
        out[chosen, :, :, channel] = upper


def _coordinates(maps: Matrix, height: int, width: int) -> Matrix:
    """Return the input coordinate of every output pixel, (k, height, width) for `maps` (k, 3).

    It is (k, height, 1) where the coordinate is the same along the output row, as rows are without rotation.
    """
    down, right, offset = (maps[:, i, None, None] for i in range(3))
    place: Matrix = offset + down * np.arange(height)[:, None]
    if right.any():
        place = place + right * np.arange(width)
    return place


def _outside(place: Matrix, size: int) -> npt.NDArray[np.bool_]:
    return (place < 0) | (place > size - 1)


def _inside(place: Matrix, size: int, fill: str) -> Matrix:
    """Lead every coordinate back into 0..size - 1, in place."""
    last = size - 1
    if fill == "reflect" and size > 1:
        # The edge pixel is repeated: what lies between -1 and 0 is the first pixel, then it goes back.
        place %= 2 * size
        np.subtract(2 * size - 1, place, out=place, where=place > last + 0.5)
    elif fill == "wrap" and size > 1:
        # scipy lets the last pixel and the first one overlap, so the period is one less than the size.
        beyond = _outside(place, size)
        place[beyond] %= last
    np.clip(place, 0, last, out=place)
    return place


def _split(place: Matrix) -> tuple[npt.NDArray[np.intp], Floats]:
    """Split coordinates into their whole part and the rest."""
    whole = place.astype(np.intp)
    place -= whole
    return whole, place.astype(np.float32)
