"""The notebook's drawing: its step, its start, what it shows, what it skips, and what is wrong with that."""

import numpy as np
import pytest

from cnnlab.core.explain.ascent import AscentError, Span, after_step, before_step
from cnnlab.core.explain.notebook import climb_of, faults_of, given_up_at, shown, start_of
from cnnlab.core.inside.graph import nodes_of
from cnnlab.core.network import Layer, Network

NODES = nodes_of(
    Network(
        (9, 9, 3),
        (
            Layer.make("Conv2D", filters=2, kernel_size=3),
            Layer.make("Activation", activation="relu"),
            Layer.make("Conv2D", filters=2, kernel_size=3, activation="relu"),
        ),
    )
)


@pytest.mark.parametrize("span", [Span(1 / 255, 0.0), Span(1.0, 0.0), Span(1 / 127.5, -1.0)])
def test_its_step_is_the_gradient_over_its_root_mean_square(span: Span) -> None:
    rng = np.random.default_rng(0)
    x, g = start_of((9, 9, 3), 0, 0)[None], rng.normal(size=(1, 9, 9, 3)).astype(np.float32) * 1e-6
    plan = climb_of(span, 0)
    np.testing.assert_array_equal(before_step(plan, x, 8), x)
    expected = x + g / (np.sqrt(np.mean(np.square(g.astype(float)))) + 1e-7)
    np.testing.assert_allclose(after_step(plan, x, g, 8, span), expected, rtol=1e-6)


def test_it_starts_around_128_and_not_in_the_trained_range() -> None:
    starts = np.stack([start_of((9, 9, 3), channel, 1) for channel in range(2)])
    assert not np.array_equal(starts[0], starts[1])
    assert 118 <= starts.min() < 119 < 137 < starts.max() <= 138
    faults = faults_of(starts, Span(1 / 255, 0.0), (-0.5, 0.0), NODES, 0)
    assert faults.trained == (0.0, 1.0)
    assert [faults.outside, faults.skipped, faults.below, faults.before_relu] == [1.0, 2, 1, True]
    fitting = faults_of(starts, Span(1.0, 0.0), (), NODES, 2)
    assert [fitting.outside, fitting.skipped, fitting.below, fitting.before_relu] == [0.0, 0, 0, False]
    assert not faults_of(starts, Span(1.0, 0.0), (), NODES, 1).before_relu


def test_it_skips_a_filter_at_the_first_loss_that_is_not_above_0() -> None:
    assert given_up_at([1.0, 2.0, 3.0]) is None
    assert given_up_at([1.0, -2.0, -3.0]) == -2.0
    assert given_up_at([1e-8]) == 1e-8
    assert given_up_at([0.0, 5.0]) == 0.0


def test_it_shows_a_picture_around_grey() -> None:
    picture = np.random.default_rng(0).normal(40, 7, (50, 50, 3)).astype(np.float32)
    pixels = shown(picture)
    assert pixels.dtype == np.uint8
    assert pixels.mean() == pytest.approx(127, abs=2)
    assert pixels.std() == pytest.approx(255 / 4, abs=4)
    assert set(np.unique(shown(np.full((2, 2, 3), 3.0, np.float32)))) == {127}


def test_a_seed_that_is_none_is_refused() -> None:
    with pytest.raises(AscentError, match="option seed takes a whole number"):
        climb_of(Span(1.0, 0.0), -1)
