"""The panel of pictures: one's own, the gallery, test patterns and the data set, and how each becomes numbers."""

import base64
import gc
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.pictures import Preparation, decode, prepare
from cnnlab.core.pictures.patterns import pattern
from cnnlab.core.pictures.reference import FromData, FromGallery, FromPattern, FromUpload
from cnnlab.processes.pictures.kept_files import KeptFile
from cnnlab.ui.pictures.own import DRAWING
from cnnlab.ui.session.choices import DataChoice
from tests.app.driving import go_to, html_of, keyed, mine, open_page, trigger, unpacked
from tests.app.material import encoded, rotated_jpeg, transparent_png
from tests.picture_files import HEIC, tiff

pytestmark = pytest.mark.usefixtures("no_inference")


def tiles(app: AppTest) -> list[str]:
    return [tile["file"] for tile in json.loads(keyed(app, "picture_gallery").proto.json)[0]["pictures"]]


def marked(app: AppTest) -> list[str]:
    chosen = json.loads(keyed(app, "picture_gallery").proto.json)[0]["chosen"]
    return [tile for tile in tiles(app) if tile == chosen]


def prepared(app: AppTest) -> np.ndarray:
    """Return the array that the page shows as what the network receives."""
    header, arrays = unpacked(app, "preparation")
    return arrays["pixels"].reshape(header["height"], header["width"], header["channels"])


def test_several_files_at_once_are_all_kept_and_the_bad_one_is_named() -> None:
    app = open_page("feature_maps", picture_numbers=True)
    uploader = app.file_uploader(key="picture_file")
    files = [("a.jpg", rotated_jpeg()), ("notes*.png", b"only words"), ("b.png", transparent_png())]
    for name, content in files:
        uploader = uploader.upload(name, content, "image/png")
    uploader.run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        r"notes\*.png is not a picture that can be read here; choose a JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP, TIFF or "
        "PPM file."
    ]
    own = tiles(app)[:2]
    named = {str(reference): upload.name for reference, upload in mine(app).picture.uploads.items()}
    assert [named[tile] for tile in own] == ["b.png", "a.jpg"]
    assert mine(app).picture.held.name == "b.png"
    trigger(app, "picture_gallery", "picked", own[1])
    assert mine(app).picture.held.name == "a.jpg"
    assert own[1] in tiles(go_to(app, "augmentation"))


def test_what_was_done_to_the_stored_values_is_said() -> None:
    app = open_page("feature_maps", picture_numbers=True)
    deep = tiff(np.array([[[0], [4095]]], np.uint16))
    app.file_uploader(key="picture_file").upload("camera.tif", deep, "image/tiff").run()
    assert not app.exception
    assert "<dt>handled</dt><dd>stored values 0 to 4,095 taken as black to white</dd>" in html_of(app)
    app.file_uploader(key="picture_file").upload("phone.heic", HEIC, "image/heic").run()
    assert mine(app).picture.held.facts.shape == (48, 64)
    assert "<dt>handled</dt>" not in html_of(app)


@pytest.mark.parametrize("name", ["vertical_stripes", "one_bright_pixel"])
def test_a_test_pattern_reaches_the_network_pixel_by_pixel(name: str) -> None:
    app = open_page("feature_maps", picture_source="patterns", picture_numbers=True)
    trigger(app, "picture_gallery", "picked", str(FromPattern(name)))
    assert not app.exception
    np.testing.assert_array_equal(prepared(app), pattern(name, 150, 150))
    assert "drawn here, mode RGB, 150 × 150" in html_of(app)
    assert "not needed: it has that size" in html_of(app)


def test_a_picture_of_the_data_set_can_be_looked_at_and_others_drawn() -> None:
    app = open_page("feature_maps", picture_source="data set", picture_numbers=True)
    offered = tiles(app)
    assert len(offered) == 12
    trigger(app, "picture_gallery", "picked", offered[3])
    assert not app.exception
    assert mine(app).picture.held.name in ("cats of silhouettes", "dogs of silhouettes")
    app.button(key="picture_others").click().run()
    assert set(tiles(app)) != set(offered)


@pytest.mark.parametrize("source", ["gallery", "patterns", "data set"])
@pytest.mark.parametrize(
    "picked",
    [
        str(FromPattern("../x")),
        str(FromUpload("0")),
        str(FromGallery("../../etc/passwd")),
        str(FromData("", "validation", 0)),
        str(FromData(SETS["silhouettes"].fingerprint(), "validation", 999_999)),
        "data set:1",
        "None",
        None,
    ],
)
def test_a_tile_that_does_not_exist_is_ignored(source: str, picked: object) -> None:
    app = open_page("feature_maps", picture_source=source, picture_numbers=True)
    before = mine(app).picture.held
    trigger(app, "picture_gallery", "picked", picked)
    assert not app.exception
    assert mine(app).picture.held is before


def test_the_chosen_tile_stays_marked_until_another_data_set_stands_there() -> None:
    app = open_page("feature_maps", picture_source="data set", picture_numbers=True)
    trigger(app, "picture_gallery", "picked", tiles(app)[3])
    assert marked(app) == [tiles(app)[3]]
    mine(app).data = DataChoice("shoes")
    assert marked(app.run()) == []


def test_the_way_from_file_to_array_is_told_in_numbers() -> None:
    app = open_page("feature_maps", picture_numbers=True)
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, 30:60] = (200, 100, 50)
    app.file_uploader(key="picture_file").upload("wide.png", encoded(Image.fromarray(wide), "PNG"), "image/png").run()
    said = html_of(app)
    assert "PNG, mode RGB, 90 × 30 (width × height)" in said
    assert "(90, 30), width first" in said
    assert "(30, 90, 3), height first" in said
    assert "0 to 200, whole numbers (uint8)" in said
    assert "0 to 0.784 (float32)" in said
    app.segmented_control(key="preparation_fit").set_value("crop").run()
    np.testing.assert_array_equal(prepared(app), prepare(wide, 150, 150, how=Preparation("crop")))
    assert (prepared(app)[:, 7:-7] == (200, 100, 50)).all(), "the middle third is all that is left"
    app.selectbox(key="preparation_interpolation").set_value("nearest").run()
    app.segmented_control(key="preparation_fit").set_value("pad").run()
    np.testing.assert_array_equal(prepared(app), prepare(wide, 150, 150, how=Preparation("pad", "nearest")))
    assert "with black at the edges; nearest" in html_of(app)


def as_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def test_a_drawing_is_the_current_picture_after_each_stroke() -> None:
    app = open_page("feature_maps", picture_source="draw", picture_numbers=True)
    for shade in (10, 200):
        drawn = np.full((256, 256, 3), shade, np.uint8)
        trigger(app, "picture_drawing", "drawn", as_url(encoded(Image.fromarray(drawn), "PNG")))
        assert not app.exception
        assert not app.error
        assert mine(app).picture.held.name == "Your drawing"
        np.testing.assert_array_equal(prepared(app), np.full((150, 150, 3), shade, np.uint8))
    assert tiles(app) == [str(DRAWING)], "one drawing, not one for each stroke"
    go_to(app, "augmentation")
    go_to(app, "feature_maps")
    kept = base64.b64decode(json.loads(keyed(app, "picture_drawing").proto.json)["image"].partition(",")[2])
    assert kept == mine(app).picture.uploads[DRAWING].file.read(), "the paper is not empty when one comes back"


def test_photographs_of_the_camera_are_kept_beside_one_another() -> None:
    app = open_page("feature_maps", picture_source="camera", picture_numbers=True)
    for side in (30, 40):
        trigger(app, "picture_camera", "taken", as_url(rotated_jpeg(side, 20), "image/jpeg"))
    assert not app.exception
    assert mine(app).picture.held.name == "Your photograph"
    assert len(tiles(app)) == 2
    trigger(app, "picture_gallery", "picked", tiles(app)[1])
    assert mine(app).picture.held.facts.size == (30, 20)


@pytest.mark.parametrize("source", ["draw", "camera"])
@pytest.mark.parametrize(
    "sent",
    [
        "",
        "data:image/png;base64,",
        "data:image/png;base64,****",
        as_url(b"<svg onload=alert(1)>"),
        as_url(encoded(Image.new("RGB", (9, 9)), "PNG")[:40]),
        "data:image/png;base64," + "A" * (9 << 20),
    ],
    ids=range(6),
)
def test_what_is_no_picture_is_one_sentence_and_the_picture_stays(source: str, sent: object) -> None:
    app = open_page("feature_maps", picture_source=source, picture_numbers=True)
    before = mine(app).picture.held
    key, event = {"draw": ("picture_drawing", "drawn"), "camera": ("picture_camera", "taken")}[source]
    trigger(app, key, event, sent)
    assert not app.exception
    assert len(app.error) == 1
    assert mine(app).picture.held is before
    assert not mine(app).picture.uploads


def test_a_large_picture_leaves_its_pixels_and_its_file_outside_the_session() -> None:
    app = open_page("feature_maps", picture_numbers=True)
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (1200, 1600, 3), np.uint8))
    data = encoded(image, "JPEG")
    app.file_uploader(key="picture_file").upload("large.jpg", data, "image/jpeg").run()
    assert not app.exception
    assert "JPEG, mode RGB, 1600 × 1200" in html_of(app)
    whole = decode(data, "large.jpg", 10**8).pixels
    np.testing.assert_array_equal(prepared(app), prepare(whole, 150, 150))
    gc.collect()
    held = [thing for thing in gc.get_objects() if isinstance(thing, UploadedFile)]
    assert not any(file.getvalue() for file in held), "the bytes are on disk and nowhere else"
    app.segmented_control(key="preparation_fit").set_value("crop").run()
    np.testing.assert_array_equal(prepared(app), prepare(whole, 150, 150, how=Preparation("crop")))


def test_a_file_taken_from_the_server_is_one_sentence_and_another_picture_can_be_chosen(home: Path) -> None:
    app = open_page("feature_maps", picture_numbers=True)
    app.file_uploader(key="picture_file").upload("r.jpg", rotated_jpeg(), "image/jpeg").run()
    shutil.rmtree(home / "pictures")
    app.segmented_control(key="preparation_fit").set_value("pad").run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "The file of r.jpg is not on this server any more; upload it again."
    ]
    trigger(app, "picture_gallery", "picked", str(FromGallery("coffee.jpg")))
    assert not app.exception
    assert not app.error


def test_files_go_with_the_visit(home: Path) -> None:
    file = KeptFile(home, b"bytes")
    assert (file.read(), file.size) == (b"bytes", 5)
    del file
    assert [path for path in (home / "pictures").rglob("*") if path.is_file()] == []
