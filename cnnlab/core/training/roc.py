"""Trace what every possible threshold would give: the ROC curve and the precision-recall curve, with their areas."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.training.answers import Answers

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """Hold one curve, from the highest threshold to the lowest, its area, and the y of guessing (None: y = x).

    `x` and `y` are (points,), between 0 and 1.
    """

    x: Floats
    y: Floats
    area: float
    chance: float | None = None


def roc(answers: Answers, of: int = 1) -> Curve | None:
    """Return recall (y) against the false positive rate (x) of one of two classes, 0 or 1; None if it has none.

    The area is that of the trapezoids: the probability that a picture of the class gets a higher output for it than
    one of the other, ties counted half (Fawcett 2006, "An introduction to ROC analysis").
    """
    counted = _counts(answers, of)
    if counted is None:
        return None
    found, false = (np.concatenate([[0.0], values]) for values in counted)
    x, y = false / false[-1], found / found[-1]
    return Curve(x, y, float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)))


def precision_recall(answers: Answers, of: int = 1) -> Curve | None:
    """Return precision (y) against recall (x) of one of two classes, 0 or 1; None if it has none.

    The area is the average precision, Σ (Rₙ − Rₙ₋₁) Pₙ, the area under the steps: a straight line between two points
    would promise what no threshold gives (Davis and Goadrich 2006). Guessing has the share of the class as precision.
    """
    counted = _counts(answers, of)
    if counted is None:
        return None
    found, false = counted
    x, y = found / found[-1], found / (found + false)
    share = float(found[-1] / (found[-1] + false[-1]))
    return Curve(x, y, float(np.sum(np.diff(x, prepend=0.0) * y)), share)


def _counts(answers: Answers, of: int) -> tuple[Floats, Floats] | None:
    """Return right and wrong answers for a class at each distinct output as threshold, the surest first."""
    scores = answers.outputs[:, -1] * (1 if of else -1)
    positive = answers.labels == of
    both = positive.any() and not positive.all()
    if len(answers.classes) != 2 or not both or not np.isfinite(scores).all():
        return None
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(positive[order])[ends].astype(np.float64)
    return found, ends + 1.0 - found


def corners(curve: Curve, most: int = 500) -> list[tuple[float, float]]:
    """Return the points (x, y) where the curve turns, for drawing; of more than `most` evenly spread ones."""
    points = np.column_stack([curve.x, curve.y])
    if len(points) > 2:
        steps = np.diff(points, axis=0)
        turns = np.abs(steps[1:, 0] * steps[:-1, 1] - steps[1:, 1] * steps[:-1, 0]) > 0
        points = points[np.concatenate([[True], turns, [True]])]
    if len(points) > most:
        points = points[np.unique(np.linspace(0, len(points) - 1, most).astype(int))]
    return [(round(float(x), 5), round(float(y), 5)) for x, y in points]
