"""A sequence is sent with its tracks, the truth only where it may be seen; a letter fills any box."""

import re

import numpy as np
import pytest

from cnnlab.core.sequences.motifs import from_word
from cnnlab.core.sequences.sequence_set import Planted
from cnnlab.viz.sequences.glyphs import OUTLINES, path
from cnnlab.viz.sequences.tracks import Track, track_facts

CODES = np.array([0, 1, 2, 3, 4, 0], np.uint8)


def test_letters_tracks_and_scales_are_sent() -> None:
    changes = np.zeros((6, 4), np.float32)
    changes[2, 1] = -0.75
    facts, arrays = track_facts(
        CODES, [Track("changes", "Changes", changes, "of P"), Track("own", "Own", np.arange(6, dtype=np.float32), "")]
    )
    assert facts["letters"] == "ACGTNA"
    assert [(each["rows"], each["limit"]) for each in facts["tracks"]] == [(True, 0.75), (False, 5.0)]
    assert facts["tracks"][0]["ends"] == ["−0.75", "0.75"]
    np.testing.assert_array_equal(arrays["changes"], changes)
    assert set(facts["glyphs"]) == set("ACGT")


@pytest.mark.parametrize(("backwards", "strand"), [(False, "this strand"), (True, "other strand")])
def test_the_truth_names_its_positions_and_strand_and_is_hidden_without_being_asked(backwards, strand) -> None:  # type: ignore[no-untyped-def]
    motif = from_word("ACG")
    facts, _ = track_facts(CODES, (), planted=[(Planted(0, 2, backwards), motif)], mark=(1, 3))
    assert facts["planted"] == [{"first": 2, "last": 4, "name": f"ACG, {strand}"}]
    assert facts["mark"] == (1, 3)
    assert track_facts(CODES, (), asks=True)[0]["planted"] is None


@pytest.mark.parametrize("letter", OUTLINES)
def test_a_letter_stays_in_its_box(letter: str) -> None:
    drawn = path(letter, 10, 20, 30, 40)
    ends = re.findall(r"(?:[ML]|A[\d.]+ [\d.]+ 0 [01] [01] )([\d.]+) ([\d.]+)", drawn)
    assert len(ends) >= 4
    assert all(10 <= float(x) <= 40 and 20 <= float(y) <= 60 for x, y in ends)
    assert drawn.count("M") == drawn.count("Z") == len(OUTLINES[letter])
