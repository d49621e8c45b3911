"""Decode every kind of picture that students upload, and refuse the rest in one sentence."""

import contextlib
import hashlib
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.pictures import PictureError, Preparation, decode, prepare, shown_name

# Pillow warns of metadata that it cannot read, which is just what these files hold.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

LIMIT = 1_000_000
LOSSLESS = [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("PPM", {}), ("WEBP", {"lossless": True})]


def encode(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def colours(height: int = 24, width: int = 36) -> np.ndarray:
    """Four flat quarters, red, green, blue and yellow, so that a turn shows and JPEG hardly changes them."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = (255, 255, 0)
    return pixels


def refusal(data: bytes, name: str = "cat.jpg", max_pixels: int = LIMIT) -> str:
    with pytest.raises(PictureError) as caught:
        decode(data, name, max_pixels)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("image_format", "options"), LOSSLESS)
def test_lossless_formats_come_back_exactly(image_format: str, options: dict[str, Any]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, size=(13, 21, 3), dtype=np.uint8)
    data = encode(Image.fromarray(pixels), image_format, **options)
    picture = decode(data, "p", LIMIT)
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert (picture.format, picture.mode, picture.size) == (image_format, "RGB", (21, 13))
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert not picture.pixels.flags.writeable


@pytest.mark.parametrize(("image_format", "tolerance"), [("JPEG", 12), ("AVIF", 12), ("GIF", 0)])
def test_lossy_formats_come_back_nearly(image_format: str, tolerance: int) -> None:
    data = encode(Image.fromarray(colours(32, 48)), image_format, **({} if image_format == "GIF" else {"quality": 95}))
    picture = decode(data, "p", LIMIT)
    assert picture.format == image_format
    middles = [(8, 8), (8, 40), (24, 8), (24, 40)]
    for row, column in middles:
        difference = picture.pixels[row, column].astype(int) - colours(32, 48)[row, column]
        assert np.abs(difference).max() <= tolerance


def test_the_first_frame_of_an_animation_is_taken() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for image_format in ("GIF", "WEBP", "PNG"):
        options = {} if image_format == "GIF" else {"lossless": True} if image_format == "WEBP" else {}
        data = encode(frames[0], image_format, save_all=True, append_images=frames[1:], duration=100, **options)
        assert decode(data, "a", LIMIT).pixels[4, 4].tolist() == [255, 0, 0]


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed(image_format: str, orientation: int) -> None:
    # What a camera stores so that undoing the orientation gives `upright`.
    store = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    upright = colours()
    stored = np.ascontiguousarray(store(upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(stored), image_format, exif=exif.tobytes() if image_format == "AVIF" else exif)
    picture = decode(data, "p", LIMIT)
    assert picture.pixels.shape == upright.shape
    if image_format != "AVIF":
        assert picture.size == (stored.shape[1], stored.shape[0])
    for row, column in [(5, 8), (5, 28), (18, 8), (18, 28)]:
        assert np.abs(picture.pixels[row, column].astype(int) - upright[row, column]).max() < 40


def test_broken_exif_does_not_cost_the_picture() -> None:
    data = encode(Image.fromarray(colours()), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert decode(data, "p", LIMIT).pixels.shape == (24, 36, 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB", "L"])
def test_transparency_is_laid_on_white(mode: str) -> None:
    if mode in ("RGBA", "LA"):
        data = encode(Image.new(mode, (4, 4), 0), "PNG")
    else:
        data = encode(Image.new(mode, (4, 4), 0), "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0)
    picture = decode(data, "p", LIMIT)
    assert picture.mode == mode
    assert (picture.pixels == 255).all()


def test_half_transparent_colour_is_mixed_with_white() -> None:
    picture = decode(encode(Image.new("RGBA", (2, 2), (255, 0, 0, 128)), "PNG"), "p", LIMIT)
    assert picture.pixels[0, 0].tolist() == [255, 127, 127]


def test_a_transparent_gif_is_laid_on_white() -> None:
    data = encode(Image.new("P", (4, 4), 0), "GIF", transparency=0)
    assert (decode(data, "p", LIMIT).pixels == 255).all()


@pytest.mark.parametrize(
    ("image", "image_format", "expected"),
    [
        (Image.new("L", (3, 2), 77), "PNG", (77, 77, 77)),
        (Image.new("1", (3, 2), 1), "PNG", (255, 255, 255)),
        (Image.new("RGB", (3, 2), (10, 20, 30)).quantize(4), "PNG", (10, 20, 30)),
        (Image.new("CMYK", (3, 2), (0, 255, 255, 0)), "TIFF", (255, 0, 0)),
        (Image.new("YCbCr", (3, 2), (128, 128, 128)), "TIFF", (128, 128, 128)),
        (Image.fromarray(np.full((2, 3), 257 * 100, np.uint16)), "PNG", (100, 100, 100)),
        (Image.fromarray(np.full((2, 3), 257 * 100, np.uint16)), "TIFF", (100, 100, 100)),
        (Image.new("I;16B", (3, 2), 257 * 100), "TIFF", (100, 100, 100)),
        (Image.new("PA", (3, 2), (0, 255)), "TIFF", (0, 0, 0)),
    ],
)
def test_other_colour_modes_become_rgb(image: Image.Image, image_format: str, expected: tuple[int, ...]) -> None:
    pixels = decode(encode(image, image_format), "p", LIMIT).pixels
    assert pixels.shape == (2, 3, 3)
    assert (pixels == expected).all()


def test_a_cmyk_jpeg_keeps_its_colour() -> None:
    pixels = decode(encode(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95), "p", LIMIT).pixels
    assert np.abs(pixels[8, 8].astype(int) - (255, 0, 0)).max() < 8


def test_16_bit_grey_is_divided_by_257() -> None:
    values = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    pixels = decode(encode(Image.fromarray(values), "PNG"), "p", LIMIT).pixels
    assert pixels[0, :, 0].tolist() == [0, 0, 1, 1, 128, 255]


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_32_bit_values_are_scaled_from_their_own_range(dtype: type) -> None:
    values = np.array([[-100, 0, 100]], dtype)
    pixels = decode(encode(Image.fromarray(values), "TIFF"), "p", LIMIT).pixels
    assert pixels[0, :, 1].tolist() == [0, 128, 255]


def test_floats_that_are_no_numbers_do_not_spoil_the_rest() -> None:
    values = np.array([[np.nan, 0, 1, np.inf, -np.inf]], np.float32)
    pixels = decode(encode(Image.fromarray(values), "TIFF"), "p", LIMIT).pixels
    assert pixels[0, :, 0].tolist() == [0, 0, 255, 255, 0]
    nothing = np.full((2, 2), np.nan, np.float32)
    assert (decode(encode(Image.fromarray(nothing), "TIFF"), "p", LIMIT).pixels == 0).all()


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM"])
def test_a_picture_over_the_limit_is_refused_before_a_pixel_is_decoded(
    image_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(Image.new("RGB", (60, 50)), image_format)
    assert decode(data, "p", 3000).pixels.shape == (50, 60, 3)

    def fail(*_: object) -> None:
        raise AssertionError("a pixel was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
    assert "60 × 50 is 3,000 pixels and at most 2,999" in refusal(data, "big", 2999)


def test_a_header_that_promises_a_bomb_is_refused() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    assert "too large" in refusal(bomb, "bomb.png")


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_a_file_cut_short_is_refused_by_name(image_format: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, size=(64, 64, 3), dtype=np.uint8)
    data = encode(Image.fromarray(pixels), image_format)
    assert "cat.jpg" in refusal(data[: len(data) // 2])


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_damaged_bytes_give_a_picture_or_a_sentence_never_another_error(image_format: str) -> None:
    rng = np.random.default_rng(2)
    data = encode(Image.fromarray(colours(16, 16)), image_format)
    for _ in range(60):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), size=4):
            damaged[place] = rng.integers(0, 256)
        with contextlib.suppress(PictureError):
            assert decode(bytes(damaged), "d", LIMIT).pixels.ndim == 3


@pytest.mark.parametrize(
    "error",
    [
        *(OSError, ValueError, TypeError, SyntaxError, KeyError, IndexError, struct.error, EOFError, OverflowError),
        *(MemoryError, ZeroDivisionError, Image.DecompressionBombError, Image.DecompressionBombWarning),
    ],
)
def test_whatever_the_reader_raises_becomes_one_sentence(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error("boom\nsecond line")

    monkeypatch.setattr(Image, "open", fail)
    assert "boom" not in refusal(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"hello, this is text", "is not a picture that can be read here"),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64,
            "is a damaged HEIC picture; export it as JPEG",
        ),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 64, "HEIC"),
        (b"%PDF-1.7\n", "PDF"),
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\xef\xbb\xbf  <SVG></SVG>", "SVG"),
        (b"PK\x03\x04" + b"\0" * 40, "zip archive"),
        (b"<html><body>not found</body></html>", "is not a picture"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize("image_format", ["ICO", "PCX", "TGA", "EPS"])
def test_formats_off_the_list_are_not_opened(image_format: str) -> None:
    assert "is not a picture that can be read here" in refusal(encode(Image.new("RGB", (16, 16)), image_format))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cat.jpg", "cat.jpg"),
        ("/etc/secret/cat.jpg", "cat.jpg"),
        ("C:\\Users\\me\\cat.jpg", "cat.jpg"),
        ("ca\0t\n\x1b[31m.jpg", "cat[31m.jpg"),
        ("\u202egpj.tac", "gpj.tac"),
        ("", "The file"),
        ("../..", ".."),
    ],
)
def test_a_name_is_shown_without_its_folder_or_control_characters(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_long_name_is_shortened_to_80_characters_and_keeps_its_ending() -> None:
    shown = shown_name("x" * 300 + ".jpg")
    assert len(shown) == 80
    assert shown.endswith(".jpg")


def test_prepare_takes_height_before_width() -> None:
    pixels = np.zeros((10, 20, 3), np.uint8)
    assert prepare(pixels, 5, 7).shape == (5, 7, 3)
    assert prepare(pixels, 5, 7, channels=1).shape == (5, 7, 1)


def test_prepare_keeps_a_picture_of_the_right_size() -> None:
    pixels = colours()
    np.testing.assert_array_equal(prepare(pixels, 24, 36), pixels)


@pytest.mark.parametrize(("height", "width", "inside"), [(20, 20, (10, 20)), (40, 10, (5, 10)), (10, 60, (10, 20))])
def test_padding_keeps_the_whole_picture_in_the_middle_of_black(
    height: int, width: int, inside: tuple[int, int]
) -> None:
    padded = prepare(np.full((10, 20, 3), 200, np.uint8), height, width, how=Preparation("pad"))
    rows, columns = np.flatnonzero(padded.any((1, 2))), np.flatnonzero(padded.any((0, 2)))
    assert (len(rows), len(columns)) == inside
    assert abs(rows[0] - (height - 1 - rows[-1])) <= 1
    assert abs(columns[0] - (width - 1 - columns[-1])) <= 1


def test_the_thinnest_picture_fits_in_every_way() -> None:
    for fit in ("stretch", "crop", "pad"):
        assert prepare(np.full((1, 20_000, 3), 9, np.uint8), 64, 64, how=Preparation(fit)).shape == (64, 64, 3)


def test_prepare_weighs_the_colours_into_grey() -> None:
    grey = prepare(np.full((2, 2, 3), (255, 0, 0), np.uint8), 2, 2, channels=1)
    assert (grey == 76).all()


@pytest.mark.parametrize(
    ("pixels", "height", "width", "channels"),
    [
        (np.zeros((2, 2, 3), np.uint8), 2, 2, 2),
        (np.zeros((2, 2, 3), np.uint8), 2, 2, 4),
        (np.zeros((2, 2, 3), np.uint8), 0, 2, 3),
        (np.zeros((2, 2, 3), np.float32), 2, 2, 3),
        (np.zeros((2, 2), np.uint8), 2, 2, 3),
    ],
)
def test_prepare_refuses_what_it_cannot_do(pixels: np.ndarray, height: int, width: int, channels: int) -> None:
    with pytest.raises(PictureError, match=r"\.$"):
        prepare(pixels, height, width, channels)
