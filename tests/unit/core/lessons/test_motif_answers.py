"""A word that was found is right on either strand and nearly spelt; what is amiss with another is told."""

import numpy as np
import pytest

from cnnlab.core.lessons.motif_answers import AROUND, BACKWARDS, PART, judge_motif
from cnnlab.core.sequences.letters import LETTERS, codes_of, reverse_complement, text_of

WORD = "CCATRTTAGG"
"""Its other strand is CCTAAYATGG."""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("CCATRTTAGG", "it is CCATRTTAGG (r = 1.00)"),
        (" ccatrttagg ", "it is CCATRTTAGG (r = 1.00)"),
        ("CCTAAYATGG", "it is CCATRTTAGG, read on the other strand"),
        ("CCATATTAGG", "CCATRTTAGG was planted, and yours fits it"),
        ("CATRTTAG", "CCATRTTAGG was planted, and yours fits it"),
        ("NCCATRTTAGGN", "it is CCATRTTAGG"),
    ],
)
def test_the_word_is_right_on_either_strand_and_nearly_spelt(given: str, said: str) -> None:
    verdict = judge_motif(WORD, given)
    assert verdict.right, verdict.message
    assert said in verdict.message


@pytest.mark.parametrize(
    ("given", "slip", "said"),
    [
        ("CCATR", PART, "letters are missing"),
        ("ACGTACCATRTTAGGACGTA", AROUND, "do not belong"),
        ("GGATTRTACC", BACKWARDS, "The other strand also has A for T"),
        ("TATAAA", "", "Not that"),
        ("NNNNNNNNNN", "", "Not that"),
        ("", "", "Type the word first"),
        ("CC", "", "3 to 30 letters"),
        ("CCATXTTAGG", "", "no letter of a motif"),
        ("A" * 300, "", "3 to 30 letters"),
        ("<b>ACGT</b>", "", "no letter of a motif"),
    ],
)
def test_what_is_not_the_word_is_told_with_what_is_amiss(given: str, slip: str, said: str) -> None:
    verdict = judge_motif(WORD, given)
    assert not verdict.right
    assert verdict.slip == slip
    assert said in verdict.message
    assert WORD not in verdict.message


def test_random_words_are_wrong_and_the_other_strand_of_any_word_is_right() -> None:
    rng = np.random.default_rng(0)
    drawn = ["".join(rng.choice(list(LETTERS), 10)) for _ in range(200)]
    assert not any(judge_motif(WORD, word).right for word in drawn)
    for word in drawn[:20]:
        assert judge_motif(word, text_of(reverse_complement(codes_of(word.encode())))).right
