"""Maps in a real browser: pointed at, walked through by keyboard, enlarged, compared, sent on and taken along."""

import io
import struct
import zlib

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

from cnnlab.core.inside.sliding import fields
from cnnlab.core.shapes import trace
from cnnlab.runs.store import trained
from tests.app.material import rotated_jpeg, transparent_png
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

GROWTH = 40 << 20  # bytes; the bomb would take hundreds of megabytes
NETWORK = trained.demo().network
# A few hundred of the numbers that a canvas shows.
DRAWN = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
  .filter((_, i) => i % 4 < 3 && i % 1009 === 0)"""


def point_at(visitor: Watched, layer: int, channel: int, row: int, column: int) -> None:
    """Put the pointer on one place of one map of a layer drawn in sixteen columns."""
    image = visitor.keyed(f"maps_layer{layer}").locator("img").first
    height, width, _ = trace(NETWORK)[layer].output_shape
    gap = max(1, round(width / 20))
    scale = visitor.steady_box(image)["width"] / (16 * (width + gap) - gap)
    x = (channel % 16) * (width + gap) + column + 0.5
    y = (channel // 16) * (height + gap) + row + 0.5
    image.hover(position={"x": x * scale, "y": y * scale})


# Firefox is given whole pixels only: there a place must be at least two of them wide.
@pytest.mark.parametrize(
    ("layer", "channel", "row", "column"),
    [
        (1, 18, 7, 50),
        pytest.param(5, 3, 13, 0, marks=pytest.mark.student),
        pytest.param(8, 37, 4, 16, marks=pytest.mark.student),
    ],
)
def test_the_lens_tells_which_part_of_the_picture_a_place_sees(
    visitor: Watched, layer: int, channel: int, row: int, column: int
) -> None:
    visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    lens = visitor.page.locator(".maps-lens-said")
    point_at(visitor, layer, channel, row, column)
    name, count = trace(NETWORK)[layer].name, trace(NETWORK)[layer].output_shape[2]
    expect(lens).to_contain_text(f"{name}, channel {channel} of {count}")
    down, along = fields(NETWORK, layer)
    (top, bottom), (left, right) = down[row], along[column]  # type: ignore[misc]
    expect(lens).to_contain_text(
        f"row {row}, column {column} sees rows {top}–{bottom} and columns {left}–{right} of the picture"
    )


@pytest.mark.student
def test_a_pressed_map_is_enlarged_and_laid_over_the_picture(visitor: Watched) -> None:
    page = visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    point_at(visitor, 8, 37, 4, 16)
    page.mouse.down()
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="One map, enlarged")
    expect(dialog).to_contain_text(f"{trace(NETWORK)[8].name}, channel 37 of 64")
    over = dialog.get_by_role("slider")
    over.press("Home")
    plain = dialog.locator(".maps-large-picture").evaluate(DRAWN)
    over.press("End")
    covered = dialog.locator(".maps-large-picture").evaluate(DRAWN)
    assert max(plain) > 0
    assert covered != plain


@pytest.mark.student
def test_maps_are_walked_through_and_enlarged_by_keyboard_and_sent_to_the_convolution_view(visitor: Watched) -> None:
    page = visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    sheet = visitor.keyed("maps_layer3").locator("img")
    sheet.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        sheet.press(key)
    lens = page.locator(".maps-lens-said")
    expect(lens).to_contain_text("conv2d_1, channel 18 of 32")
    sheet.press("Enter")
    dialog = page.get_by_role("dialog", name="One map, enlarged")
    expect(dialog).to_contain_text("conv2d_1, channel 18 of 32")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    sheet.press("Enter")
    dialog.get_by_role("button", name="Open in the convolution view").click()
    expect(page.locator(".heading h1")).to_have_text("Convolution")
    expect(visitor.keyed("convolution_channel").locator("input")).to_have_value("18")


def test_every_array_and_each_sheet_can_be_taken_along(visitor: Watched) -> None:
    page = visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    with page.expect_download() as download:
        page.get_by_role("button", name="All arrays (npz)").click()
    with np.load(download.value.path()) as arrays:
        assert {name: values.shape for name, values in arrays.items()} == {
            "input": NETWORK.input_shape,
            **{row.name: row.output_shape for row in trace(NETWORK)},
        }
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the maps of conv2d as PNG").click()
    assert download.value.suggested_filename == "conv2d.png"
    assert Image.open(download.value.path()).format == "PNG"


def test_filters_show_their_numbers(visitor: Watched) -> None:
    page = visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    visitor.keyed("map_kind").get_by_role("radio", name="filters").click()
    expect(page.locator(".maps-lens-said table td")).to_have_count(9)
    page.locator(".maps-sheet img").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".maps-lens-said")).to_contain_text("conv2d, filter 0, input channel 1")


@pytest.mark.student
def test_several_files_at_once_become_tiles_and_the_bad_one_a_sentence(visitor: Watched) -> None:
    visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    files = [("a.jpg", rotated_jpeg()), ("<b>x.png", b"only words"), ("b.png", transparent_png())]
    visitor.keyed("picture_upload").locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
    )
    expect(visitor.keyed("picture_upload").get_by_test_id("stAlert")).to_contain_text("<b>x.png is not a picture")
    tiles = visitor.keyed("picture_gallery").get_by_role("button")
    expect(tiles.nth(0)).to_have_attribute("title", "b.png")
    expect(tiles.nth(1)).to_have_attribute("title", "a.jpg")
    tiles.nth(1).click()
    expect(visitor.page.get_by_test_id("stImageCaption").first).to_contain_text("a.jpg, 60 × 90 pixels")


def bomb(kind: str) -> bytes:
    """Return a small file that asks for much: by its header, by its pixels, or by a comment."""
    if kind == "many pixels":
        out = io.BytesIO()
        Image.new("L", (30_000, 20_000)).save(out, "PNG")
        return out.getvalue()
    size = (100_000, 100_000) if kind == "header" else (4, 4)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(52)))]
    if kind == "comment":
        parts.insert(1, (b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9)))
    chunks = (
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in [*parts, (b"IEND", b"")]
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["header", "many pixels", "comment"])
def test_a_bomb_is_one_sentence_and_the_server_does_not_grow(kind: str, visit: Visit, server: Server) -> None:
    visitor = visit(server)
    visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    visitor.upload("picture_upload", "bomb.png", bomb(kind))
    said = "damaged" if kind == "comment" else "too large"
    expect(visitor.keyed("picture_upload").get_by_test_id("stAlert")).to_contain_text(said)
    visitor.settle()
    assert process.memory_info().rss - before < GROWTH
