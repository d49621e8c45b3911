"""The sheet of one moment of a training names the filter that fits best, and draws its answers over their letters."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from cnnlab.core.sequences.matching import answers, fits
from cnnlab.core.sequences.motifs import from_word
from cnnlab.viz.palette import ABOVE, BELOW
from cnnlab.viz.sequences.moment import ACROSS, LINE, FilterMoment, moment_sheet

SVG = "{http://www.w3.org/2000/svg}"
MOTIF = from_word("TGACTCA")


def moment(length: int = 50, filters: int = 5, *, known: bool = True) -> FilterMoment:
    """Return random filters, of which the third is the motif, and a sequence that holds it from letter 20 on."""
    rng = np.random.default_rng(1)
    kernels = 0.2 * rng.standard_normal((7, 4, filters)).astype(np.float32)
    kernels[:, :, 2] = 4 * MOTIF.matrix - 1
    codes = rng.integers(0, 4, length).astype(np.uint8)
    codes[20:27] = MOTIF.matrix.argmax(axis=1)
    given = np.stack([answers(kernels[:, :, i], codes[None])[0] for i in range(filters)], axis=1).astype(np.float32)
    return FilterMoment(codes, kernels, given, range(length - 6), fits(kernels, (MOTIF,) if known else ()))


def drawn(one: FilterMoment) -> ElementTree.Element:
    return ElementTree.fromstring(str(moment_sheet(one)))


def words(sheet: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in sheet.iter(f"{SVG}text")]


def test_the_filter_that_is_the_motif_is_the_best_and_stands_above_it() -> None:
    said = words(drawn(moment()))
    assert "what filter 2 answers along the sequence" in said
    assert any(each.startswith("planted TGACTCA, match r = 1.00") for each in said)
    assert "2: r 1.00" in said
    assert "all 5 filters" in said


def test_without_a_known_motif_the_strongest_answer_is_the_best() -> None:
    one = moment(known=False)
    assert one.best == 2
    louder = one.answers.copy()
    louder[3, 4] = 1000
    assert replace(one, answers=louder).best == 4
    assert not any("planted" in each for each in words(drawn(one)))


def test_the_tallest_bar_stands_over_the_first_letter_of_the_motif_and_the_sign_has_its_colour() -> None:
    one = moment()
    bars = [each for each in drawn(one).iter(f"{SVG}rect") if each.get("fill") in (ABOVE, BELOW)]
    tallest = max(bars, key=lambda each: float(each.get("height", 0)))
    assert float(tallest.get("x", 0)) == 20 * ACROSS / LINE + 1
    assert tallest.get("fill") == ABOVE
    assert sum(each.get("fill") == BELOW for each in bars) == int((one.answers[:, 2] <= 0).sum())


def test_a_long_sequence_and_many_filters_are_cut_and_that_is_said() -> None:
    said = words(drawn(moment(1_000, 60)))
    assert "what filter 2 answers along the sequence (the first 240 letters)" in said
    assert "all 60 filters, the first 48 of them" in said
