"""Check and load folders of pictures in every layout that teachers bring, and the bundled silhouettes."""

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.bundled import silhouettes
from cnnlab.core.data.checking import check
from cnnlab.core.data.datasets import DataSetError, describe_class_order, load
from cnnlab.core.data.survey import layouts
from cnnlab.core.pictures import prepare

LIMIT = 1_000_000


def picture(path: Path, seed: int, size: tuple[int, int] = (20, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, size=(size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def make(root: Path, counts: Mapping[str, int]) -> Path:
    """Write that many pictures into each named folder, all of them different."""
    seed = 0
    for folder, count in counts.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            picture(root / folder / f"{i:03}.png", seed)
            seed += 1
    return root


POST = {"train/cats": 6, "train/dogs": 5, "validation/cats": 3, "validation/dogs": 2}


@pytest.fixture
def post(tmp_path: Path) -> Path:
    return make(tmp_path / "pets", POST)


def test_the_posts_layout_is_counted(post: Path) -> None:
    report = check(post)
    assert report.to_dict() == {
        "classes": ["cats", "dogs"],
        "splits": {"train": {"cats": 6, "dogs": 5}, "validation": {"cats": 3, "dogs": 2}},
        "skipped": [],
        "findings": [],
        "refused": None,
    }
    json.dumps(report.to_dict())


@pytest.mark.parametrize("name", ["val", "valid", "test", "Validation"])
def test_other_names_of_the_validation_folder_are_understood(name: str, post: Path) -> None:
    (post / "validation").rename(post / name)
    assert check(post).splits["validation"] == {"cats": 3, "dogs": 2}


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        ("training_set", "test_set"),
        ("Training", "Testing"),
        ("seg_train", "seg_test"),
        ("training", "validation"),
        ("training_set/training_set", "test_set/test_set"),
        ("seg_train/seg_train", "seg_test/seg_test"),
        ("train", "test"),
    ],
)
def test_names_of_splits_in_published_sets_are_understood_and_said(train: str, held_out: str, tmp_path: Path) -> None:
    root = make(
        tmp_path / "set", {f"{train}/cats": 3, f"{train}/dogs": 2, f"{held_out}/cats": 2, f"{held_out}/dogs": 1}
    )
    report = check(root)
    assert report.splits == {"train": {"cats": 3, "dogs": 2}, "validation": {"cats": 2, "dogs": 1}}
    assert report.skipped == ()
    (said,) = (finding.sentence for finding in report.details)
    assert train == "train" or f"{train.rpartition('/')[2]} for train" in said
    assert held_out == "validation" or f"{held_out.rpartition('/')[2]} for validation" in said


def test_a_folder_that_only_looks_like_a_split_again_is_a_class(tmp_path: Path) -> None:
    root = make(tmp_path / "set", {"train/test": 3, "train/dogs": 2, "validation/test": 1, "validation/dogs": 1})
    assert check(root).classes == ("dogs", "test")


def test_the_reasons_stand_in_the_refusal_of_an_archive_that_was_left_out_whole(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "phone.zip", "w") as archive:
        for i in range(20):
            archive.writestr(f"photos/IMG_{i}.CR3", b"x")
        archive.writestr("photos/more.zip", b"x")
        archive.writestr("photos/.DS_Store", b"x")
    report = check(tmp_path / "phone.zip")
    assert report.refused == (
        "None of the 21 files of the archive can be used: its name does not end like a picture's (20); it is an "
        "archive inside the archive; unpack it first (1)."
    )
    assert report.skipped[0].file == "photos/IMG_0.CR3"


def test_the_reasons_stand_in_every_other_refusal_of_an_archive(tmp_path: Path) -> None:
    make(tmp_path / "set", {"cats": 3})
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in sorted((tmp_path / "set/cats").iterdir()):
            archive.write(path, f"cats/{path.name}")
        archive.writestr("dogs/1.cr3", b"x")
    refused = check(tmp_path / "set.zip").refused or ""
    assert "one class folder only" in refused
    assert refused.endswith("; left out of the archive: its name does not end like a picture's (1).")


def test_a_second_validation_folder_is_named_as_unused(post: Path) -> None:
    make(post, {"test/cats": 1, "test/dogs": 1})
    report = check(post)
    assert report.splits["validation"] == {"cats": 3, "dogs": 2}
    assert any("Not read" in finding and "test" in finding for finding in report.findings)


@pytest.mark.parametrize("wrapping", ["pets", "download/pets"])
def test_a_data_set_wrapped_in_a_folder_is_found(wrapping: str, tmp_path: Path) -> None:
    make(tmp_path / "out" / wrapping, POST)
    assert check(tmp_path / "out").splits["train"] == {"cats": 6, "dogs": 5}


def test_classes_only_are_split_80_20_class_by_class_and_it_is_said(tmp_path: Path) -> None:
    make(tmp_path, {"cats": 10, "dogs": 5})
    report = check(tmp_path)
    assert report.splits == {"train": {"cats": 8, "dogs": 4}, "validation": {"cats": 2, "dogs": 1}}
    assert any("no validation folder" in finding and "20%" in finding for finding in report.findings)


def test_train_without_validation_is_split_as_well(tmp_path: Path) -> None:
    make(tmp_path, {"train/cats": 5, "train/dogs": 5})
    assert check(tmp_path).splits == {"train": {"cats": 4, "dogs": 4}, "validation": {"cats": 1, "dogs": 1}}


def test_the_split_depends_on_the_seed_only_and_shares_no_picture(tmp_path: Path) -> None:
    make(tmp_path, {"cats": 20, "dogs": 20})
    first, again, other = (load(tmp_path, LIMIT, seed=seed) for seed in (0, 0, 1))
    assert not set(first.train.names) & set(first.validation.names)
    assert first.validation.names == again.validation.names != other.validation.names
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_one_class_is_refused_and_the_trap_explained(tmp_path: Path) -> None:
    make(tmp_path, {"train/data": 3, "validation/data": 1})
    report = check(tmp_path)
    assert report.classes == ("data",)
    assert "nothing to learn" in str(report.refused)
    assert any("every label is 0" in finding and "accuracy of 1.0" in finding for finding in report.findings)
    with pytest.raises(DataSetError, match="nothing to learn"):
        load(tmp_path, LIMIT)


def test_a_single_class_folder_without_splits_is_the_same_trap(tmp_path: Path) -> None:
    assert "nothing to learn" in str(check(make(tmp_path, {"data": 3})).refused)


def test_class_folders_that_differ_between_splits_are_refused(tmp_path: Path) -> None:
    make(tmp_path, {"train/cats": 2, "train/dogs": 2, "validation/cats": 1, "validation/dog": 1})
    report = check(tmp_path)
    assert any("dogs in train and dog in validation" in finding for finding in report.findings)
    assert "train has cats and dogs, validation has cats and dog" in str(report.refused)


def test_an_empty_class_is_refused_by_name(tmp_path: Path) -> None:
    make(tmp_path, {**POST, "train/horses": 0, "validation/horses": 1})
    report = check(tmp_path)
    assert report.splits["train"]["horses"] == 0
    assert any("horses" in finding for finding in report.findings)
    assert "Class horses has no readable picture in train" in str(report.refused)


@pytest.mark.parametrize(("dogs", "said"), [(3, False), (2, True)])
def test_imbalance_beyond_three_to_one_is_said(dogs: int, said: bool, tmp_path: Path) -> None:
    make(tmp_path, {"train/cats": 9, "train/dogs": dogs, "validation/cats": 1, "validation/dogs": 1})
    findings = check(tmp_path).findings
    assert any("uneven" in finding for finding in findings) == said
    if said:
        assert any("9 × cats and 2 × dogs" in finding and "82%" in finding for finding in findings)


def test_a_picture_in_both_splits_is_said(post: Path) -> None:
    shutil.copy(post / "train/cats/000.png", post / "validation/cats/again.png")
    assert any("1 picture found in train and in validation" in finding for finding in check(post).findings)


def test_what_a_system_left_behind_is_ignored_but_counted(post: Path) -> None:
    for junk in (".DS_Store", "train/cats/._000.png", "train/dogs/Thumbs.db", "__MACOSX/train/cats/._000.png"):
        (post / junk).parent.mkdir(parents=True, exist_ok=True)
        (post / junk).write_bytes(b"junk")
    (post / "train" / ".ipynb_checkpoints").mkdir()
    report = check(post)
    assert report.classes == ("cats", "dogs")
    assert report.skipped == ()
    assert any("4 files" in finding for finding in report.findings)


def test_unreadable_files_are_listed_with_the_reason(post: Path) -> None:
    (post / "train/cats/notes.txt").write_text("not a picture")
    (post / "train/dogs/cut.png").write_bytes((post / "train/dogs/000.png").read_bytes()[:100])
    (post / "readme.txt").write_text("stray")
    (post / "models").mkdir()
    report = check(post)
    reasons = {skip.file: skip.reason for skip in report.skipped}
    assert reasons.keys() == {"train/cats/notes.txt", "train/dogs/cut.png", "readme.txt", "models"}
    assert "is not a picture" in reasons["train/cats/notes.txt"]
    assert "damaged or cut short" in reasons["train/dogs/cut.png"]
    assert "outside the class folders" in reasons["readme.txt"]
    assert report.splits["train"] == {"cats": 6, "dogs": 5}


def test_a_picture_over_the_pixel_limit_is_left_out(post: Path) -> None:
    picture(post / "train/cats/big.png", 99, (50, 50))
    report = check(post, max_pixels=2000)
    assert [skip.file for skip in report.skipped] == ["train/cats/big.png"]


def test_pictures_in_folders_below_a_class_belong_to_it_as_in_keras(post: Path) -> None:
    picture(post / "train/cats/kittens/1.png", 77)
    assert check(post).splits["train"]["cats"] == 7


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({".": 3}, "Found 3 files directly in set and no folders; expected train/<class>"),
        ({"train": 2}, "Found 2 files directly in train and no class folders"),
        ({"validation/cats": 1, "validation/dogs": 1}, "a folder named validation but none named train"),
        ({"a/b/c": 1, "d/e/f": 1}, "the folders a and d in set, which hold further folders"),
    ],
)
def test_other_layouts_are_refused_saying_what_was_found(counts: dict[str, int], words: str, tmp_path: Path) -> None:
    report = check(make(tmp_path / "set", counts))
    assert words in str(report.refused)
    assert str(report.refused).endswith(".")
    with pytest.raises(DataSetError):
        load(tmp_path / "set", LIMIT)


def test_a_path_that_does_not_exist_is_refused_without_an_exception(tmp_path: Path) -> None:
    assert "nowhere is none" in str(check(tmp_path / "nowhere").refused)


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as made:
        for path in sorted(folder.rglob("*")):
            made.write(path, path.relative_to(folder.parent))
    return target


def test_a_zip_is_checked_like_its_folder_and_nothing_stays(
    post: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (post / "train/cats/._000.png").write_bytes(b"junk")
    (post / "train/cats/notes.txt").write_text("no picture")
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    report = check(zipped(post, tmp_path / "pets.zip"))
    assert report.splits == {"train": {"cats": 6, "dogs": 5}, "validation": {"cats": 3, "dogs": 2}}
    assert [skip.file for skip in report.skipped] == ["pets/train/cats/notes.txt"]
    assert any("1 file that" in finding for finding in report.findings)
    assert list(place.iterdir()) == []


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "cat.png", 0)
    assert "not a zip archive" in str(check(tmp_path / "cat.png").refused)
    with pytest.raises(DataSetError, match="unpack a zip first"):
        load(tmp_path / "cat.png", LIMIT)


def test_a_loaded_folder_gives_its_pictures_in_keras_order(post: Path) -> None:
    data = load(str(post), LIMIT)
    assert (data.name, data.classes, len(data.train), len(data.validation)) == ("pets", ("cats", "dogs"), 11, 5)
    assert data.train.labels.tolist() == [0] * 6 + [1] * 5
    assert data.train.labels.dtype == np.int64
    assert data.train.names[0] == "train/cats/000.png"
    assert data.train.image(7).shape == (16, 20, 3)
    arrays = data.train.arrays(8, 12, 3)
    assert (arrays.shape, arrays.dtype) == ((11, 8, 12, 3), np.uint8)
    for i in range(11):
        np.testing.assert_array_equal(arrays[i], prepare(data.train.image(i), 8, 12))
    assert data.validation.arrays(8, 12, 1).shape == (5, 8, 12, 1)


def test_a_limit_takes_a_seeded_choice_of_each_class(post: Path) -> None:
    first, again, other = (load(post, LIMIT, limit_per_class=2, seed=seed) for seed in (0, 0, 3))
    assert first.report.splits == {"train": {"cats": 2, "dogs": 2}, "validation": {"cats": 2, "dogs": 2}}
    assert first.train.names == again.train.names != other.train.names
    assert list(first.train.names) == sorted(first.train.names)


def test_a_limit_is_filled_with_readable_pictures(post: Path) -> None:
    for i in range(20):
        (post / f"train/cats/broken{i}.png").write_bytes(b"broken")
    assert load(post, LIMIT, limit_per_class=6).report.splits["train"] == {"cats": 6, "dogs": 5}


def test_a_limit_below_one_is_refused(post: Path) -> None:
    with pytest.raises(DataSetError, match="at least 1, not 0"):
        load(post, LIMIT, limit_per_class=0)


def test_the_fingerprint_follows_contents_and_class_names_not_file_names(post: Path) -> None:
    before = load(post, LIMIT).fingerprint
    (post / "train/cats/000.png").rename(post / "train/cats/0000.png")
    assert load(post, LIMIT).fingerprint == before
    picture(post / "train/cats/001.png", 1234)
    changed = load(post, LIMIT).fingerprint
    assert changed != before
    for split in ("train", "validation"):
        (post / split / "cats").rename(post / split / "birds")
    assert load(post, LIMIT).fingerprint not in (before, changed)


def test_a_picture_that_went_away_after_the_check_is_named(post: Path) -> None:
    data = load(post, LIMIT)
    (post / "train/cats/003.png").unlink()
    with pytest.raises(DataSetError, match=r"003\.png could be read when the data set was checked"):
        data.train.arrays(8, 8, 3)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    images = np.random.default_rng(0).integers(0, 256, size=(10, 64, 64, 3), dtype=np.uint8)
    labels = np.repeat(np.arange(2, dtype=np.int64), 5)
    monkeypatch.setattr(silhouettes, "load", lambda split: (images, labels))
    monkeypatch.setattr(silhouettes, "fingerprint", lambda: "f" * 64)
    return images


def test_the_silhouettes_come_through_the_same_interface(painted: np.ndarray) -> None:
    data = load("silhouettes", LIMIT)
    assert (data.name, data.classes, data.fingerprint) == ("silhouettes", ("cats", "dogs"), "f" * 64)
    assert data.report.splits == {"train": {"cats": 5, "dogs": 5}, "validation": {"cats": 5, "dogs": 5}}
    assert any("knows nothing about photographs" in finding for finding in data.report.findings)
    np.testing.assert_array_equal(data.train.arrays(64, 64, 3), painted)
    np.testing.assert_array_equal(data.train.arrays(20, 30, 1)[4], prepare(painted[4], 20, 30, 1))
    np.testing.assert_array_equal(data.train.image(3), painted[3])
    assert len(set(data.train.names)) == len(data.train)


def test_all_bundled_pictures_are_held_once_however_often_they_are_asked_for(painted: np.ndarray) -> None:
    assert load("silhouettes", LIMIT).train.arrays(*painted.shape[1:]) is painted


def test_a_limit_holds_for_silhouettes_too(painted: np.ndarray) -> None:
    first, again, other = (load("silhouettes", LIMIT, limit_per_class=2, seed=seed) for seed in (0, 0, 4))
    assert first.train.labels.tolist() == [0, 0, 1, 1]
    assert first.train.names == again.train.names != other.train.names
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_the_bundled_set_itself_loads() -> None:
    data = load("silhouettes", LIMIT, limit_per_class=3)
    assert data.train.arrays(64, 64, 3).shape == (6, 64, 64, 3)


def test_the_order_of_the_classes_is_explained() -> None:
    assert describe_class_order(("cats", "dogs")) == (
        "Class 0 is cats and class 1 is dogs, because Keras sorts the folder names; the output is P(dogs)."
    )
    assert describe_class_order(list("abcdef")).startswith("Class 0 is a, class 1 is b")
    assert "class 5 is f" in describe_class_order(list("abcdef"))


def test_too_many_files_are_refused(post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlab.core.data.survey.layouts.MOST_FILES", 5)
    assert "more than 5 files" in str(check(post).refused)
    assert layouts.MOST_FILES == 5


def named(root: Path, names: list[str]) -> Path:
    for i, name in enumerate(names):
        picture(root / name, i)
    return root


def kaggle(count: int) -> list[str]:
    return [f"{name}.{i}.png" for name in ("cat", "dog") for i in range(count)]


def test_kaggles_flat_names_are_two_classes_and_it_is_said(tmp_path: Path) -> None:
    report = check(named(tmp_path / "train", kaggle(10)))
    assert report.splits == {"train": {"cat": 8, "dog": 8}, "validation": {"cat": 2, "dog": 2}}
    assert report.classes == ("cat", "dog")
    assert any("read from the names of the files" in finding for finding in report.findings)


def test_kaggles_train_and_test_folders_are_understood_and_the_unlabelled_test_is_left_alone(tmp_path: Path) -> None:
    named(tmp_path, [f"dogs-vs-cats/train/{name}" for name in kaggle(5)])
    named(tmp_path, [f"dogs-vs-cats/test/{i}.png" for i in range(3)])
    report = check(tmp_path)
    assert report.splits == {"train": {"cat": 4, "dog": 4}, "validation": {"cat": 1, "dog": 1}}
    assert any("Not read" in finding and "test" in finding for finding in report.findings)


def test_flat_names_in_both_splits_are_used_as_they_are(tmp_path: Path) -> None:
    named(tmp_path, [f"{split}/{name}" for split in ("train", "validation") for name in kaggle(2)])
    assert check(tmp_path).splits == {"train": {"cat": 2, "dog": 2}, "validation": {"cat": 2, "dog": 2}}


def test_a_file_without_a_class_in_its_name_is_left_out_beside_those_that_have_one(tmp_path: Path) -> None:
    report = check(named(tmp_path, [*kaggle(5), "holiday.png"]))
    assert [skip.file for skip in report.skipped] == ["holiday.png"]
    assert "no class" in report.skipped[0].reason


def test_one_class_by_name_is_the_same_trap(tmp_path: Path) -> None:
    assert "nothing to learn" in str(check(named(tmp_path, [f"cat.{i}.png" for i in range(4)])).refused)


def test_what_was_not_understood_is_drawn_as_a_small_tree(tmp_path: Path) -> None:
    root = make(tmp_path / "set", {"a/b/c": 3, "d": 0, "e/f/g/h": 1})
    report = check(root)
    assert report.tree.splitlines() == [
        "set/",
        "  a/",
        "    b/",
        "      c/",
        "  d/",
        "  e/",
        "    f/",
        "      g/",
    ]
    with pytest.raises(DataSetError) as caught:
        load(root, LIMIT)
    assert caught.value.tree == report.tree
    many = make(tmp_path / "many", {f"{i}/x/y": 0 for i in range(20)})
    assert "… and 12 more folders" in check(many).tree


def test_a_tree_tells_files_and_hides_what_a_terminal_would_obey(tmp_path: Path) -> None:
    root = make(tmp_path / "s", {".": 3})
    (root / "\x1b[31mx\x07").mkdir()
    (root / "\x1b[31mx\x07" / "in").mkdir()
    (root / "\x1b[31mx\x07" / "in" / "in").mkdir()
    drawn = layouts.tree(root)
    assert "3 files: 000.png, 001.png, …" in drawn
    assert "\x1b" not in drawn
