"""Channels that say the same are found: equal ones, and those that correlate, over one picture or several."""

import numpy as np
import pytest

from cnnlab.core.inside.likeness import Likeness, as_arrays, compare, twins_of

RNG = np.random.default_rng(5)


def likeness(*pictures: np.ndarray) -> Likeness:
    kept = Likeness()
    for picture in pictures:
        kept.add(picture.astype(np.float32))
    return kept


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_the_correlation_is_pearsons_over_all_pictures(offset: float) -> None:
    pictures = [(RNG.normal(0, 1, (6, 7, 5)) + offset).astype(np.float32) for _ in range(3)]
    pictures = [p[..., [0, 1, 2, 3, 4, 0]] + RNG.normal(0, 0.3, (6, 7, 6)).astype(np.float32) for p in pictures]
    expected = np.corrcoef(np.concatenate([p.reshape(-1, 6) for p in pictures]).T.astype(np.float64))
    found = likeness(*pictures).twins(0.5)
    assert found.of.tolist() == [-1, -1, -1, -1, -1, 0]
    assert found.correlation[5] == pytest.approx(expected[5, 0], abs=1e-5)
    assert likeness(*pictures).twins(float(expected[5, 0]) + 1e-3).of[5] == -1, "below the value that was asked for"


def test_equal_is_told_from_alike_and_the_first_one_is_named() -> None:
    base = RNG.normal(0, 1, (8, 8))
    found = likeness(np.stack([base, -base, base, 2 * base + 1, base + RNG.normal(0, 1, (8, 8))], axis=2)).twins(0.99)
    assert found.of.tolist() == [-1, -1, 0, 0, -1]
    assert found.equal.tolist() == [False, False, True, False, False]
    assert found.correlation[3] == pytest.approx(1)


def test_maps_that_are_equal_in_one_picture_only_are_no_duplicates() -> None:
    one, other = RNG.normal(0, 1, (8, 8)), RNG.normal(0, 1, (8, 8))
    same, differ = np.stack([one, one], axis=2), np.stack([one, other], axis=2)
    assert likeness(same).twins(0.99).of.tolist() == [-1, 0]
    assert likeness(same, differ).twins(0.99).of.tolist() == [-1, -1]


def test_dead_channels_are_like_none_and_constant_ones_only_equal() -> None:
    maps = np.zeros((6, 6, 5))
    maps[..., 2], maps[..., 3], maps[..., 4] = 0.1, 0.1, 0.7
    found = likeness(maps).twins(0.9)
    assert found.of.tolist() == [-1, -1, -1, 2, -1]
    assert found.equal.tolist() == [False, False, False, True, False]


def test_a_few_values_have_no_correlation() -> None:
    maps = np.array([[1.0, 2.0, 5.0], [2.0, 3.0, 9.0]]).reshape(1, 2, 3)
    assert likeness(maps).twins(0.5).of.tolist() == [-1, -1, -1], "two points always lie on a line"


def test_layers_are_compared_where_they_have_maps_and_survive_the_way_between_processes() -> None:
    base = RNG.normal(0, 1, (5, 5, 1)).astype(np.float32)
    kept = compare([], [np.concatenate([base, base], axis=2), np.zeros(9, np.float32)])
    found = twins_of(as_arrays(kept, 0.99))
    assert found[0].of.tolist() == [-1, 0]
    assert found[0].equal.tolist() == [False, True]
    assert found[1].of.size == 0
