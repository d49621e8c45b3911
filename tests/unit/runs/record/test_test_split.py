"""A test stays sealed until it is opened, and when that was is never forgotten."""

from pathlib import Path

import numpy as np

from cnnlab.core.training.answers import Answers
from cnnlab.runs.record.findings import write_answers
from cnnlab.runs.record.test_split import OPENED, SEALED, is_sealed, open_test, opened_answers, opened_at

ANSWERS = Answers(("cats", "dogs"), np.array([0, 1]), np.array([[0.2], [0.9]]), ("a", "b"))


def test_nobody_reads_a_test_before_it_is_opened(tmp_path: Path) -> None:
    assert not is_sealed(tmp_path)
    write_answers(tmp_path / SEALED, ANSWERS)
    assert is_sealed(tmp_path)
    assert opened_answers(tmp_path) is None
    open_test(tmp_path)
    assert not is_sealed(tmp_path)
    found = opened_answers(tmp_path)
    assert found is not None
    np.testing.assert_array_equal(found.outputs, ANSWERS.outputs)


def test_the_first_time_counts_also_where_its_note_is_damaged(tmp_path: Path) -> None:
    open_test(tmp_path)
    first = opened_at(tmp_path)
    assert first
    open_test(tmp_path)
    assert opened_at(tmp_path) == first
    for damaged in ("", "[]", '{"at": "now"}', '{"at": NaN}'):
        (tmp_path / OPENED).write_text(damaged)
        assert opened_at(tmp_path) == 0.0
