"""Brought sequences on the shelf: what a bundle takes, under which names, and what is kept of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnnlab.core.data.library import Library
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.sequences.motifs import INVENTED, from_word
from cnnlab.core.sequences.reading import read
from cnnlab.core.sequences.shelf import add_bundle, bundle
from cnnlab.core.settings import Settings

FEW = "".join(f">s{i}\n{'ACGT' * 3}{'AC'[i % 2]}{'ACGT'[i % 4]}\n" for i in range(8)).encode()


def given(content: bytes) -> Callable[[], bytes]:
    return lambda: content


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path / "home"))


def test_two_files_become_two_classes_that_only_their_owner_sees(library: Library, tmp_path: Path) -> None:
    bundle([("bound.fasta", given(FEW)), ("free.fa", given(FEW))], tmp_path / "both")
    entry = add_bundle(library, tmp_path / "both", "mine", read, "ann")
    assert entry.report == {"classes": ["bound", "free"], "length": 14, "sequences": 16}
    assert (entry.owners, entry.is_offered_to("bob")) == (("ann",), False)
    assert is_sequences(entry.reference)
    bundle([("bound.fasta", given(FEW)), ("free.fa", given(FEW))], tmp_path / "again")
    assert add_bundle(library, tmp_path / "again", "theirs", read, "bob").owners == ("ann", "bob")


def test_one_table_is_kept_as_it_is(library: Library, tmp_path: Path) -> None:
    rows = "\r\n".join(["sequence,label", *(f"ACGTACGTA{'ACGT'[i % 4]},{i % 2}" for i in range(20))])
    bundle([("table.csv", given(rows.encode()))], tmp_path / "one")
    assert add_bundle(library, tmp_path / "one", "table", read).report["classes"] == ["0", "1"]


def test_what_is_refused_leaves_nothing(library: Library, tmp_path: Path) -> None:
    bundle([("a.fasta", given(b">x\nACGT\n")), ("b.fasta", given(b">x\nA\n"))], tmp_path / "bad")
    with pytest.raises(SequenceError, match=r"b\.fasta, line 1: 1 letter, less than half of the 4"):
        add_bundle(library, tmp_path / "bad", "bad", read)
    assert list(library.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd.fasta", "C:\\x\\passwd.fasta", "/etc/passwd.fasta"])
def test_a_name_leads_nowhere_else(name: str, library: Library, tmp_path: Path) -> None:
    bundle([(name, given(FEW)), ("free.fasta", given(FEW))], tmp_path / "b")
    entry = add_bundle(library, tmp_path / "b", "x", read)
    assert sorted(path.name for path in Path(entry.reference).iterdir()) == ["free.fasta", "passwd.fasta"]


@pytest.mark.parametrize(
    ("names", "said"),
    [(["a.exe"], "end in"), (["a.fa", "A.fa"], "Two files"), ([f"{i}.fa" for i in range(21)], "more than 20 files")],
)
def test_other_files_are_refused(names: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(SequenceError, match=said):
        bundle([(name, given(b"")) for name in names], tmp_path / "b")


def test_a_motif_is_told_as_the_word_it_was_written_as() -> None:
    assert from_word("TGWSNCA").word == "TGWSNCA"
    assert INVENTED["invented-3"].word == "TCAGGATC"
