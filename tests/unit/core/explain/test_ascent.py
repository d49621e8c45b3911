"""Climbing is told before it is done: bounds, start, one step, blur and shift."""

from typing import Any

import numpy as np
import pytest

from cnnlab.core.explain.ascent import Ascent, AscentError, Span, after_step, before_step, noise, shifted, suited

SPAN = Span(1 / 255, 0.0)
STILL = {"jitter": 0, "blur_every": 0, "l2": 0.0, "variation": 0.0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"steps": 513},
        {"steps": 3.0},
        {"steps": True},
        {"steps": "5"},
        {"rate": float("nan")},
        {"rate": float("inf")},
        {"rate": -0.1},
        {"rate": 11},
        {"jitter": 10**9},
        {"blur": 0.0},
        {"blur_every": -1},
        {"l2": None},
        {"variation": [1]},
        {"spread": 0.6},
        {"seed": -1},
        {"seed": 2**70},
        {"epsilon": 1.0},
        {"place": "left"},
        {"clip": 1},
    ],
)
def test_hostile_options_are_refused_in_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(AscentError) as refused:
        Ascent(**wrong)
    said = str(refused.value)
    assert next(iter(wrong)) in said
    assert said.endswith(".")
    assert "\n" not in said


def test_the_start_lies_around_the_middle_of_the_range_and_belongs_to_its_seed() -> None:
    one, again, other = (noise(Ascent(seed=seed), (9, 8, 3), SPAN) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert one.dtype == np.float32
    assert np.abs(one - 0.5).max() <= 0.1 + 1e-6


@pytest.mark.parametrize("span", [SPAN, Span(1 / 127.5, -1.0), Span(1.0, -120.0), Span(-1 / 255, 1.0)])
def test_pixels_survive_being_rescaled_and_shown(span: Span) -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    values = span.rescaled(pixels)
    np.testing.assert_array_equal(span.pixels(values), pixels)
    assert span.ends == pytest.approx((values.min(), values.max()), abs=1e-4)


def test_one_step_is_the_formula() -> None:
    rng = np.random.default_rng(0)
    x, g = rng.random((2, 5, 4, 3), np.float32), rng.normal(size=(2, 5, 4, 3)).astype(np.float32)
    ascent = Ascent(rate=0.1, l2=0.3, variation=0.2, epsilon=1e-4, clip=False, jitter=0)
    for i in range(2):
        rough = np.zeros((5, 4, 3))
        for row, column in np.ndindex(5, 4):
            for down, along in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                if 0 <= row + down < 5 and 0 <= column + along < 4:
                    rough[row, column] += np.sign(x[i, row, column] - x[i, row + down, column + along]) / 4
        step = g[i] / (np.sqrt(np.mean(g[i] ** 2)) + 1e-4) - 0.3 * (x[i] - 0.5) / 0.5 - 0.2 * rough
        np.testing.assert_allclose(after_step(ascent, x, g, 0, SPAN)[i], x[i] + 0.1 * step, atol=1e-6)


def test_a_step_is_cut_to_the_range_and_a_flat_picture_stays() -> None:
    x, g = np.full((2, 4, 4, 1), 0.9, np.float32), np.ones((2, 4, 4, 1), np.float32)
    x[0, 0, 0], g[1] = 0.2, 0
    moved = after_step(Ascent(**(STILL | {"rate": 0.5})), x, g, 0, SPAN)
    assert moved[0].max() == 1
    np.testing.assert_array_equal(after_step(Ascent(), x, g, 3, Span(1 / 255, 0))[1], x[1] * 0 + np.float32(0.9))


def test_a_gradient_of_any_size_gives_the_same_step() -> None:
    g = np.random.default_rng(1).normal(size=(1, 4, 4, 3)).astype(np.float32)
    x = np.full_like(g, 0.5)
    ascent = Ascent(**STILL)
    np.testing.assert_allclose(
        after_step(ascent, x, g * np.float32(1e-30), 0, SPAN), after_step(ascent, x, g, 0, SPAN), rtol=1e-5
    )


def test_a_shift_goes_around_the_border_and_comes_back() -> None:
    ascent = Ascent(jitter=3, blur_every=0)
    x = np.random.default_rng(2).random((1, 6, 7, 2), np.float32)
    seen = {shifted(ascent, step) for step in range(40)}
    assert len(seen) > 20
    assert max(max(map(abs, each)) for each in seen) == 3
    for step in range(5):
        start = before_step(ascent, x, step)
        np.testing.assert_array_equal(after_step(ascent, start, np.zeros_like(x), step, SPAN), x)
    assert any(not np.array_equal(before_step(ascent, x, step), x) for step in range(5))


def test_a_blur_spreads_a_point_and_keeps_a_flat_picture() -> None:
    ascent = Ascent(jitter=0, blur_every=2, blur=1.0)
    point = np.zeros((1, 11, 11, 1), np.float32)
    point[0, 5, 5] = 1
    np.testing.assert_array_equal(before_step(ascent, point, 1), point)
    np.testing.assert_array_equal(before_step(ascent, point, 0), point)
    spread = before_step(ascent, point, 2)
    assert spread.sum() == pytest.approx(1)
    assert spread[0, 5, 5] == pytest.approx(0.399**2, abs=1e-3)
    np.testing.assert_allclose(before_step(ascent, np.ones_like(point), 2), 1, rtol=1e-6)


def test_what_sees_few_pixels_is_neither_shifted_nor_blurred() -> None:
    def seen(size: int) -> tuple[tuple[tuple[int, int] | None, ...], tuple[tuple[int, int] | None, ...]]:
        return ((0, 1), (4, 3 + size), None), ((2, 3),)

    chosen = [suited(seen(size)) for size in (3, 8, 18, 64)]
    assert [ascent.jitter for ascent in chosen] == [0, 1, 2, 2]
    assert [ascent.blur_every > 0 for ascent in chosen] == [False, False, True, True]
    assert suited("it is not traced", "centre") == Ascent(place="centre")
