"""Judge a classifier by its answers: confusion, precision and recall at a threshold, and whether it beats chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.words.numbers import percent

Z = 1.96  # of a 95 % interval
THRESHOLDS = tuple(i / 100 for i in range(101))


@dataclass(frozen=True, eq=False)
class Answers:
    """Hold what a network said about pictures whose class is known.

    `outputs` is (n, 1), the probability of class 1, or (n, classes); `labels` is (n,); `names` names the pictures.
    """

    classes: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    outputs: npt.NDArray[np.float64]
    names: tuple[str, ...]

    @property
    def is_binary(self) -> bool:
        """Tell whether one output decides between two classes."""
        return bool(self.outputs.shape[1] == 1)

    @cached_property
    def has_threshold(self) -> bool:
        """Tell whether the probability of class 1 decides between two classes, so that a threshold can be moved."""
        return self.is_binary or (self.outputs.shape[1] == 2 and all(map(is_distribution, self.outputs)))

    def probabilities(self) -> npt.NDArray[np.float64]:
        """Return the probability of each class, (n, classes)."""
        return np.hstack([1 - self.outputs, self.outputs]) if self.is_binary else self.outputs

    def predicted(self, threshold: float = 0.5) -> npt.NDArray[np.int64]:
        """Return the class given to each picture; of two it is class 1 above the threshold, as in Keras.

        Of two outputs at 0.5 that is the larger one, to the last bit.
        """
        if self.is_binary:
            return np.asarray(self.outputs[:, 0] > threshold, np.int64)
        if self.has_threshold:
            first, second = self.outputs.T
            return np.asarray(second * (1 - threshold) > first * threshold, np.int64)
        return np.asarray(np.argmax(self.outputs, axis=1), np.int64)


def is_distribution(output: npt.NDArray[np.floating[Any]]) -> bool:
    """Tell whether the outputs (units,) of one picture are probabilities that sum to one."""
    return bool(np.all(output >= 0) and abs(float(output.sum()) - 1) < 1e-3)


def probability_of(output: npt.NDArray[np.floating[Any]], unit: int, sign: int = 1) -> float | None:
    """Return the probability that the outputs (units,) of one picture give to a unit, or None if they are none.

    A single output is the probability of class 1, and with sign −1 that of class 0 is meant.
    """
    if len(output) == 1:
        share = float(output[0])
        return (share if sign > 0 else 1 - share) if 0 <= share <= 1 else None
    return float(output[unit]) if is_distribution(output) else None


def confusion(answers: Answers, threshold: float = 0.5) -> npt.NDArray[np.int64]:
    """Return the counts as (true class, given class)."""
    n = len(answers.classes)
    flat = answers.labels * n + answers.predicted(threshold)
    return np.bincount(flat, minlength=n * n).reshape(n, n)


@dataclass(frozen=True)
class AtThreshold:
    """Hold counts, and rates of one class, at one threshold; a rate without pictures to judge by is None."""

    threshold: float
    counts: tuple[tuple[int, int], tuple[int, int]]
    accuracy: float
    precision: float | None
    recall: float | None


def at_thresholds(answers: Answers, thresholds: Sequence[float] = THRESHOLDS, of: int = 1) -> list[AtThreshold]:
    """Return what each threshold would give, rates those of class `of`; raise ValueError if there is none."""
    if not answers.has_threshold:
        raise ValueError("Only a probability of one of two classes has a threshold.")
    found = []
    for threshold in thresholds:
        counts = confusion(answers, threshold)
        right, given, true = int(counts[of, of]), int(counts[:, of].sum()), int(counts[of].sum())
        first, second = counts.tolist()
        found.append(
            AtThreshold(
                threshold,
                (tuple(first), tuple(second)),
                float(np.trace(counts)) / max(1, len(answers.labels)),
                right / given if given else None,
                right / true if true else None,
            )
        )
    return found


def interval(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, score interval)."""
    if n == 0:
        return 0.0, 1.0
    p = right / n
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def interval_of(accuracy: float, n: int) -> tuple[float, float]:
    """Return the same for an accuracy that Keras counted on n pictures."""
    return interval(round(accuracy * n), n)


@dataclass(frozen=True)
class Chance:
    """Compare an accuracy with always giving the most frequent class."""

    accuracy: float
    low: float
    high: float
    majority: float
    majority_class: str

    @property
    def verdict(self) -> str:
        """Say in one sentence what the comparison means."""
        numbers = f"{percent(self.accuracy)} right, 95 % interval {percent(self.low)} to {percent(self.high)}"
        always = f"always answering {self.majority_class} would be right for {percent(self.majority)}"
        if self.low > self.majority:
            return f"Better than chance: {numbers}; {always}."
        if self.high < self.majority:
            return f"Worse than no network at all: {numbers}; {always}."
        return f"Not shown to be better than chance: {numbers}; {always}."


def compared_with_chance(answers: Answers, threshold: float = 0.5) -> Chance:
    """Return the accuracy with its interval beside the share of the largest class."""
    n = len(answers.labels)
    right = int(np.sum(answers.predicted(threshold) == answers.labels))
    counts = np.bincount(answers.labels, minlength=len(answers.classes))
    largest = int(np.argmax(counts))
    low, high = interval(right, n)
    return Chance(right / max(1, n), low, high, float(counts[largest]) / max(1, n), answers.classes[largest])


def most_confident_mistakes(answers: Answers, most: int | None = None, threshold: float = 0.5) -> list[int]:
    """Return the wrongly answered pictures, the surest answer first; all, or so many at most."""
    given = answers.predicted(threshold)
    wrong = np.flatnonzero(given != answers.labels)
    sure = answers.probabilities()[wrong, given[wrong]]
    return [int(i) for i in wrong[np.argsort(-sure, kind="stable")][:most]]


def in_cell(answers: Answers, true: int, given: int, threshold: float = 0.5) -> list[int]:
    """Return the pictures of one cell of the confusion matrix, the surest answer first."""
    chosen = np.flatnonzero((answers.labels == true) & (answers.predicted(threshold) == given))
    return [int(i) for i in chosen[np.argsort(-answers.probabilities()[chosen, given], kind="stable")]]
