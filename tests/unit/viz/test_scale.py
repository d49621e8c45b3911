"""The end of a colour scale is a percentile of the absolute values, and what lies beyond is counted."""

import numpy as np
import pytest

from cnnlab.viz.inside.scale import CLIPS, end_of_scale, ends_of_maps, share_beyond

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("share", [1.0, 0.99, 0.95, 0.5])
@pytest.mark.parametrize("parts", [1, 3])
def test_the_end_is_the_nearest_rank_percentile_of_all_parts(share: float, parts: int) -> None:
    values = [RNG.normal(0, 10.0**i, (7 + i, 11, 5)).astype(np.float32) for i in range(parts)]
    sizes = np.sort(np.concatenate([np.abs(v).ravel() for v in values]))
    end = end_of_scale(values, share)
    assert end in sizes
    within = np.searchsorted(sizes, np.float32(end), side="right")
    assert within >= share * len(sizes), "at least so many lie within"
    assert np.searchsorted(sizes, np.float32(end)) < share * len(sizes) + 1e-6, "and no smaller end would do"
    assert share_beyond(values, end) == pytest.approx(1 - within / len(sizes))


@pytest.mark.parametrize("share", CLIPS.values())
def test_each_channel_has_the_end_that_it_would_have_alone(share: float) -> None:
    values = [RNG.normal(0, 1, (9, 8, 6)).astype(np.float32) for _ in range(2)]
    alone = [end_of_scale([v[..., i] for v in values], share) for i in range(6)]
    np.testing.assert_array_equal(ends_of_maps(values, share), alone)


def test_a_map_that_is_nearly_all_zero_keeps_its_largest_value_as_the_end() -> None:
    values = np.zeros((20, 20, 1), np.float32)
    values[3, 3] = -7
    assert end_of_scale([values], 0.99) == 7
    assert share_beyond([values], 7) == 0


def test_nothing_lies_beyond_an_end_that_is_not_clipped() -> None:
    values = [RNG.normal(0, 1, (9, 8, 6)).astype(np.float32)]
    assert share_beyond(values, end_of_scale(values, 1.0)) == 0
    assert end_of_scale([np.zeros((2, 2, 1), np.float32)], 0.99) == 0
