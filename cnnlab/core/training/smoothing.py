"""Smooth a curve for the eye, and find its extremes, which smoothing would hide."""

from collections.abc import Sequence

WEIGHT = 0.6
Values = Sequence[float | None]


def smoothed(values: Values, weight: float = WEIGHT) -> list[float | None]:
    """Return the exponential moving average of a curve; what is no number stays out and stays None.

    The first values are not drawn towards zero: each sum is divided by the sum of its weights (Kingma and Ba, "Adam",
    2015, section 3, as TensorBoard does).
    """
    found: list[float | None] = []
    total, share = 0.0, 0.0
    for value in values:
        if value is None:
            found.append(None)
            continue
        total, share = weight * total + (1 - weight) * value, weight * share + 1 - weight
        found.append(total / share)
    return found


def extremes(values: Values) -> list[int]:
    """Return the positions of the lowest and the highest value, each the first of its kind, without those alike."""
    known = [(value, i) for i, value in enumerate(values) if value is not None]
    if not known:
        return []
    return sorted({min(known)[1], max(known, key=lambda one: (one[0], -one[1]))[1]})
