"""Find channels of a layer that say the same: equal maps, or maps that rise and fall together."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

FEWEST = 16  # values of a map below which a correlation says nothing
_FLAT = 1e-12  # of the mean square: a variance that is only rounding


@dataclass(frozen=True, eq=False)
class Twins:
    """Tell for each channel (channels,) the first one before it that it is like, -1 for none.

    `correlation` is Pearson's r with that one; `equal` tells that every value is the same.
    """

    of: npt.NDArray[np.int32]
    correlation: npt.NDArray[np.float32]
    equal: npt.NDArray[np.bool_]


class Likeness:
    """Compare the channels of one layer over one or several pictures, one at a time."""

    def __init__(self) -> None:
        self._count = 0
        self._origin: npt.NDArray[np.float64] | None = None
        self._sums = self._products = np.zeros(0)
        self._marks: list[bytes] = []
        self._active = np.zeros(0, bool)

    def add(self, values: npt.NDArray[np.float32]) -> None:
        """Take the maps (height, width, channels) of one more picture."""
        flat = values.reshape(-1, values.shape[-1])
        channels = flat.shape[1]
        if self._origin is None:
            # Products of small deviations keep more digits than those of large values.
            self._origin = flat.mean(axis=0, dtype=np.float64)
            self._sums, self._products = np.zeros(channels), np.zeros((channels, channels))
            self._marks, self._active = [b""] * channels, np.zeros(channels, bool)
        moved = flat - self._origin
        self._count += len(flat)
        self._sums = self._sums + moved.sum(axis=0)
        self._products = self._products + moved.T @ moved
        self._active |= flat.any(axis=0)
        each = np.ascontiguousarray(flat.T) + np.float32(0)  # minus zero is zero
        self._marks = [_mark(before, row) for before, row in zip(self._marks, each, strict=True)]

    def twins(self, least: float) -> Twins:
        """Return which channels are equal to one before, or correlate with it by at least `least`.

        A channel that is zero everywhere is dead and like none; a constant map has no correlation.
        """
        correlation = self._correlation()
        marks = np.array([int.from_bytes(mark) for mark in self._marks], np.uint64)
        equal = marks[:, None] == marks
        alike = (equal | (correlation >= least)) & self._active & self._active[:, None]
        before = np.tril(alike, -1)
        of = np.where(before.any(axis=1), before.argmax(axis=1), -1)
        rows = np.arange(len(of))
        return Twins(of.astype(np.int32), correlation[rows, of].astype(np.float32), equal[rows, of] & (of >= 0))

    def _correlation(self) -> npt.NDArray[np.float64]:
        """Return Pearson's r of every pair of channels; 0 where it has no meaning."""
        means = self._sums / self._count
        covariance = self._products / self._count - np.outer(means, means)
        variance = np.diagonal(covariance).copy()
        assert self._origin is not None
        variance[variance <= _FLAT * (np.abs(self._origin) + np.abs(means)) ** 2] = 0
        scale = np.sqrt(np.outer(variance, variance))
        if self._count < FEWEST:
            return np.zeros_like(scale)
        return np.clip(np.divide(covariance, scale, out=np.zeros_like(scale), where=scale > 0), -1, 1)


def _mark(before: bytes, values: npt.NDArray[np.float32]) -> bytes:
    return blake2b(before + values.tobytes(), digest_size=8).digest()


def compare(kept: list[Likeness], outputs: Sequence[npt.NDArray[np.float32]]) -> list[Likeness]:
    """Return the comparisons of every layer with the outputs for one more picture added; at first `kept` is empty.

    A layer whose output is no map is not compared.
    """
    kept = kept or [Likeness() for _ in outputs]
    for likeness, values in zip(kept, outputs, strict=True):
        if values.ndim == 3:
            likeness.add(values)
    return kept


def as_arrays(kept: Sequence[Likeness], least: float) -> list[npt.NDArray[np.float32]]:
    """Return for each layer an array (3, channels): the twin, the correlation, 1 where equal; (3, 0) for no maps."""
    found = []
    for likeness in kept:
        if not likeness._count:
            found.append(np.zeros((3, 0), np.float32))
            continue
        twins = likeness.twins(least)
        found.append(np.stack([twins.of, twins.correlation, twins.equal]).astype(np.float32))
    return found


def twins_of(arrays: Sequence[npt.NDArray[np.float32]]) -> tuple[Twins, ...]:
    """Read what `as_arrays` wrote."""
    return tuple(Twins(each[0].astype(np.int32), each[1], each[2] > 0) for each in arrays)
