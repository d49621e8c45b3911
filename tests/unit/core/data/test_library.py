"""Uploaded data sets are unpacked and checked once, and a refused one leaves nothing behind."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.archives.zip_archives import ArchiveError
from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.library import NEWER, Library
from cnnlab.core.settings import Settings


def picture(seed: int) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (12, 10, 3), np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def zipped(names: list[str]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i, name in enumerate(names):
            archive.writestr(zipfile.ZipInfo(name), picture(i) if name.endswith(".png") else b"not a picture")
    out.seek(0)
    return out


GOOD = [
    f"pets/{split}/{name}/{i}.png" for split in ("train", "validation") for name in ("cats", "dogs") for i in (1, 2)
]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path / "home", data_root=tmp_path))


def test_a_zip_in_the_posts_layout_can_be_trained_on(library: Library) -> None:
    entry = library.add_archive(zipped([*GOOD, "pets/train/cats/notes.txt"]), "my pets.zip")
    assert entry.name == "my pets"
    data = load(entry.reference, 10_000)
    assert data.classes == ("cats", "dogs")
    assert (len(data.train), len(data.validation)) == (4, 4)
    assert [s["file"].endswith("notes.txt") for s in entry.report["skipped"]] == [True]
    assert library.entries() == (entry,)


def test_what_two_upload_at_once_belongs_to_both(library: Library) -> None:
    def quicker(done: int, total: int) -> None:
        if not library.entries():
            library.add_archive(zipped(GOOD), "theirs.zip", owner="other")

    entry = library.add_archive(zipped(GOOD), "ours.zip", quicker, owner="one")
    assert (entry.name, entry.owners) == ("theirs", ("other", "one"))
    assert library.entries() == (entry,)


def test_the_same_zip_again_is_the_same_entry(library: Library) -> None:
    first = library.add_archive(zipped(GOOD), "a.zip")
    again = library.add_archive(zipped(GOOD), "b.zip")
    assert again == first
    assert len(library.entries()) == 1


@pytest.mark.parametrize(
    "names",
    [
        ["train/data/1.png", "train/data/2.png", "validation/data/3.png"],
        ["readme.txt"],
        [],
    ],
)
def test_a_refused_zip_leaves_nothing_behind(library: Library, names: list[str]) -> None:
    kept = library.add_archive(zipped(GOOD), "good.zip")
    with pytest.raises((DataSetError, ArchiveError)) as caught:
        library.add_archive(zipped(names), "bad.zip")
    assert "\n" not in str(caught.value)
    assert library.entries() == (kept,)
    assert len(list(library.folder.iterdir())) == 1


def test_what_is_no_zip_is_refused(library: Library) -> None:
    with pytest.raises(ArchiveError):
        library.add_archive(io.BytesIO(b"PK but no archive"), "bad.zip")
    assert library.entries() == ()


def test_an_entry_whose_description_is_torn_is_made_again(library: Library) -> None:
    entry = library.add_archive(zipped(GOOD), "a.zip")
    (Path(entry.reference).parent / "entry.json").write_text('{"name": "a"')
    assert library.entries() == ()
    assert library.add_archive(zipped(GOOD), "a.zip") == entry


def test_a_set_that_a_newer_version_kept_is_left_alone_and_refused_in_a_sentence(library: Library) -> None:
    entry = library.add_archive(zipped(GOOD), "a.zip")
    told = Path(entry.reference).parent / "entry.json"
    newer = json.dumps(json.loads(told.read_text()) | {"version": 99, "report": "of another form"})
    assert not library.has_newer()
    told.write_text(newer)
    assert library.entries() == ()
    assert library.has_newer()
    with pytest.raises(DataSetError, match=NEWER):
        library.add_archive(zipped(GOOD), "a.zip")
    assert told.read_text() == newer
    assert any(Path(entry.reference).rglob("*.*"))


def test_folders_are_found_below_the_root_only(library: Library, tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    assert library.folder_below_root("pets") == str((tmp_path / "pets").resolve())
    assert library.folder_below_root("/pets/") == str((tmp_path / "pets").resolve())
    for outside in ("..", "../..", "/etc", "pets/../..", "nowhere", "pets\x00"):
        with pytest.raises(DataSetError):
            library.folder_below_root(outside)


def test_without_a_root_no_folder_can_be_named(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="CNNLAB_DATA_ROOT"):
        Library(Settings(home=tmp_path)).folder_below_root("pets")
