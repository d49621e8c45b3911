"""A smoothed curve follows the curve, is not drawn to zero, and its extremes are found in the curve as it was."""

import math

from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.training.smoothing import WEIGHT, extremes, smoothed

VALUES = st.lists(st.none() | st.floats(-1e3, 1e3), max_size=30)


@given(VALUES)
def test_it_lies_within_what_was_so_far_and_gaps_stay(values: list[float | None]) -> None:
    found = smoothed(values)
    assert [value is None for value in found] == [value is None for value in values]
    so_far: list[float] = []
    for now, value in zip(found, values, strict=True):
        if now is not None and value is not None:
            so_far.append(value)
            assert min(so_far) - 1e-9 <= now <= max(so_far) + 1e-9


def test_each_point_is_a_weighted_mean_of_all_before() -> None:
    values = [1.0, 0.0, None, 0.5]
    weights = [WEIGHT**2, WEIGHT, 1.0]
    expected = sum(w * v for w, v in zip(weights, (1.0, 0.0, 0.5), strict=True)) / sum(weights)
    found = smoothed(values)
    assert found[0] == 1.0
    assert math.isclose(found[3] or 0.0, expected)


@given(VALUES)
def test_the_extremes_are_the_first_of_the_lowest_and_of_the_highest(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    expected = {values.index(min(known)), values.index(max(known))} if known else set()
    assert extremes(values) == sorted(expected)
