"""End a colour scale at the largest value, or before the largest few, and say how much lies beyond."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

CLIPS = {"not at all": 1.0, "at the 99th percentile": 0.99, "at the 95th percentile": 0.95}
"""The share of the values that must lie within the scale."""


def end_of_scale(parts: Sequence[Array], share: float) -> float:
    """Return the smallest end at which at least `share` of all values lie within -end to end.

    That is the nearest-rank percentile of the absolute values. Where it is zero, because so many values are, the
    scale ends at the largest: otherwise nothing could be told apart.
    """
    return float(_ends([values.reshape(-1, 1) for values in parts], share)[0])


def ends_of_maps(parts: Sequence[Array], share: float) -> Array:
    """Return the end of the scale of each channel (channels,) of arrays (height, width, channels).

    The same channel of several arrays has one scale.
    """
    return _ends([values.reshape(-1, values.shape[-1]) for values in parts], share)


def _ends(parts: Sequence[Array], share: float) -> Array:
    """Return the end of the scale of each column of arrays (values, columns)."""
    beyond = int(sum(len(values) for values in parts) * (1 - share) + 1e-9)
    # No part can have more of the largest values than there are, so that the rest need not be copied.
    largest = np.concatenate([_largest(values, beyond + 1) for values in parts])
    place = len(largest) - beyond - 1
    ends = np.partition(largest, place, axis=0)[place]
    return np.where(ends > 0, ends, largest.max(axis=0))


def _largest(values: Array, count: int) -> Array:
    if count == 1:
        return np.maximum(values.max(axis=0, keepdims=True), -values.min(axis=0, keepdims=True))
    sizes = np.abs(values)
    return sizes if count >= len(sizes) else np.partition(sizes, len(sizes) - count, axis=0)[len(sizes) - count :]


def share_beyond(parts: Sequence[Array], ends: npt.ArrayLike) -> float:
    """Return the share of all values whose absolute value is larger than the end of the scale."""
    # In float32, as the end was found: rounding must not put a value beyond itself.
    limit = np.asarray(ends, np.float32)
    return sum(int((np.abs(values) > limit).sum()) for values in parts) / sum(values.size for values in parts)
