"""A picture is written for the browser without losing what it must keep."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cnnlab.viz.images import as_image, data_url, jpeg, png


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("level", [1, 6])
def test_a_png_keeps_every_pixel(channels: int, level: int) -> None:
    pixels = np.random.default_rng(channels).integers(0, 256, (5, 7, channels), np.uint8)
    read = np.asarray(Image.open(io.BytesIO(png(as_image(pixels[:, ::-1]), level))))
    assert np.array_equal(read.reshape(5, 7, channels), pixels[:, ::-1])


def test_a_palette_keeps_the_index_that_means_nothing() -> None:
    image = Image.frombytes("P", (2, 1), b"\0\1")
    image.putpalette([255, 0, 0, 0, 255, 0])
    assert Image.open(io.BytesIO(png(image, transparency=1))).convert("RGBA").getpixel((1, 0)) == (0, 255, 0, 0)


def test_a_jpeg_without_subsampling_keeps_the_colours_of_neighbours_apart() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, ::2, 0] = pixels[:, 1::2, 2] = 255
    errors = [
        np.abs(np.asarray(Image.open(io.BytesIO(jpeg(as_image(pixels), 94, sub))), int) - pixels).max()
        for sub in (0, 2)
    ]
    assert errors[0] < 40 < errors[1]


def test_an_address_is_the_file() -> None:
    start, _, body = data_url(b"<svg/>", "svg+xml").partition(",")
    assert (start, base64.b64decode(body)) == ("data:image/svg+xml;base64", b"<svg/>")
