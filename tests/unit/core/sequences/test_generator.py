"""Sequences that are made are what their settings say, and tell where the motifs stand."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from cnnlab.core.sequences.generator import BOUNDS, RARE, Settings, make
from cnnlab.core.sequences.letters import SequenceError, codes_of, one_hot, reverse_complement, text_of
from cnnlab.core.sequences.motifs import INVENTED, from_counts, from_word, heights, information


def words(settings: Settings) -> list[str]:
    """Return every planted word as the motif reads it."""
    made = make(settings)
    found = []
    for codes, planted in zip(made.train.codes, made.train.truth, strict=False):
        for each in planted:
            word = codes[each.position : each.position + len(made.motifs[each.motif])]
            found.append(text_of(reverse_complement(word) if each.backwards else word))
    return found


def test_the_default_set_is_balanced_and_holds_its_motif_where_it_says() -> None:
    made = make()
    assert made.train.codes.shape == (1_600, 50)
    assert made.validation.codes.shape == (400, 50)
    assert np.bincount(made.train.labels).tolist() == [800, 800]
    assert set(words(Settings())) == {"CCGATAAGCGTA", "CCGATTAGCGTA"}
    assert all(bool(truth) == bool(label) for truth, label in zip(made.train.truth, made.train.labels, strict=True))


def test_the_same_settings_make_the_same_sequences_and_others_do_not() -> None:
    assert np.array_equal(make().train.codes, make().train.codes)
    assert make().fingerprint != make(Settings(seed=1)).fingerprint
    assert not np.array_equal(make().train.codes, make(Settings(seed=1)).train.codes)


def test_the_background_has_the_chosen_share_of_g_and_c() -> None:
    for share in (0.3, 0.7):
        made = make(Settings(gc=share, positives=0.001, count=4_000))
        background = made.train.codes[made.train.labels == 0]
        assert abs(np.isin(background, (1, 2)).mean() - share) < 0.01


def test_rare_positives_are_as_rare_as_in_the_posts_next_data() -> None:
    made = make(Settings(positives=RARE, count=5_000))
    assert int(made.train.labels.sum() + made.validation.labels.sum()) == 20


def test_two_motifs_stand_apart_as_asked_on_the_strand_and_at_the_position() -> None:
    settings = Settings(second="TTTTTT", spacing=4, position=3, strand="backward")
    made = make(settings)
    first, second = made.train.truth[int(np.flatnonzero(made.train.labels)[0])]
    assert (first.position, second.position) == (3, 3 + 12 + 4)
    assert first.backwards
    assert "TTTTTT" in words(settings)


def test_no_copy_is_planted_over_another_and_noise_spoils_letters() -> None:
    made = make(Settings(number=3, strand="either", seed=3))
    for truth in made.train.truth:
        places = sorted(each.position for each in truth)
        assert all(b - a >= 12 for a, b in pairwise(places))
    spoiled = words(Settings(noise=0.4))
    right = np.mean([[a == b for a, b in zip(word, "CCGAT", strict=False)] for word in spoiled])
    assert 0.6 < right < 0.8  # a quarter of the spoiled letters is right again


def test_both_strands_double_the_training_sequences_only() -> None:
    made = make(Settings(both_strands=True))
    assert len(made.train) == 3_200
    assert len(made.validation) == 400
    assert np.array_equal(made.train.codes[1_600:], reverse_complement(made.train.codes[:1_600]))


def test_settings_come_back_from_their_text() -> None:
    settings = Settings(gc=0.6, second="TATAWAAR", both_strands=True, seed=7)
    assert Settings.from_text(settings.text) == settings
    assert Settings.from_text("motifs") == Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("silhouettes", "called motifs"),
        ("motifs:colour=red", "no setting"),
        ("motifs:gc=much", "cannot be"),
        ("motifs:gc=2", "between 0.05 and 0.95"),
        ("motifs:gc=nan", "between"),
        ("motifs:motif=HELLO", "no letter of a motif"),
        ("motifs:motif=AC", "3 to 30 letters"),
        ("motifs:number=5,length=20", "needs 60 letters"),
        ("motifs:strand=left", "strand must be"),
        ("motifs:count=200000,length=2000", "more than"),
        ("motifs:" + "x" * 400, "called motifs"),
        ("motifs:both_strands=maybe", "cannot be"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(SequenceError, match=said):
        Settings.from_text(text)


def test_every_number_has_bounds() -> None:
    numbers = {name for name, value in vars(Settings()).items() if type(value) in (int, float)}
    assert numbers == set(BOUNDS)


def test_letters_become_channels_and_back() -> None:
    codes = codes_of(b"acgUTn")
    assert text_of(codes) == "ACGTTN"
    assert one_hot(codes).tolist()[0] == [255, 0, 0, 0]
    assert one_hot(codes)[-1].sum() == 0
    assert text_of(reverse_complement(codes)) == "NAACGT"
    with pytest.raises(SequenceError, match="a gap at place 3"):
        codes_of(b"AC-G")


def test_a_logo_says_two_bits_where_one_letter_stands_and_nothing_where_all_do() -> None:
    motif = from_word("AWN")
    assert information(motif.matrix).tolist() == [2, 1, 0]
    assert heights(motif.matrix)[1].tolist() == [0.5, 0, 0, 0.5]
    assert from_counts([[2, 0, 0, 0], [1, 0, 0, 1], [1, 1, 1, 1]], "counted").shares == motif.shares
    assert len(INVENTED) == 3
    with pytest.raises(SequenceError, match="rows of four numbers"):
        from_counts([[1, 2], [3, 4], [5, 6]], "wide")
    assert replace(motif, name="") != motif
