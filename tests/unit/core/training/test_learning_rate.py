"""A range test advises a tenth of the rate at the lowest smoothed loss, and nothing where nothing was learned."""

import math

import numpy as np
import pytest

from cnnlab.core.training.range_test import advise, has_diverged, rising_rates, smoothed


def test_the_rates_rise_by_the_same_factor_from_the_lowest_to_the_highest() -> None:
    rates = rising_rates()
    assert (len(rates), rates[0], rates[-1]) == (200, 1e-5, pytest.approx(1.0))
    np.testing.assert_allclose(np.diff(np.log(rates)), math.log(1e5) / 199)


def test_the_average_of_equal_losses_is_that_loss_from_the_first_batch_on() -> None:
    assert smoothed([0.7] * 30) == pytest.approx([0.7] * 30)
    # By hand: (0.95 · 0.05 · 1 + 0.05 · 2) / (1 − 0.9025).
    assert smoothed([1.0, 2.0])[1] == pytest.approx((0.0475 + 0.1) / 0.0975)


def test_the_test_ends_when_the_loss_is_no_number_or_four_times_its_lowest_average() -> None:
    assert not has_diverged([])
    assert not has_diverged([1.0] * 50 + [4.0])
    assert has_diverged([1.0] * 50 + [float("nan")])
    assert has_diverged([1.0] * 50 + [80.0])
    assert not has_diverged([0.1, 5.0])


def noisy(curve: list[float]) -> list[float]:
    return [loss + 0.01 * (-1) ** i for i, loss in enumerate(curve)]


def test_the_advice_is_a_tenth_of_the_rate_at_the_lowest_point() -> None:
    rates = rising_rates()
    losses = noisy([0.7] * 80 + [0.7 - 0.02 * i for i in range(30)] + [3.0] * 10)
    advice = advise(rates, losses)
    assert advice.turn == int(np.argmin(smoothed(losses)[10:])) + 10
    assert advice.rate == pytest.approx(rates[advice.turn] / 10, rel=0.05)
    assert f"{advice.rate:.2g}" == f"{advice.rate:g}"
    assert "the smoothed loss was lowest at" in advice.reason


def test_a_loss_that_falls_to_the_end_is_told_so() -> None:
    advice = advise(rising_rates(), noisy([1.0 - 0.004 * i for i in range(200)]))
    assert advice.rate == 0.1
    assert "still fell at 1, the largest rate tested" in advice.reason


def test_where_the_loss_only_rises_no_rate_is_advised_but_that_place_is_named() -> None:
    rates = rising_rates()
    advice = advise(rates, noisy([0.7] * 120 + [1.5] * 40))
    assert advice.turn is not None
    assert 120 <= advice.turn < 125
    assert advice.rate is None
    assert "the loss fell at no rate" in advice.reason
    assert f"From {rates[advice.turn]:.2g} on the loss rose" in advice.reason


@pytest.mark.parametrize("losses", [[0.7] * 200, noisy([0.7] * 200), [0.7] * 5, []])
def test_no_rate_is_advised_where_nothing_changed(losses: list[float]) -> None:
    advice = advise(rising_rates(), losses)
    assert advice.rate is None
    assert advice.reason.endswith(".")


def test_a_rate_below_what_the_form_takes_is_never_advised() -> None:
    losses = noisy([1.0] * 11) + [0.1 for _ in range(9)] + [9.0] * 10
    assert advise(rising_rates(), losses).rate == 1e-5
