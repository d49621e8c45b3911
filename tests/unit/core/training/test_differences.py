"""Whether a difference is more than chance: the intervals are scipy's and those of the literature."""

import numpy as np
import pytest
from scipy import stats

from cnnlab.core.training.differences import between_means, between_shares, said_of, share_within, t_quantile


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8, 17, 40])
def test_students_distribution_is_scipys(freedom: int) -> None:
    assert t_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)
    assert share_within(1.3, freedom) == pytest.approx(1 - 2 * stats.t.sf(1.3, freedom), rel=1e-9)


def test_the_interval_of_means_is_welchs_and_never_narrower() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        first, second = rng.normal(0.7, 0.05, 3), rng.normal(0.8, 0.01, 5)
        theirs = stats.ttest_ind(second, first, equal_var=False).confidence_interval(0.95)
        difference, low, high = between_means(list(first), list(second))
        assert difference == pytest.approx(second.mean() - first.mean())
        assert low <= theirs.low + 1e-12
        assert high >= theirs.high - 1e-12
    assert between_means([0.5, 0.5], [0.6, 0.6]) == pytest.approx((0.1, 0.1, 0.1))


def test_the_interval_of_shares_is_newcombes() -> None:
    found = between_shares(48 / 80, 56 / 80, 80)
    assert found[0] == pytest.approx(0.1)
    low_1, high_1 = stats.binomtest(48, 80).proportion_ci(method="wilson")
    low_2, high_2 = stats.binomtest(56, 80).proportion_ci(method="wilson")
    assert found[1] == pytest.approx(0.1 - np.hypot(0.7 - low_2, high_1 - 0.6), abs=1e-4)
    assert found[2] == pytest.approx(0.1 + np.hypot(high_2 - 0.7, 0.6 - low_1), abs=1e-4)


def test_the_sentence_says_whether_nought_lies_within() -> None:
    assert said_of("a", "b", (0.04, -0.01, 0.09), "Welch") == (
        "b is 4.0 points above a (95 % interval −1.0 to 9.0; Welch): 0 lies within, so this may be chance."
    )
    assert "0 lies outside, so this is more than chance" in said_of("a", "b", (-0.04, -0.06, -0.02), "Welch")
