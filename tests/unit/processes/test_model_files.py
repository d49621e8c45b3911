"""Nobody's imported models throw out another's, whatever cookies are dropped."""

import os
from pathlib import Path

import pytest

from cnnlab.processes import model_files
from cnnlab.processes.model_files import MOST_OF_ONE, make_room


def keep(folder: Path, origin: str, owner: str, number: int, size: int = 10) -> Path:
    path = folder / origin / owner / f"{owner}{number}.keras"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (number, number))
    make_room(folder, path)
    return path


def test_an_owner_keeps_the_newest_and_nobody_else_loses_one(tmp_path: Path) -> None:
    honest = keep(tmp_path, "there", "ann", 0)
    mine = [keep(tmp_path, "here", "bob", number) for number in range(1, 43)]
    assert honest.exists()
    assert [path for path in mine if path.exists()] == mine[-MOST_OF_ONE:]


@pytest.mark.parametrize("limit", ["MOST_KEPT", "MOST_BYTES"])
def test_many_owners_at_one_place_throw_out_only_each_other(
    tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, limit, 20 if limit == "MOST_KEPT" else 200)
    honest = [keep(tmp_path, f"desk {i}", "ann", i) for i in range(8)]
    dropped = [keep(tmp_path, "one machine", f"cookie {i}", 100 + i) for i in range(60)]
    assert all(path.exists() for path in honest)
    assert [path for path in dropped if path.exists()] == dropped[-12:]
    assert len(list((tmp_path / "one machine").iterdir())) == 12, "empty folders go too"


def test_a_single_file_stays_however_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "MOST_BYTES", 5)
    assert keep(tmp_path, "here", "ann", 1).exists()
