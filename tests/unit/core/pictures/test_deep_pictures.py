"""Read pictures of more than 256 levels with the right values, whatever their files are like."""

import contextlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.pictures import PictureError, decode
from cnnlab.core.pictures.deep_tiff import deep_tiff, values_of
from tests.picture_files import HEIC, png, tiff
from tests.unit.core.pictures.test_pictures import LIMIT, encode

# Pillow warns of metadata that it cannot read, which is just what damaged files hold.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning:PIL"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]

RNG = np.random.default_rng(7)
SHAPE = (19, 23)
KINDS = ["u2", "u4", "i1", "i2", "i4", "f2", "f4", "f8"]
LAYOUTS: list[dict[str, Any]] = [
    {},
    {"rows": 5},
    {"tile": 16},
    {"planar": True, "rows": 4},
    {"planar": True, "tile": 16, "deflate": True},
    {"deflate": True, "predictor": 2, "rows": 7},
    {"deflate": True, "predictor": 2, "tile": 16},
    {"deflate": True, "predictor": 3, "rows": 7},
    {"deflate": True, "predictor": 3, "planar": True, "tile": 16},
]


def numbers(kind: str, samples: int) -> np.ndarray:
    if kind[0] == "f":
        return RNG.normal(0, 100, (*SHAPE, samples)).astype(kind)
    info = np.iinfo(kind)
    return RNG.integers(info.min, info.max, (*SHAPE, samples), dtype=kind, endpoint=True)


def shown(data: bytes) -> list[int]:
    """Return the green values of a picture's first row."""
    return decode(data, "p.tif", LIMIT).pixels[0, :, 1].tolist()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_a_deep_tiff_is_read_as_it_was_written(kind: str, layout: dict[str, Any], order: str) -> None:
    if layout.get("predictor") == 3 and kind[0] != "f":
        return
    for samples, photometric in ((1, 1), (3, 2)):
        values = numbers(kind, samples)
        data = tiff(values, photometric=photometric, order=order, **layout)
        deep = deep_tiff(data)
        assert deep is not None
        np.testing.assert_array_equal(values_of(data, deep), values)


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 15])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("deflate", [False, True])
def test_packed_bits_are_unpacked_and_scaled_from_their_own_range(bits: int, order: str, deflate: bool) -> None:
    most = (1 << bits) - 1
    values = np.array([[[0], [most // 3], [most]]], np.uint16)
    data = tiff(values, bits=bits, order=order, deflate=deflate)
    assert shown(data) == [0, round(most // 3 / most * 255), 255]


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", None])
@pytest.mark.parametrize("kind", ["u2", "i4", "f4"])
def test_what_pillow_packs_is_read_too(kind: str, compression: str | None) -> None:
    values = numbers(kind, 1)
    image = Image.fromarray(values[:, :, 0])
    data = encode(image, "TIFF", **({"compression": compression} if compression else {}))
    deep = deep_tiff(data)
    assert deep is not None
    np.testing.assert_array_equal(values_of(data, deep), values)


def in_16_bits(values: list[int], image_format: str) -> bytes:
    return encode(Image.fromarray(np.array([values], np.uint16)), image_format)


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_numbers_of_a_camera_with_12_bits_in_16_are_not_nearly_black(image_format: str) -> None:
    picture = decode(in_16_bits([0, 1000, 4095], image_format), "p", LIMIT)
    assert picture.pixels[0, :, 0].tolist() == [0, 62, 255]
    assert picture.handling.levels == "0 to 4,095"
    assert not picture.handling.stretched
    assert decode(in_16_bits([0, 100, 255], image_format), "p", LIMIT).pixels[0, :, 0].tolist() == [0, 100, 255]
    assert decode(in_16_bits([0, 257, 4096], image_format), "p", LIMIT).pixels[0, :, 0].tolist() == [0, 1, 16]


def test_12_bits_in_16_are_found_in_colour_too() -> None:
    values = np.array([[[0, 1000, 4095]]], np.uint16)
    assert decode(tiff(values, photometric=2), "p", LIMIT).pixels[0, 0].tolist() == [0, 62, 255]


def test_a_tiff_may_state_its_largest_value() -> None:
    values = np.array([[[0], [1023]]], np.uint16)
    assert shown(tiff(values, tags={281: 1023})) == [0, 255]
    # One that is smaller than what the file holds is a lie.
    assert shown(tiff(values, tags={281: 1000})) == [0, 64]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_white_is_zero_is_no_negative(kind: str, order: str) -> None:
    most = 1 if kind == "f4" else np.iinfo(kind).max
    values = np.array([[[0], [most]]], kind)
    assert shown(tiff(values, photometric=0, order=order)) == [255, 0]


@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_separate_planes_of_16_bit_colour_are_put_together(planar: bool, order: str) -> None:
    values = np.full((4, 6, 3), (65535, 257 * 100, 257), np.uint16)
    data = tiff(values, photometric=2, planar=planar, order=order, rows=2)
    assert (decode(data, "p", LIMIT).pixels == (255, 100, 1)).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 2**31, 2**32 - 1], np.uint32), [0, 128, 255]),
        (np.array([-128, 0, 127], np.int8), [0, 128, 255]),
        (np.array([-32768, 0, 32767], np.int16), [0, 128, 255]),
        (np.array([-5, 0, 5], np.int32), [0, 128, 255]),
        (np.array([-2, 0, 2], np.float16), [0, 128, 255]),
        (np.array([-2e300, 0, 2e300], np.float64), [0, 128, 255]),
    ],
)
def test_numbers_without_an_agreed_black_and_white_are_stretched_and_it_is_said(
    values: np.ndarray, expected: list[int]
) -> None:
    picture = decode(tiff(values.reshape(1, 3, 1)), "p", LIMIT)
    assert picture.pixels[0, :, 0].tolist() == expected
    assert picture.handling.stretched
    assert picture.handling.levels == f"{float(values.min()):,.6g} to {float(values.max()):,.6g}"


def test_floats_up_to_1_are_shares_of_white_unless_they_are_nearly_black() -> None:
    grey = decode(tiff(np.array([[[0.25], [0.5]]], np.float32)), "p", LIMIT)
    assert grey.pixels[0, :, 0].tolist() == [64, 128]
    assert (grey.handling.levels, grey.handling.stretched) == ("0 to 1", False)
    assert shown(tiff(np.array([[[0.0], [0.01]]], np.float64))) == [0, 255]


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
def test_float_colours_share_one_range(kind: str) -> None:
    values = np.array([[[1, 0.5, 0], [0.2, 0.4, 0.6]]], kind)
    assert decode(tiff(values, photometric=2), "p", LIMIT).pixels.tolist() == [[[255, 128, 0], [51, 102, 153]]]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [False, True])
def test_16_bit_grey_with_transparency_is_laid_on_white(order: str, planar: bool) -> None:
    values = np.array([[[0, 0], [0, 65535], [20000, 65535], [0, 32768]]], np.uint16)
    data = tiff(values, order=order, planar=planar, tags={338: 2})
    picture = decode(data, "p", LIMIT)
    assert picture.pixels[0, :, 0].tolist() == [255, 0, 78, 127]
    assert picture.handling.transparent
    # Multiplied already, the rest is white.
    assert shown(tiff(np.array([[[100 * 257, 155 * 257]]], np.uint16), tags={338: 1})) == [200]


def test_a_further_value_that_is_no_transparency_is_left_out() -> None:
    assert shown(tiff(np.array([[[65535, 0], [0, 0]]], np.uint16), tags={338: 0})) == [255, 0]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(2, 16, 0, [b"\x12\x34\x80\x00"], b"\x12\x34"), [[255] * 3, [128] * 3]),
        (
            png(2, 16, 2, [b"\x12\x34\x56\x78\x9a\xbc" + b"\x80\0" * 3], b"\x12\x34\x56\x78\x9a\xbc"),
            [[255] * 3, [128] * 3],
        ),
        (png(4, 2, 0, [b"\x1b"], b"\0\1"), [[0] * 3, [255] * 3, [170] * 3, [255] * 3]),
        (png(2, 4, 0, [b"\x5a"], b"\0\5"), [[255] * 3, [170] * 3]),
        (png(8, 1, 0, [b"\x50"], b"\0\0"), [[255] * 3] * 8),
    ],
)
def test_a_transparent_colour_of_a_png_is_found_whatever_its_bits(data: bytes, expected: list[list[int]]) -> None:
    picture = decode(data, "p.png", LIMIT)
    assert picture.pixels[0].tolist() == expected
    assert picture.handling.transparent


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_deep_tiff_is_turned_upright(orientation: int) -> None:
    values = np.array([[[0], [30000], [65535]]], np.uint16)
    pixels = decode(tiff(values, tags={274: orientation}), "p", LIMIT).pixels[:, :, 0]
    assert pixels.tolist() == {1: [[0, 117, 255]], 3: [[255, 117, 0]], 6: [[0], [117], [255]]}[orientation]


@pytest.mark.parametrize(
    ("data", "keras"),
    [
        (encode(Image.new("RGB", (4, 4), 9), "PNG"), "same"),
        (in_16_bits([0, 100, 255], "PNG"), "same"),
        (in_16_bits([0, 100, 65535], "PNG"), "other"),
        (tiff(np.full((2, 2, 1), 0.5, np.float64)), "error"),
        (tiff(np.full((2, 2, 3), 257 * 90, np.uint16), photometric=2), "same"),
        (HEIC, "error"),
    ],
)
def test_what_keras_makes_of_the_values_is_known(data: bytes, keras: str) -> None:
    assert decode(data, "p", LIMIT).handling.keras == keras


def test_a_deep_tiff_over_the_limit_is_refused_from_its_header() -> None:
    data = tiff(np.zeros((50, 60, 1), np.float64))
    assert decode(data, "p", 3000).pixels.shape == (50, 60, 3)
    with pytest.raises(PictureError, match="60 × 50 is 3,000 pixels and at most 2,999"):
        decode(data, "p", 2999)


def test_a_damaged_deep_tiff_is_a_picture_or_a_sentence() -> None:
    rng = np.random.default_rng(3)
    for layout in ({}, {"tile": 16}, {"deflate": True, "predictor": 2}):
        data = tiff(numbers("u2", 1), **layout)
        for _ in range(120):
            damaged = bytearray(data)
            for place in rng.integers(max(0, len(data) - 220), len(data), size=2):
                damaged[place] = rng.integers(0, 256)
            with contextlib.suppress(PictureError):
                assert decode(bytes(damaged), "d", LIMIT).pixels.ndim == 3


def test_heic_is_read_as_any_other_picture() -> None:
    picture = decode(HEIC, "a.heic", LIMIT)
    assert (picture.format, picture.size, picture.pixels.shape) == ("HEIF", (64, 48), (48, 64, 3))
    quarters = picture.pixels[[[8, 8], [40, 40]], [[8, 56], [8, 56]]].astype(int)
    wanted = np.array([[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 0)]])
    assert np.abs(quarters - wanted).max() <= 3


def test_heic_over_the_limit_or_damaged_is_one_sentence() -> None:
    with pytest.raises(PictureError, match="64 × 48 is 3,072 pixels and at most 3,071"):
        decode(HEIC, "a.heic", 3071)
    with pytest.raises(PictureError, match=r"a\.heic is a damaged HEIC picture"):
        decode(HEIC[:300], "a.heic", LIMIT)


@pytest.mark.parametrize("values", [[0, 100, 65535], [0, 100, 4095]])
def test_a_pgm_of_16_bits_is_scaled_like_every_other(values: list[int]) -> None:
    data = b"P5 3 1 65535\n" + np.array(values, ">u2").tobytes()
    assert shown(data) == shown(in_16_bits(values, "PNG"))


def test_a_jpeg_over_the_limit_is_read_at_half_its_size() -> None:
    pixels = np.repeat(np.repeat(RNG.integers(0, 256, (8, 10, 1), np.uint8), 16, 0), 16, 1)
    data = encode(Image.fromarray(pixels.repeat(3, 2)), "JPEG", quality=95)
    whole, half = decode(data, "p", 128 * 160), decode(data, "p", 128 * 160 - 1)
    assert (half.size, half.pixels.shape, half.handling.shrunk) == ((160, 128), (64, 80, 3), True)
    assert not whole.handling.shrunk
    boxes = whole.pixels.reshape(64, 2, 80, 2, 3).mean(axis=(1, 3))
    assert np.abs(boxes - half.pixels).mean() < 2
    with pytest.raises(PictureError, match="too large"):
        decode(data, "p", 128 * 160 // 4 - 1)


def test_a_turned_jpeg_over_the_limit_is_turned_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(Image.new("RGB", (60, 50)), "JPEG", exif=exif)
    half = decode(data, "p", 2999)
    assert (half.size, half.pixels.shape) == ((60, 50), (30, 25, 3))
    assert half.handling.turned
