"""A stranger's sequences are read in a process of their own, which says what is wrong in a sentence."""

from pathlib import Path

import pytest

from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.reading import read
from cnnlab.core.settings import Settings
from cnnlab.processes.data import limited_sequences
from cnnlab.processes.data.limited_sequences import read_in_limits
from cnnlab.processes.data.sequence_reading import answer_request

GOOD = b"".join(b">%d label=%s\n%s\n" % (i, b"ab"[i % 2 : i % 2 + 1], b"ACGTACGTAC") for i in range(20))


def test_a_file_comes_back_as_it_is_read_here_and_a_bad_one_as_a_sentence(tmp_path: Path) -> None:
    good, settings = tmp_path / "good.fasta", Settings(tmp_path)
    good.write_bytes(GOOD)
    found = read_in_limits(good, settings)
    assert found.classes == ("a", "b")
    assert (found.codes == read(good).codes).all()
    assert found.lengths is None
    good.write_bytes(GOOD + b">last label=a\nACGTACG\n")
    assert (read_in_limits(good, settings).lengths == read(good).lengths).all()
    good.write_bytes(b">one label=a\nAC-T\n")
    with pytest.raises(SequenceError, match="line 1: a gap"):
        read_in_limits(good, settings)
    assert not list(tmp_path.glob("sequences-*.log"))


@pytest.mark.parametrize("name", ["a.fasta", "a.csv"])
@pytest.mark.parametrize(
    ("size", "said"),
    [(200 << 20, "line 2: longer than 12,000 characters"), ((200 << 20) + 1, "has 201 MB, and at most 200 are read")],
)
def test_one_line_of_200_mb_is_a_sentence(tmp_path: Path, name: str, size: int, said: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b">one label=a\n" if name.endswith("fasta") else b"sequence,label\n")
        file.truncate(size)
    with pytest.raises(SequenceError, match=said):
        read_in_limits(tmp_path / name, Settings(tmp_path))


def test_a_file_that_has_gone_or_needs_too_much_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot be read" in answer_request({"request": "read", "path": str(tmp_path / "gone.fasta")})[0]["refused"]

    def burst(_path: Path) -> None:
        raise MemoryError

    monkeypatch.setattr("cnnlab.processes.data.sequence_reading.read", burst)
    assert "too much memory" in answer_request({"request": "read", "path": "a.fasta"})[0]["refused"]
    assert limited_sequences.TIMEOUT <= 60
