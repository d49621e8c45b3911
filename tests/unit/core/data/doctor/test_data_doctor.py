"""Every kind of fault that a set of photographs can have is found, counted, named, and said what will be done about."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.checking import check
from cnnlab.core.data.doctor.finding import Finding
from tests.unit.core.data.test_datasets import POST, make, picture


@pytest.fixture
def post(tmp_path: Path) -> Path:
    return make(tmp_path / "pets", POST)


def found(root: Path) -> dict[str, Finding]:
    details = check(root).details
    assert len({finding.kind for finding in details}) == len(details)
    return {finding.kind: finding for finding in details}


def save(path: Path, mode: str, size: tuple[int, int] = (20, 16)) -> None:
    noise = np.random.default_rng(sum(map(ord, str(path)))).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).convert(mode).save(path)


def test_a_sound_set_has_no_finding(post: Path) -> None:
    assert found(post) == {}


def test_a_picture_in_both_splits_is_leakage_and_both_files_are_named(post: Path) -> None:
    shutil.copy(post / "train/cats/000.png", post / "validation/cats/again.png")
    leak = found(post)["leakage"]
    assert (leak.count, leak.serious) == (1, True)
    assert leak.files == ("train/cats/000.png = validation/cats/again.png",)
    assert "duplicates" not in found(post)


def test_copies_within_one_class_are_counted_beyond_the_first(post: Path) -> None:
    for name in ("a", "b"):
        shutil.copy(post / "train/dogs/000.png", post / f"train/dogs/{name}.png")
    copies = found(post)["duplicates"]
    assert copies.count == 2
    assert "2 exact copies" in copies.sentence
    assert copies.files == ("train/dogs/000.png = train/dogs/a.png = train/dogs/b.png",)
    assert "leakage" not in found(post)


def test_one_picture_with_two_labels_is_a_contradiction(post: Path) -> None:
    shutil.copy(post / "train/cats/000.png", post / "train/dogs/cat.png")
    kinds = found(post)
    assert kinds["contradiction"].count == 1
    assert "duplicates" not in kinds
    assert "leakage" not in kinds


@pytest.mark.parametrize(("mode", "kind"), [("L", "grey"), ("RGBA", "alpha"), ("P", "modes"), ("LA", "alpha")])
def test_an_odd_mode_is_named_with_what_will_be_done(mode: str, kind: str, post: Path) -> None:
    save(post / "train/cats/odd.png", mode)
    finding = found(post)[kind]
    assert finding.count == 1
    assert finding.files == (f"train/cats/odd.png ({mode})",)
    assert finding.action.endswith(".")


def test_cmyk_is_an_odd_mode(post: Path) -> None:
    save(post / "train/cats/print.jpg", "CMYK")
    assert found(post)["modes"].files == ("train/cats/print.jpg (CMYK)",)


def test_a_set_that_is_grey_throughout_is_not_odd(tmp_path: Path) -> None:
    for folder in POST:
        (tmp_path / folder).mkdir(parents=True)
        save(tmp_path / folder / "1.png", "L")
    assert "grey" not in found(tmp_path)


@pytest.mark.parametrize(("side", "tiny"), [(15, True), (16, False)])
def test_tiny_pictures_are_named_with_their_size(side: int, tiny: bool, post: Path) -> None:
    picture(post / "train/cats/small.png", 50, (side, 30))
    assert ("tiny" in found(post)) == tiny
    if tiny:
        assert found(post)["tiny"].files == ("train/cats/small.png (15 × 30)",)


@pytest.mark.parametrize(("size", "extreme"), [((61, 20), True), ((20, 61), True), ((60, 20), False)])
def test_extreme_shapes_are_found_in_both_directions(size: tuple[int, int], extreme: bool, post: Path) -> None:
    picture(post / "train/cats/long.png", 51, size)
    assert ("aspect" in found(post)) == extreme


def test_what_is_left_out_is_told_apart_by_why(post: Path) -> None:
    (post / "train/cats/cut.png").write_bytes((post / "train/cats/000.png").read_bytes()[:90])
    (post / "train/cats/notes.txt").write_text("words")
    (post / "train/dogs/two.docx").write_text("words")
    (post / "list.csv").write_text("words")
    kinds = found(post)
    assert (kinds["unreadable"].count, kinds["not_pictures"].count, kinds["outside"].count) == (1, 2, 1)
    assert "damaged or cut short" in kinds["unreadable"].files[0]
    assert kinds["unreadable"].sentence == "1 picture cannot be read."
    assert kinds["not_pictures"].sentence == "2 files are no pictures by their names."


def test_junk_and_imbalance_are_counted(tmp_path: Path) -> None:
    root = make(tmp_path, {"train/cats": 9, "train/dogs": 2, "validation/cats": 1, "validation/dogs": 1})
    (root / "train" / ".DS_Store").write_bytes(b"x")
    kinds = found(root)
    assert (kinds["junk"].count, kinds["imbalance"].count) == (1, 7)


def test_refused_sets_say_which_finding_refuses_them(tmp_path: Path) -> None:
    one = found(make(tmp_path / "one", {"train/data": 3, "validation/data": 1}))["one_class"]
    assert one.serious
    assert "refused" in one.action
    other = found(make(tmp_path / "two", {**POST, "train/cows": 1}))["different_classes"]
    assert "cows in train" in other.sentence
    empty = found(make(tmp_path / "three", {**POST, "train/cows": 0, "validation/cows": 1}))["empty_class"]
    assert empty.files == ("train/cows",)


def test_every_sentence_is_one_sentence(post: Path) -> None:
    shutil.copy(post / "train/cats/000.png", post / "validation/dogs/again.png")
    save(post / "train/cats/odd.png", "RGBA", (10, 80))
    for finding in found(post).values():
        for text in (finding.sentence, finding.action):
            assert text.endswith(".")
            assert text.count(". ") == 0
