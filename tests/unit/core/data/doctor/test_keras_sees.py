"""Say for every way in which Keras sees something else in a folder that it does, and nothing where it does not."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.checking import check
from cnnlab.core.data.datasets import describe_class_order
from cnnlab.core.data.doctor.keras_sees import BEGINNING
from tests.picture_files import HEIC, tiff
from tests.unit.core.data.test_datasets import POST, make


@pytest.fixture
def post(tmp_path: Path) -> Path:
    return make(tmp_path / "pets", POST)


def said(root: Path) -> dict[str, str]:
    return {finding.kind: finding.sentence for finding in check(root).details if finding.kind.startswith("keras")}


def put(path: Path, mode: str = "RGB", colour: Any = 90, image_format: str | None = None, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (20, 16), colour).save(path, image_format, **options)


def test_nothing_is_said_where_keras_sees_the_same(post: Path) -> None:
    put(post / "train/cats/grey.png", "L")
    put(post / "train/cats/opaque.png", "RGBA", (9, 9, 9, 255))
    assert said(post) == {}
    assert check(post).as_keras


def test_a_hidden_folder_is_a_class_for_one_reader_and_shifts_the_numbers(post: Path) -> None:
    (post / "train/.ipynb_checkpoints").mkdir()
    assert said(post) == {
        "keras_classes": f"{BEGINNING} for flow_from_directory .ipynb_checkpoints in train is a class too, so that "
        "cats is 1 and dogs is 2."
    }
    assert not check(post).as_keras
    assert "because Keras sorts" not in describe_class_order(("cats", "dogs"), as_keras=False)


def test_a_folder_of_an_archiver_is_a_class_for_both_readers(tmp_path: Path) -> None:
    root = make(tmp_path / "pets", {"cats": 4, "dogs": 4})
    put(root / "__MACOSX/cats/._1.png")
    (root / ".git").mkdir()
    sentences = said(root)
    assert sentences["keras_classes"] == (
        f"{BEGINNING} for flow_from_directory .git and __MACOSX are classes too, so that cats is 2 and dogs is 3; for "
        "image_dataset_from_directory __MACOSX is a class too, so that cats is 1 and dogs is 2."
    )
    assert "it takes 1 more file for pictures" in sentences["keras_files"]


def test_what_unpacking_leaves_out_counts_too(tmp_path: Path, post: Path) -> None:
    target = tmp_path / "pets.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(p for p in post.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(post))
        archive.writestr("train/.git/config", "x")
        archive.writestr("validation/dogs/._1.jpg", "x")
        archive.writestr("__MACOSX/train/cats/._1.jpg", "x")
    sentences = said(target)
    assert "flow_from_directory .git in train is a class too, so that cats is 1" in sentences["keras_classes"]
    assert "__MACOSX" not in sentences["keras_classes"]
    assert "it takes 1 more file for pictures" in sentences["keras_files"]


def test_ends_of_names_that_keras_does_not_read_are_counted_for_each_reader(post: Path) -> None:
    put(post / "train/cats/a.webp")
    put(post / "train/dogs/a.gif")
    put(post / "train/dogs/b.tif")
    put(post / "train/dogs/c.jfif", image_format="JPEG")
    put(post / "train/dogs/d.ppm")
    assert said(post) == {
        "keras_endings": f"{BEGINNING} flow_from_directory leaves out 3 pictures (.gif, .jfif and .webp), "
        "image_dataset_from_directory leaves out 4 pictures (.jfif, .ppm, .tif and .webp), because of the ends of "
        "their names."
    }


def test_files_that_are_left_out_here_and_not_there_are_counted(post: Path) -> None:
    (post / "train/cats/broken.jpg").write_bytes(b"no picture")
    put(post / "validation/cats/.thumbs/1.png")
    finding = next(f for f in check(post).details if f.kind == "keras_files")
    assert finding.files == ("train/cats/broken.jpg", "validation/cats/.thumbs/1.png")


def test_turns_and_transparency_that_keras_ignores_are_counted(post: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    put(post / "train/cats/turned.jpg", exif=exif)
    put(post / "train/cats/turned.tif", exif=exif)
    put(post / "train/dogs/clear.png", "RGBA", (9, 9, 9, 100))
    put(post / "train/dogs/grey.png", "LA", (9, 100))
    sentences = said(post)
    assert "it does not turn 1 picture upright" in sentences["keras_turned"]
    assert "it drops the transparency of 2 pictures" in sentences["keras_transparency"]


def test_values_that_keras_takes_for_others_or_cannot_open_are_counted(post: Path) -> None:
    deep = Image.fromarray(np.array([[0, 1000, 4095]], np.uint16))
    deep.save(post / "train/cats/camera.png")
    (post / "train/cats/double.tif").write_bytes(tiff(np.full((2, 2, 1), 0.5, np.float64)))
    (post / "train/dogs/phone.jpg").write_bytes(HEIC)
    (post / "train/dogs/phone.heic").write_bytes(HEIC + b"x")
    sentences = said(post)
    assert "the values of 1 picture of more than 8 bits" in sentences["keras_values"]
    assert "it ends with an error at 2 pictures" in sentences["keras_cannot"]
    kinds = {finding.kind: finding for finding in check(post).details}
    assert kinds["deep"].files == ("train/cats/camera.png (0 to 4,095)", "train/cats/double.tif (0 to 1)")


def test_pictures_that_were_stretched_are_named_with_their_own_range(post: Path) -> None:
    (post / "train/cats/scan.tif").write_bytes(tiff(np.array([[[-100], [300]]], np.int16)))
    stretched = next(f for f in check(post).details if f.kind == "stretched")
    assert stretched.files == ("train/cats/scan.tif (-100 to 300)",)
    assert "cannot be compared" in stretched.action


def test_a_jpeg_that_was_read_at_half_its_size_is_named(post: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 50)).save(out, "JPEG")
    (post / "train/cats/large.jpg").write_bytes(out.getvalue())
    assert {f.kind for f in check(post, max_pixels=2999).details} == {"shrunk"}
