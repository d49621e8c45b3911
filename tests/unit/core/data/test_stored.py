"""The pictures of a folder are decoded once, into a file that every training reads from."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.stored import IN_MEMORY, on_disk
from cnnlab.core.kept.disk import Disk
from cnnlab.core.kept.rows import StoredRows

SHAPE = (8, 12, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for split in ("train", "validation"):
        for name in ("a", "b"):
            (tmp_path / "set" / split / name).mkdir(parents=True)
            for i in range(70):
                pixels = rng.integers(0, 255, (10, 14, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(tmp_path / "set" / split / name / f"{i}.png")
    return tmp_path / "set"


def test_the_rows_are_the_pictures_that_would_be_in_memory_and_are_made_once(folder: Path, tmp_path: Path) -> None:
    data, told = load(folder, 1 << 20), []
    for _ in range(2):
        pictures = on_disk(tmp_path / "pixels", Disk(tmp_path, 100), data.fingerprint, lambda *p: told.append(p))
        rows = pictures(data.train, "train", SHAPE)
        assert isinstance(rows, StoredRows)
        np.testing.assert_array_equal(rows[:], data.train.arrays(*SHAPE))
    assert told == [(i, 140) for i in range(1, 141)]


def test_what_ends_the_work_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    data = load(folder, 1 << 20)
    pictures = on_disk(tmp_path / "pixels", Disk(tmp_path, 100), data.fingerprint, stop)
    with pytest.raises(InterruptedError):
        pictures(data.train, "train", SHAPE)
    assert list((tmp_path / "pixels").iterdir()) == []


def test_on_a_full_disk_few_pictures_stay_in_memory_and_many_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = load(folder, 1 << 20)
    pictures = on_disk(tmp_path / "pixels", Disk(tmp_path, 0), data.fingerprint, lambda *_: None)
    assert isinstance(pictures(data.train, "train", SHAPE), np.ndarray)
    monkeypatch.setattr("cnnlab.core.data.stored.IN_MEMORY", 1000)
    with pytest.raises(DataSetError, match="CNNLAB_MAX_DISK_MB"):
        pictures(data.validation, "validation", SHAPE)
    assert IN_MEMORY > 1000
