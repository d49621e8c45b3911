"""Compare what letters matter by two methods, and how much of it lies where a motif is."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.agreement import share_inside, share_of_random_box

Numbers = npt.NDArray[np.floating]
Span = tuple[int, int]
"""First and last position of a range, both inside it."""


def correlation(one: Numbers, other: Numbers) -> float | None:
    """Return Pearson's r of two rows of numbers; None where one of them is the same everywhere."""
    first, second = (np.asarray(each, np.float64) - np.mean(each, dtype=np.float64) for each in (one, other))
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(np.clip(first @ second / size, -1, 1)) if size > 0 else None


def share_within(values: Numbers, span: Span) -> tuple[float, float] | None:
    """Return which share of |values| (length,) lies in a range, and in a random one as long; None if all are 0."""
    mask = np.zeros((1, len(values)), bool)
    mask[0, span[0] : span[1] + 1] = True
    own = share_inside(values[None], mask)
    random = share_of_random_box(values[None], 1, span[1] - span[0] + 1)
    return None if own is None or random is None else (own, random)


def overlap(span: Span, others: Iterable[Span]) -> int:
    """Return how many positions of a range lie in any of the others."""
    covered = {position for first, last in others for position in range(first, last + 1)}
    return sum(position in covered for position in range(span[0], span[1] + 1))
