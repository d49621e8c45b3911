"""Rank correlations are scipy's, edges are scipy's, and the verdict follows from the numbers."""

from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnlab.core.explain.agreement import (
    CHANGED,
    SAME,
    box,
    edges,
    share_inside,
    share_of_random_box,
    spearman,
    verdict,
)

FEW_LEVELS = st.integers(-3, 3).map(float)
ANY = st.floats(-1e6, 1e6, width=32)
SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=7)
PAIRS = SHAPES.flatmap(
    lambda shape: st.sampled_from([FEW_LEVELS, ANY]).flatmap(
        lambda values: st.tuples(*[arrays.arrays(np.float32, shape, elements=values)] * 2)
    )
)


@given(PAIRS)
def test_rank_correlations_are_scipys(pair: tuple[Any, Any]) -> None:
    for one, other in (pair, tuple(map(np.abs, pair))):
        if len(np.unique(one)) == 1 or len(np.unique(other)) == 1:
            assert spearman(one, other) is None
        else:
            wanted = scipy.stats.spearmanr(one.ravel(), other.ravel()).statistic
            assert spearman(one, other) == pytest.approx(wanted, abs=1e-12)


def test_a_map_that_is_not_finite_ranks_nothing() -> None:
    assert spearman(np.array([[1, np.nan]]), np.array([[1.0, 2]])) is None


@pytest.mark.parametrize("channels", [1, 3])
def test_edges_are_the_size_of_the_sobel_gradient(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, channels), dtype=np.uint8)
    grey = pixels[..., 0].astype(float) if channels == 1 else pixels @ np.array([0.299, 0.587, 0.114])
    wanted = np.hypot(*(scipy.ndimage.sobel(grey, axis, mode="nearest") for axis in (0, 1)))
    np.testing.assert_allclose(edges(pixels), wanted, rtol=1e-5, atol=1e-4)


@given(arrays.arrays(np.float32, (6, 5), elements=FEW_LEVELS), st.integers(1, 6), st.integers(1, 5))
def test_a_random_box_holds_the_mean_over_every_place(values: Any, height: int, width: int) -> None:
    shares = [
        share_inside(values, box((6, 5), top, left, height, width))
        for top in range(7 - height)
        for left in range(6 - width)
    ]
    if shares[0] is None:
        assert share_of_random_box(values, height, width) is None
    else:
        assert share_of_random_box(values, height, width) == pytest.approx(np.mean(shares), abs=1e-6)


def test_a_box_beyond_the_picture_is_clipped() -> None:
    assert box((4, 4), -1, 2, 3, 9).sum() == 4
    assert box((4, 4), 9, 0, 3, 3).sum() == 0


def test_the_verdict_follows_from_the_numbers() -> None:
    assert verdict([0.9, 0.8, SAME], [1, 2, 3]) == (
        "This map hardly changes when the network forgets everything (rank correlation 0.70): it shows the picture, "
        "not reasons."
    )
    assert "it shows edges, not reasons" in verdict([0.9], [1], SAME)
    assert "as soon as the last layer is forgotten (rank correlation −0.10)" in verdict([-0.1, 0.3], [1, 2])
    least = CHANGED - 0.01
    assert "once the last 4 of 9 layers are forgotten (rank correlation 0.39)" in verdict(
        [CHANGED, least, 0.2], [1, 4, 9]
    )
    assert "only when everything is forgotten (rank correlation 0.39, and before that 0.60)" in verdict(
        [0.6, least], [1, 2]
    )
    assert "what the last 4 of 5 layers learned hardly matters" in verdict([0.9, SAME, least], [1, 4, 5])
    assert "what the last 4 of 5 layers learned matters to it only in part" in verdict([0.9, 0.69, least], [1, 4, 5])
    assert "what the last layer learned hardly matters" in verdict([1.0, least], [1, 2])
    assert "only in part" in verdict([CHANGED, CHANGED], [1, 2])
    assert "ranks no pixel" in verdict([0.5, None], [1, 2])
    assert "ranks no pixel" in verdict([], [])
