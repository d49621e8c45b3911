"""Everything in the home counts against one limit, and who meets it gets one sentence and leaves nothing."""

import io
import zipfile
from pathlib import Path

import pytest

from cnnlab.core.data.archives.zip_archives import ArchiveError
from cnnlab.core.data.library import Library
from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.kept import disk
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from tests.unit.core.data.test_library import GOOD, picture, zipped

MB = 1 << 20


@pytest.mark.parametrize("place", ["runs/1", "data/1/files", "models", "exports", "surveys"])
def test_every_kind_of_file_counts(place: str, tmp_path: Path) -> None:
    home = tmp_path / place
    home.mkdir(parents=True)
    (home / "large").write_bytes(bytes(2 * MB))
    problem = Settings(tmp_path, max_disk_mb=2).disk.problem()
    assert problem is not None
    assert "together take 2 MB, and 2 MB are allowed" in problem
    assert Settings(tmp_path, max_disk_mb=4).disk.problem(MB) is None
    assert "and this takes 3 MB more" in str(Settings(tmp_path, max_disk_mb=4).disk.problem(3 * MB))
    (home / "large").unlink()
    assert Settings(tmp_path, max_disk_mb=2).disk.problem() is None, "who has made room is not sent away"


def test_asking_again_at_once_walks_through_the_home_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[str] = []
    monkeypatch.setattr(disk, "size_of", lambda folder: walks.append(folder) or 0)
    for _ in range(30):
        assert Settings(tmp_path).disk.problem() is None
    assert len(walks) == 1


def test_an_archive_that_fills_the_home_is_refused_while_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "STEP", 1 << 16)
    library = Library(Settings(tmp_path, max_disk_mb=1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(40):
            archive.writestr(f"{'cats' if i % 2 else 'dogs'}/{i}.png", picture(i) + bytes(100_000))
    with pytest.raises(ArchiveError, match="1 MB are allowed; delete old ones"):
        library.add_archive(out, "large.zip")
    assert list(library.folder.iterdir()) == []


def test_a_model_is_not_taken_into_a_full_home(tmp_path: Path) -> None:
    importer = ModelImporter(settings := Settings(tmp_path, max_disk_mb=1), Inside(settings))
    with pytest.raises(ModelFileError, match="1 MB are allowed"):
        importer.open(b"PK\x03\x04" + bytes(2 * MB), "large.keras")
    assert not (tmp_path / "models").exists()


def test_a_set_that_is_there_already_needs_no_room(tmp_path: Path) -> None:
    entry = Library(Settings(tmp_path)).add_archive(zipped(GOOD), "pets.zip")
    (tmp_path / "large").write_bytes(bytes(MB))
    assert Library(Settings(tmp_path, max_disk_mb=1)).add_archive(zipped(GOOD), "pets.zip") == entry
