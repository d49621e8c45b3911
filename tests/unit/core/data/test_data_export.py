"""A data set goes out as a zip and comes back the same: the same classes, splits and bytes."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.archives.zip_archives import unpack_zip
from cnnlab.core.data.checking import check
from cnnlab.core.data.datasets import DataSet, DataSetError, load, with_classes
from cnnlab.core.data.export import export, file_names
from cnnlab.core.settings import Settings
from cnnlab.processes.data.jobs import Job
from cnnlab.processes.environment import child_environment, data_command


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (20, 24, 3), np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    root = tmp_path / "pets"
    for i in range(12):
        split, name = ("train", "train", "validation")[i % 3], ("cats", "dogs")[i % 2]
        picture(root / split / name / f"{i}.png", i)
    (root / "train/cats/broken.jpg").write_bytes(b"no picture")
    (root / "train/dogs/.DS_Store").write_bytes(b"junk")
    (root / "notes.txt").write_text("about")
    return root


def loaded(root: Path | str) -> DataSet:
    return load(str(root), Settings.max_pixels)


def fetched(file: Path, into: Path) -> DataSet:
    """Return the data set that the exported zip holds."""
    left_out = unpack_zip(file, into)
    assert left_out == []
    return loaded(into)


def test_a_set_comes_back_with_the_same_fingerprint_and_without_what_was_left_out(pets: Path, tmp_path: Path) -> None:
    data = loaded(pets)
    export(data, tmp_path / "out.zip")
    again = fetched(tmp_path / "out.zip", tmp_path / "again")
    assert again.fingerprint == data.fingerprint
    assert again.classes == data.classes
    assert again.report.splits == data.report.splits
    assert again.report.skipped == ()
    assert data.report.skipped != ()
    assert check(tmp_path / "out.zip").refused is None
    assert check(tmp_path / "out.zip").skipped == ()


@pytest.mark.parametrize(
    "names",
    [
        ("cat.1.jpg", "cat.2.jpg", "cat.10.jpg", "dog.1.jpg", "dog.2.jpg", "dog.3.jpg", "dog.4.jpg", "cat.5.jpg"),
        ("cats/b/1.png", "cats/a/1.png", "cats/2.png", "dogs/1.png", "dogs/x/1.png", "dogs/y/1.png"),
        ("cats/A.png", "cats/a.png", "cats/é 1.png", "dogs/b\\c.png", "dogs/<b>.png", "dogs/-1.png"),
    ],
)
def test_every_layout_comes_back_with_the_same_pictures_in_the_same_order(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    for i, name in enumerate(names):
        picture(tmp_path / "set" / name, i)
    data = loaded(tmp_path / "set")
    export(data, tmp_path / "out.zip")
    again = fetched(tmp_path / "out.zip", tmp_path / "again")
    assert again.fingerprint == data.fingerprint
    assert len(again.validation) == len(data.validation)


def test_a_picture_without_an_ending_gets_the_one_of_its_format(pets: Path, tmp_path: Path) -> None:
    (pets / "train/cats/0.png").rename(pets / "train/cats/zero")
    data = loaded(pets)
    assert "train/cats/zero" in data.train.names
    export(data, tmp_path / "out.zip")
    assert fetched(tmp_path / "out.zip", tmp_path / "again").fingerprint == data.fingerprint


def test_the_manifest_tells_the_order_of_the_classes(pets: Path, tmp_path: Path) -> None:
    turned = with_classes(loaded(pets), ("dogs", "cats"))
    export(turned, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        told = json.loads(archive.read("cnnlab.json"))
        names = archive.namelist()
    assert told["classes"] == ["dogs", "cats"]
    assert told["class_indices"] == {"dogs": 0, "cats": 1}
    assert told["pictures"]["train"] == {"cats": 4, "dogs": 4}
    assert "train/cats/0.png" in names
    assert not any("broken" in name or "notes" in name for name in names)


def test_a_bundled_set_is_exported_pixel_by_pixel(tmp_path: Path) -> None:
    data = load("shoes", Settings.max_pixels, 3)
    export(data, tmp_path / "shoes.zip")
    again = fetched(tmp_path / "shoes.zip", tmp_path / "again")
    assert again.classes == data.classes
    np.testing.assert_array_equal(again.train.labels, data.train.labels[np.argsort(data.train.labels, kind="stable")])
    ours = data.train.arrays(28, 28, 3)[np.argsort(data.train.labels, kind="stable")]
    np.testing.assert_array_equal(again.train.arrays(28, 28, 3), ours)


def test_an_export_that_is_ended_or_fails_leaves_nothing_behind(pets: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()

    def stop(done: int, total: int) -> None:
        assert total == 12
        if done == 5:
            raise KeyboardInterrupt

    data = loaded(pets)
    with pytest.raises(KeyboardInterrupt):
        export(data, out / "a.zip", stop)
    (pets / "train/dogs/1.png").unlink()
    with pytest.raises(DataSetError, match="not any more"):
        export(data, out / "b.zip")
    with pytest.raises(DataSetError, match="cannot be written"):
        export(data, tmp_path / "missing" / "c.zip")
    assert list(out.iterdir()) == []


def test_classes_that_no_zip_can_hold_are_refused(tmp_path: Path) -> None:
    for i, name in enumerate(("Cats", "cats")):
        picture(tmp_path / "set" / name / "1.png", 2 * i)
        picture(tmp_path / "set" / name / "2.png", 2 * i + 1)
    with pytest.raises(DataSetError, match="capital letters"):
        export(loaded(tmp_path / "set"), tmp_path / "out.zip")
    (tmp_path / "set/Cats").rename(tmp_path / "set/a:b")
    with pytest.raises(DataSetError, match="rename this class"):
        export(loaded(tmp_path / "set"), tmp_path / "out.zip")


def test_names_are_kept_where_that_keeps_the_order() -> None:
    assert file_names(["1.png", "a b.JPG"]) == ["1.png", "a b.JPG"]
    assert file_names(["b.png", "a.png"]) == ["000000.png", "000001.png"]
    assert file_names(["a.png", "A.png"]) == ["000000.png", "000001.png"]
    assert file_names(["../a.png"]) == ["000000.png"]
    assert file_names(["a", "b.png", "c.txt"]) == ["000000", "000001.png", "000002"]
    assert file_names([]) == []


def test_the_job_writes_the_zip_beside_the_page_and_says_where_it_is(pets: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    target = settings.home / "exports" / "0123456789abcdef.zip"
    ordered = json.dumps(["dogs", "cats"])
    job = Job(data_command("export", str(pets), "my pets", ordered, str(target)), child_environment(settings))
    job.start()
    state = job.wait(60)
    assert (state.running, state.refused, state.reference) == (False, "", "0123456789abcdef")
    assert (state.done, state.total) == (12, 12)
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("cnnlab.json"))["name"] == "my pets"
    wrong = Job(data_command("export", str(pets), "pets", '["cats"]', str(target)), child_environment(settings))
    wrong.start()
    assert "choose an order of these" in wrong.wait(60).refused
