"""A logo is as tall as its letters say, logos stand aligned, and a filter's places are those of the scan."""

import math
import re

import logomaker
import numpy as np
import pandas
import pytest

from cnnlab.core.inside.sliding import sliding
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.motifs import BITS, from_counts, heights
from cnnlab.core.sequences.scanning import scan
from cnnlab.core.shapes import trace
from cnnlab.viz.palette import LETTER_COLORS
from cnnlab.viz.sequences.logos import HIGH, LEAST, MARGIN, WIDE, Row, letters, stack
from cnnlab.viz.sequences.scan_facts import Followed, scan_facts

SURE, HALF, NOTHING = [1.0, 0, 0, 0], [0, 0.5, 0, 0.5], [0.25] * 4


def test_a_sure_letter_fills_the_row_two_that_share_say_one_bit_and_four_say_nothing() -> None:
    drawn = stack([Row("motif", np.array([SURE, HALF, NOTHING]))], "A motif")
    paths = dict(re.findall(r'<path d="([^"]+)" fill="(#\w+)"', drawn))
    tall = {}
    for d, colour in paths.items():
        ends = [float(y) for _, y in re.findall(r"(?:[ML]|A[\d.]+ [\d.]+ 0 [01] [01] )([\d.]+) ([\d.]+)", d)]
        tall[colour] = max(ends) - min(ends)
    assert tall[LETTER_COLORS["A"]] == pytest.approx(HIGH, abs=0.2)
    assert tall[LETTER_COLORS["T"]] == pytest.approx(HIGH / 4, abs=0.2)
    assert LETTER_COLORS["G"] not in tall
    assert "to 2.00 bits" in drawn


def test_logos_below_one_another_are_aligned_by_their_offsets() -> None:
    drawn = stack([Row("filter", np.array([SURE] * 3)), Row("motif", np.array([SURE] * 3), offset=-2)], "x")
    lefts = [float(x) for x in re.findall(r'<path d="M([\d.]+) [\d.]+L', drawn)]
    assert lefts[0] - lefts[1] == pytest.approx(2 * WIDE)
    assert lefts[1] == pytest.approx(MARGIN + 1)


def test_a_name_in_a_logo_is_a_word_and_its_own_scale_is_told() -> None:
    shares = np.array([[0.4, 0.2, 0.2, 0.2]])
    drawn = stack([Row("<b>motif", shares, top=None)], "said")
    assert "<b>" not in drawn
    bits = 2 + 0.4 * math.log2(0.4) + 3 * 0.2 * math.log2(0.2)
    assert f"to {bits:.2g} bits" in drawn
    assert all(not path for path in letters(np.zeros((2, 4)), 0, 50).values())


def test_the_browser_gets_the_windows_and_numbers_of_the_scan() -> None:
    rng, network = np.random.default_rng(3), primer()
    codes = rng.integers(0, 5, 50).astype(np.uint8)
    kernels = rng.normal(size=(12, 4, 2)).astype(np.float32)
    biases = np.array([0.5, -0.5], np.float32)
    rows = trace(network)
    (window,), (pool,) = sliding(network.layers[0], rows[0]), sliding(network.layers[1], rows[1])
    ours = [scan(network, codes, kernels, biases, i) for i in range(2)]
    sums = ours[1].answers
    followed = Followed(1, kernels[:, :, 1], float(biases[1]), sums, (), sums[:36].reshape(9, 4).max(axis=1))
    facts, arrays = scan_facts(codes, followed, window, ("max_pooling1d", "MaxPooling1D", pool))
    inputs, kernel = arrays["inputs"].reshape(4, 50), arrays["kernel"].reshape(4, 12)
    for place in (0, 17, 38):
        start = facts["columns"]["starts"][place]
        products = inputs[:, start : start + 12] * kernel
        np.testing.assert_allclose(products.T, ours[1].at(place).products, atol=1e-6)
        assert products.sum() + facts["bias"] == pytest.approx(arrays["sums"][place], abs=1e-5)
    over = facts["pool"]["over"][17][0]
    assert arrays["pooled"][over] == pytest.approx(ours[1].at(17).pooled)


@pytest.mark.parametrize("seed", range(20))
def test_letters_are_drawn_as_tall_as_logomaker_says_for_any_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 40, (int(rng.integers(3, 15)), 4)) * (rng.random((1, 4)) < 0.8)
    counts[:, rng.integers(4)] += 1
    table = pandas.DataFrame(counts, columns=list("ACGT"))
    theirs = logomaker.transform_matrix(table, from_type="counts", to_type="information", pseudocount=0).to_numpy()
    shares = from_counts(counts.tolist(), "counted").matrix
    np.testing.assert_allclose(heights(shares), theirs, atol=1e-12)
    drawn = letters(heights(shares) / BITS * HIGH, 0, HIGH)
    for column, letter in ((0, "A"), (3, "T")):  # their outlines have no arcs, so that points tell how tall they are
        ends = re.findall(r"[ML]([\d.]+) ([\d.]+)", drawn[letter])
        for position, tall in enumerate(theirs[:, column] / BITS * HIGH):
            within = [float(y) for x, y in ends if WIDE * position <= float(x) < WIDE * (position + 1)]
            assert (max(within) - min(within) if within else 0) == pytest.approx(tall, abs=max(0.3, LEAST * HIGH))
