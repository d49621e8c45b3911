"""What is typed is cleaned or refused with its reason; what matters is compared with where a motif is."""

import numpy as np
import pytest

from cnnlab.core.sequences.comparing import correlation, overlap, share_within
from cnnlab.core.sequences.letters import SequenceError, text_of
from cnnlab.core.sequences.typed import MOST_TYPED, typed


@pytest.mark.parametrize(
    ("text", "letters", "done"),
    [
        ("ACGT ACGT", "ACGTACGT", ""),
        (">mine | 1\r\nac gu\r\nACGT\r\n", "ACGTACGT", "Small letters count as large ones; U counts as T."),
        ("ACGNRCGT", "ACGNNCGT", "2 unknown letters are 0 in all channels."),
        ("ACGTA", "ACGTANNN", "N fills the last 3."),
    ],
)
def test_a_typed_sequence_is_cleaned_and_says_how(text: str, letters: str, done: str) -> None:
    made = typed(text, 8)
    assert text_of(made.codes) == letters
    assert made.done == done


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no letters yet; type or paste 8"),
        (">only a header", "no letters yet"),
        ("ACGTACGTA", "takes 8 letters, and these are 9; cut 1 away"),
        ("ACG-ACGT", "A gap at place 4 is no letter"),
        ("ACGTXCGT", "'X' at place 5 is no letter"),
        ("ACGé", "'é' at place 4 is no letter"),
        ("AC\u202eGT", "at place 3 is no letter"),
        (">a\nACGT\n>b\nACGT", "These are 2 sequences"),
        ("A" * (MOST_TYPED + 1), "more than 10,000 characters"),
    ],
)
def test_what_is_no_sequence_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(SequenceError, match=why):
        typed(text, 8)


def test_shares_and_correlations_are_those_by_hand() -> None:
    values = np.array([1, -3, 0, 4], np.float32)
    assert share_within(values, (1, 2)) == pytest.approx((3 / 8, (4 + 3 + 4) / 3 / 8))
    assert share_within(np.zeros(4, np.float32), (0, 1)) is None
    assert correlation(values, -values) == pytest.approx(-1)
    assert correlation(values, np.array([2, 1, 0, 5])) == pytest.approx(np.corrcoef(values, [2, 1, 0, 5])[0, 1])
    assert correlation(values, np.ones(4)) is None
    assert overlap((2, 5), [(0, 2), (5, 9)]) == 2
