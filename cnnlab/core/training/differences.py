"""Say whether a difference between trainings is more than chance, with 95 % intervals."""

from collections.abc import Sequence
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, variance

from cnnlab.core.training.answers import interval
from cnnlab.core.words.numbers import decimal

CERTAIN = 0.95
Interval = tuple[float, float, float]
"""A difference, and the ends of its interval."""


def share_within(t: float, freedom: int) -> float:
    """Return the probability that Student's t with so many degrees of freedom lies between −t and t.

    In closed form for whole degrees (Abramowitz and Stegun 26.7.3 and 26.7.4).
    """
    angle = atan(t / sqrt(freedom))
    term = total = cos(angle) if freedom % 2 else 1.0
    for k in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= (k - 1) / k * cos(angle) ** 2
        total += term
    if freedom % 2 == 0:
        return sin(angle) * total
    return 2 / pi * (angle + (sin(angle) * total if freedom > 1 else 0.0))


def t_quantile(freedom: int, share: float = CERTAIN) -> float:
    """Return the t within which so much of Student's distribution lies on both sides of 0."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if share_within(middle, freedom) < share else (low, middle)
    return high


def between_means(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Return how much the second mean is above the first, with Welch's t-interval, for two values or more each.

    The degrees of freedom are rounded down, so that the interval is rather too wide.
    """
    parts = [variance(values) / len(values) for values in (first, second)]
    difference, error = fmean(second) - fmean(first), sqrt(sum(parts))
    if error == 0:
        return difference, difference, difference
    counts = (len(first), len(second))
    freedom = sum(parts) ** 2 / sum(part**2 / (n - 1) for part, n in zip(parts, counts, strict=True))
    reach = t_quantile(max(1, int(freedom))) * error
    return difference, difference - reach, difference + reach


def between_shares(first: float, second: float, n: int) -> Interval:
    """Return how much the second accuracy is above the first, each on n pictures, with Newcombe's interval of 1998.

    It is made of both Wilson intervals (his method 10), as if the pictures were not the same ones.
    """
    (low_1, high_1), (low_2, high_2) = (interval(round(share * n), n) for share in (first, second))
    difference = second - first
    below = sqrt((second - low_2) ** 2 + (high_1 - first) ** 2)
    above = sqrt((high_2 - second) ** 2 + (first - low_1) ** 2)
    return difference, difference - below, difference + above


def said_of(name: str, other: str, found: Interval, how: str) -> str:
    """Return in one sentence what an interval of the second's accuracy above the first's says."""
    difference, low, high = found
    points = f"{decimal(100 * difference, 1)} points"
    span = f"{decimal(100 * low, 1)} to {decimal(100 * high, 1)}; {how}"
    if low <= 0 <= high:
        verdict = "0 lies within, so this may be chance"
    else:
        verdict = "0 lies outside, so this is more than chance"
    return f"{other} is {points} above {name} (95 % interval {span}): {verdict}."
