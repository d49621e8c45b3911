"""Every picture of the gallery can be shown, is credited, and may be shipped."""

import dataclasses
import io

import pytest
from PIL import Image

from cnnlab.core.pictures import gallery

ALLOWED = {"CC0 1.0", "Public domain"}


def test_chelsea_comes_first():
    assert gallery.pictures()[0].file == "cat-chelsea.jpg"


def test_there_are_about_a_dozen_with_drawn_cats_and_a_drawn_dog():
    titles = [picture.title for picture in gallery.pictures()]
    assert 12 <= len(titles) <= 16
    assert len(set(titles)) == len(titles)
    assert sum("cat (drawing)" in title for title in titles) >= 2
    assert sum(title.endswith("(drawing)") and "cat" not in title for title in titles) >= 1


@pytest.mark.parametrize("picture", gallery.pictures(), ids=lambda picture: picture.file)
def test_a_picture_decodes_as_what_its_name_says(picture):
    with Image.open(io.BytesIO(picture.read())) as image:
        image.load()
        assert image.format == {".jpg": "JPEG", ".png": "PNG"}[picture.path.suffix]
        assert image.mode in ("RGB", "L")
        assert max(image.size) <= 512


@pytest.mark.parametrize("picture", gallery.pictures(), ids=lambda picture: picture.file)
def test_a_picture_is_described_and_credited(picture):
    assert all(value.strip() for value in dataclasses.asdict(picture).values())
    assert picture.alt.endswith(".")
    assert picture.alt.count(". ") == 0
    assert picture.licence in ALLOWED


def test_no_picture_lies_there_without_credit():
    files = {path.name for path in gallery.FOLDER.iterdir()} - {"credits.json", "CREDITS.md"}
    assert files == {picture.file for picture in gallery.pictures()}


def test_the_readable_credits_name_every_picture_author_and_licence():
    page = (gallery.FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    for picture in gallery.pictures():
        assert f"| `{picture.file}` | {picture.title} | {picture.author} | {picture.licence} |" in page


def test_the_gallery_is_small():
    assert sum(picture.path.stat().st_size for picture in gallery.pictures()) < 1_000_000
