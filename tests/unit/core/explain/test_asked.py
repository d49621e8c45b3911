"""What can be asked of an explanation has bounds, and everything else is one sentence."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.explain.asked import METHODS, MOST_POSITIONS, Asked, ExplainError, Target, windows
from cnnlab.core.explain.backgrounds import BASELINES, background
from cnnlab.core.explain.order import Course, counts, ranks_of


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("method", ["", "Gradient", "g" * 10**6, None, ["gradient"], 1]),
        ("unit", [-1, 10**6, 1.0, True, "0", None, 10**5000]),
        ("sign", [0, 2, True, "1", 1.0]),
        ("samples", [0, 101, float("nan")]),
        ("noise", [-0.1, 1.1, float("nan"), float("inf"), "0.1", None]),
        ("steps", [0, 301]),
        ("baseline", ["red", {}]),
        ("row", [-1, 0.5]),
        ("size", [0, 10**9]),
        ("stride", [0, -3]),
        ("fill", ["blurred", b"grey"]),
        ("seed", [-1, 2**31]),
    ],
)
def test_a_hostile_value_is_one_short_sentence(name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ExplainError, match=f"The option {name} takes") as refused:
            Asked(**{name: value})
        assert len(str(refused.value)) < 250


def test_what_is_asked_survives_the_way_to_another_process() -> None:
    asked = Asked("occlusion", unit=3, size=7, stride=2, fill="white")
    assert Asked(**asked.as_json) == asked
    assert asked.target == Target(3)


def test_a_class_is_a_unit_or_one_side_of_a_single_one() -> None:
    assert [Target.of_class(i, 1) for i in (0, 1)] == [Target(0, -1), Target(0, 1)]
    assert Target.of_class(2, 5) == Target(2)


@given(st.integers(1, 80), st.integers(1, 80), st.integers(1, 90), st.integers(1, 90))
def test_windows_leave_no_pixel_out(height: int, width: int, size: int, stride: int) -> None:
    try:
        laid = windows(Asked(size=size, stride=stride), height, width)
    except ExplainError:
        shifts = [-(-max(0, side - size) // stride) + 1 for side in (height, width)]
        assert stride > size or shifts[0] * shifts[1] > MOST_POSITIONS
        return
    for starts, side in ((laid.tops, height), (laid.lefts, width)):
        covered = {place for start in starts for place in range(start, min(start + size, side))}
        assert covered == set(range(side))
        assert max(starts) < side


@given(st.integers(1, 16_384), st.integers(1, 16_384))
def test_windows_that_nobody_chose_are_never_too_many(height: int, width: int) -> None:
    assert 1 <= windows(Asked(), height, width).positions <= MOST_POSITIONS


def test_backgrounds_say_nothing_of_the_picture() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    found = {name: background(pixels, name) for name in BASELINES}
    assert {(values.shape, values.dtype) for values in found.values()} == {((30, 20, 3), np.dtype(np.float32))}
    assert [found[name].mean() for name in ("black", "grey", "white")] == [0, 127.5, 255]
    np.testing.assert_allclose(found["mean"][7, 7], pixels.mean(axis=(0, 1)), rtol=1e-6)
    assert found["blurred"].std() < pixels.std() / 3


def test_an_order_is_a_map_or_its_ranks() -> None:
    ranks = ranks_of(np.array([[0.5, -1], [2, 0.5]]), (2, 2))
    assert ranks.tolist() == [[1, 3], [0, 2]]
    assert ranks_of(ranks, (2, 2)).tolist() == ranks.tolist()
    for wrong in (np.zeros((2, 3)), np.array([[0, 1], [1, 2]]), np.array([[0, np.nan], [1, 2]])):
        with pytest.raises(ExplainError):
            ranks_of(wrong, (2, 2))
    assert counts((2, 5), 3) == (0, 3, 7, 10)


def test_the_area_under_a_course_is_its_mean() -> None:
    shares = np.array([0, 0.5, 1], np.float32)
    assert Course(shares, np.array([1, 0.5, 0], np.float32), shares).area == pytest.approx(0.5)
    assert Course(shares, np.full(3, np.nan, np.float32), shares).area is None


def test_every_method_has_a_name_of_its_own() -> None:
    assert len(set(METHODS)) == len(METHODS) == 7


def test_a_value_of_each_window_is_spread_over_the_pixels_that_it_covers() -> None:
    laid = windows(Asked("occlusion", size=2, stride=1), 3, 4)
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert laid.spread(values, 3, 4).tolist() == [[0, 0.5, 1.5, 2], [1.5, 2, 3, 3.5], [3, 3.5, 4.5, 5]]
