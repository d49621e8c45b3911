"""Own sequences are read, or refused with the line and the reason; hostile files cost no more than a sentence."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.sequences.letters import SequenceError, text_of
from cnnlab.core.sequences.reading import LONGEST_LINE, is_file_of_sequences, read


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_fasta_with_labels_in_small_letters_with_windows_ends_and_several_lines(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf>one label=bound\r\nacg\r\nUn\r\n\r\n>two label=free\r\nTTT TT\r\n"
    found = read(written(tmp_path / "a.fasta", text))
    assert [text_of(codes) for codes in found.codes] == ["ACGTN", "TTTTT"]
    assert found.classes == ("bound", "free")
    assert found.labels.tolist() == [0, 1]
    assert found.unknown == 1


def test_one_fasta_file_a_class(tmp_path: Path) -> None:
    written(tmp_path / "set" / "yes.fa", b">1\nACGT\n>2\nACGA\n")
    written(tmp_path / "set" / "no.fa", b">1\nTTTT\n")
    found = read(tmp_path / "set")
    assert found.classes == ("no", "yes")
    assert found.labels.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", b"label,sequence\n1,ACGT\n0,TTTT\n"), ("a.tsv", b"ACGT\t1\r\nTTTT\t0\r\n")]
)
def test_tables(tmp_path: Path, name: str, text: bytes) -> None:
    found = read(written(tmp_path / name, text))
    assert [text_of(codes) for codes in found.codes] == ["ACGT", "TTTT"]
    assert found.labels.tolist() == [1, 0]


def test_arrays_with_labels_or_one_a_class(tmp_path: Path) -> None:
    letters = np.eye(4, dtype=np.float32)[[[0, 1, 2, 3], [3, 3, 3, 3]]]
    (tmp_path / "both").mkdir()
    (tmp_path / "each").mkdir()
    np.save(tmp_path / "both" / "X.npy", letters)
    np.save(tmp_path / "both" / "y.npy", np.array([1, 0]))
    np.save(tmp_path / "each" / "no.npy", letters[1:])
    np.save(tmp_path / "each" / "yes.npy", letters[:1])
    for folder, classes in (("both", ("class 0", "class 1")), ("each", ("no", "yes"))):
        found = read(tmp_path / folder)
        assert found.classes == classes
        assert {text_of(c): found.classes[i] for c, i in zip(found.codes, found.labels, strict=True)} == {
            "ACGT": classes[1],
            "TTTT": classes[0],
        }


def test_shorter_sequences_are_filled_with_letters_that_are_not_known_and_their_lengths_kept(tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.csv", b"ACGT,a\nACN,b\nTTTTT,a\n"))
    assert [text_of(codes) for codes in found.codes] == ["ACGTN", "ACNNN", "TTTTT"]
    assert found.lengths is not None
    assert found.lengths.tolist() == [4, 3, 5]
    assert found.unknown == 1
    assert read(written(tmp_path / "b.csv", b"ACGT,a\nACGN,b\n")).lengths is None


def test_what_would_be_filled_to_too_many_letters_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlab.core.sequences.reading.MOST_LETTERS", 14)
    with pytest.raises(SequenceError, match=r"a\.csv filled to 5 letters each is more than 14"):
        read(written(tmp_path / "a.csv", b"ACG,a\nACG,b\nTTTTT,a\n"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.fasta", b">one label=a\nAC-T\n>two label=b\nACGT\n", "line 1: a gap at place 3"),
        (
            "a.fasta",
            b">one label=a\nACGTACGTA\n>two label=b\nACGT\n",
            r"line 3: 4 letters, less than half of the 9 of a\.fasta, line 1; .* leave out the short ones",
        ),
        ("a.fasta", b">one label=a\nACGT\n>two label=b\n>three label=b\nACGT\n", "line 3: 0 letters"),
        ("a.fasta", b">one\nACGT\n", "line 1: the header has no label="),
        ("a.fasta", b"ACGT\n", "line 1: FASTA begins with a header"),
        ("a.fasta", b"", "is empty"),
        ("a.fasta", b">one label=a\nAC\0T\n", "line 2: this is no text"),
        ("a.fasta", b">one label=a\nACGT\n", "one class"),
        ("a.fasta", b">one label=a\nXYZ\n", "'X' at place 1"),
        ("a.fasta", b">one label=a\n" + b"A" * (LONGEST_LINE + 5), "line 2: longer than"),
        ("a.fasta", b">one label=a\n" + (b"A" * 70 + b"\n") * 200, "more than 10,000 letters"),
        ("a.csv", b"ACGT\n", "line 1: a sequence and a label"),
        ("a.csv", b"", "0 classes"),
        ("a.npy", b"\x93NUMPY", "tells no classes"),
        ("set/a.npy", b"\x93NUMPY" + b"\xff" * 50, "no plain array"),
        ("set/a.npy", b"cos\nsystem\n(S'true'\ntR.", "no plain array"),
        ("set/a.csv", b"ACGT,1\n", "one class"),
    ],
)
def test_what_is_no_sequences_is_refused_with_line_and_reason(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = written(tmp_path / name, content)
    with pytest.raises(SequenceError, match=said):
        read(path.parent if path.parent.name == "set" else path)


def test_arrays_that_are_not_one_hot_or_too_large_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((2, 5, 4), 0.5))
    with pytest.raises(SequenceError, match="not one-hot"):
        read(tmp_path)
    np.save(tmp_path / "a.npy", np.zeros((1, 20_000, 4), np.uint8))
    with pytest.raises(SequenceError, match="more than"):
        read(tmp_path)
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(SequenceError, match="no plain array"):
        read(tmp_path)


def test_one_line_of_two_hundred_megabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.fasta"
    with path.open("wb") as file:
        file.write(b">one label=a\n")
        file.seek(199 << 20)
        file.write(b"A")
    with pytest.raises(SequenceError, match="line 2: longer than"):
        read(path)
    with path.open("r+b") as file:
        file.truncate(202 << 20)
    with pytest.raises(SequenceError, match="at most 200 are read"):
        read(path)


def test_hostile_labels_stay_short_words_in_one_line(tmp_path: Path) -> None:
    text = ">a label=<script>\u202e" + "x" * 500 + "\nACGT\n>b label=**b**\nACGA\n"
    found = read(written(tmp_path / "a.fa", text.encode()))
    assert all(len(name) <= 40 and "\u202e" not in name for name in found.classes)


def test_a_folder_of_pictures_is_no_set_of_sequences(tmp_path: Path) -> None:
    written(tmp_path / "cats" / "1.png", b"")
    assert not is_file_of_sequences(tmp_path)
    assert is_file_of_sequences(tmp_path / "a.FASTA")
    assert not is_file_of_sequences(tmp_path / "missing")
