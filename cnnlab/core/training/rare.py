"""Know when one class of two is so rare that accuracy says nothing of it, and which thresholds part its answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from cnnlab.core.training.answers import Answers

MOST_STEPS = 97
RARE = 0.1
"""The share of a class below which always giving the other one is right so often that accuracy says nothing."""


@dataclass(frozen=True)
class RareClass:
    """Name the rarer class of two by its position, with its share of all."""

    position: int
    share: float


def rare_class(answers: Answers) -> RareClass | None:
    """Return the rare one of two classes; None where none is, or where one has nothing to judge by."""
    counts = np.bincount(answers.labels, minlength=len(answers.classes))
    if len(answers.classes) != 2 or counts.min() == 0:
        return None
    share = float(counts.min() / counts.sum())
    return RareClass(int(counts.argmin()), share) if share < RARE else None


def thresholds_along(answers: Answers, of: int) -> tuple[float, ...]:
    """Return rising thresholds that part the answers to a rare class from all others; 0, 0.5 and 1 are among them.

    Evenly spaced ones would mostly lie where there is no answer: a network gives a rare class a small probability.
    Each is the shortest decimal that has one more of the class on its side than the one before, of many evenly spread.
    """
    return tuple(sorted({0.0, 0.5, 1.0, *_cuts(answers, of)}))


def _cuts(answers: Answers, of: int) -> Iterator[float]:
    given = answers.outputs[:, -1]
    bounds = np.unique(np.concatenate([[0.0], given, [1.0]]))
    own = np.unique(given[answers.labels == of])
    for output in own[np.unique(np.linspace(0, len(own) - 1, MOST_STEPS).round().astype(int))]:
        at = int(np.searchsorted(bounds, output))
        low, high = (at - 1, at) if of else (at, at + 1)
        if low >= 0 and high < len(bounds):
            yield _shortest(float(bounds[low]), float(bounds[high]))


def _shortest(low: float, high: float) -> float:
    """Return the number with the fewest decimals that is at least `low` and below `high`."""
    tries = (ceil(low * 10**digits) / 10**digits for digits in range(1, 17))
    return next((number for number in tries if low <= number < high), low)
