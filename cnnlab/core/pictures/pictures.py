"""Turn the bytes of an unknown file into RGB pixels, or say in one sentence why that cannot be done."""

import contextlib
import hashlib
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
FORMATS_IN_WORDS = "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF"
LONGEST_NAME = 80
TILE = 96  # pixels of a picture's small square
MOST_INPUT = 1 << 22  # numbers of a network's input, such as 1182 × 1182 × 3: a page makes several of them
LONGEST_SIDE = 16_384  # pixels of a network's input; JPEG and WebP know no side of 65,536

FITS = ("stretch", "crop", "pad")
INTERPOLATIONS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
"""How new pixels are made from old ones, by the names that Keras uses."""

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}


class PictureError(ValueError):
    """Say in one sentence why a file or an array is no usable picture, and what to do."""


@dataclass(frozen=True)
class Facts:
    """Hold what is known of a picture without its pixels; as in `Picture`, and `shape` (height, width) upright."""

    name: str
    format: str
    mode: str
    size: tuple[int, int]
    shape: tuple[int, int]
    sha256: str


@dataclass(frozen=True, eq=False)
class Picture:
    """Hold a decoded picture and what its file said about itself.

    `mode` and `size` (width, height) are as stored, before any EXIF rotation; `pixels` is uint8 RGB with shape
    (height, width, 3), upright and read-only; `sha256` is of the file's bytes.
    """

    name: str
    format: str
    mode: str
    size: tuple[int, int]
    pixels: Pixels
    sha256: str


def decode(data: bytes, name: str, max_pixels: int) -> Picture:
    """Decode the bytes of a JPEG, PNG, WebP, AVIF, GIF (first frame), BMP or TIFF file to upright RGB.

    Transparency is laid on white. 16-bit grey is divided by 257; 32-bit integers and floats are scaled from
    their own minimum..maximum to 0..255. The size is checked from the header, before any pixel is decoded.
    Raises `PictureError` for everything else.
    """
    facts, image = open_upright(data, name, max_pixels)
    with _one_sentence(facts.name, max_pixels):
        pixels = np.array(image)
    pixels.setflags(write=False)
    return Picture(facts.name, facts.format, facts.mode, facts.size, pixels, facts.sha256)


def open_upright(data: bytes, name: str, max_pixels: int) -> tuple[Facts, Image.Image]:
    """Return what a file says about its picture, and the picture decoded to upright RGB, as `decode` does."""
    shown = shown_name(name)
    _refuse_by_signature(data, shown)
    with _one_sentence(shown, max_pixels), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        size = _stored_size(image)
        if image.width * image.height > max_pixels:
            raise PictureError(_too_large(shown, *size, max_pixels))
        stored_format, mode = "JPEG" if image.format == "MPO" else str(image.format), image.mode
        image.load()
        upright = _upright(_to_rgb(image), image)
    sha256 = hashlib.sha256(data).hexdigest()
    return Facts(shown, stored_format, mode, size, (upright.height, upright.width), sha256), upright


@contextlib.contextmanager
def _one_sentence(shown: str, max_pixels: int) -> Iterator[None]:
    """Turn whatever goes wrong with a file into a `PictureError`."""
    try:
        yield
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{shown} is not a picture that can be read here; choose a {FORMATS_IN_WORDS} file."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise PictureError(
            f"{shown} is too large: at most {max_pixels:,} pixels are decoded; make it smaller and try again."
        ) from error
    except Exception as error:
        # Pillow's readers meet hostile bytes with almost any kind of exception, SyntaxError and KeyError among them.
        raise PictureError(
            f"{shown} is damaged or cut short and cannot be decoded; open it in a picture program and save it "
            "again as JPEG or PNG."
        ) from error


@dataclass(frozen=True)
class Preparation:
    """Say how a picture of any size becomes the network's input.

    `fit` is one of `FITS` (stretch as in the post, crop the middle as Keras' `keep_aspect_ratio=True`, pad with
    black); `interpolation` is one of `INTERPOLATIONS`, Keras' names.
    """

    fit: str = "stretch"
    interpolation: str = "bilinear"


AS_IN_THE_POST = Preparation()


def input_problem(height: int, width: int, channels: int) -> str | None:
    """Return in one sentence why no picture can become an input of this shape, or None."""
    if channels not in (1, 3):
        return (
            f"A picture has 1 channel (grey) or 3 (red, green, blue), not {channels}; set the network's input to "
            "one of these."
        )
    if height < 1 or width < 1:
        return f"A picture needs a height and a width of at least 1, not {height} × {width}; choose a larger size."
    if max(height, width) > LONGEST_SIDE:
        return (
            f"The network's input of {height:,} × {width:,} has a side longer than {LONGEST_SIDE:,} pixels, which no "
            "picture is made into here; make it smaller."
        )
    if height * width * channels > MOST_INPUT:
        return (
            f"The network's input of {height:,} × {width:,} × {channels} is larger than the {MOST_INPUT:,} numbers "
            "that are made of a picture here; make it smaller."
        )
    return None


def prepare(pixels: Pixels, height: int, width: int, channels: int = 3, how: Preparation = AS_IN_THE_POST) -> Pixels:
    """Bring RGB pixels (any height, any width, 3) to uint8 (height, width, channels), as Keras loads a file.

    By default equals `keras.utils.load_img(..., target_size=(height, width), interpolation="bilinear")`, which does
    not keep the aspect ratio; one channel is Pillow's "L", converted before resizing. Raises `PictureError`.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise PictureError(
            f"Expected whole numbers 0 to 255 in the shape (height, width, 3), not {pixels.dtype} in the shape "
            f"{pixels.shape}; decode the picture first."
        )
    return fitted(Image.fromarray(pixels), height, width, channels, how)


def fitted(image: Image.Image, height: int, width: int, channels: int, how: Preparation) -> Pixels:
    """Bring an RGB image to uint8 (height, width, channels), as `prepare` does; raise `PictureError`."""
    if problem := input_problem(height, width, channels):
        raise PictureError(problem)
    if channels == 1:
        image = image.convert("L")
    if image.size != (width, height):
        image = _resized(image, width, height, how)
    return np.array(image).reshape(height, width, channels)


def _resized(image: Image.Image, width: int, height: int, how: Preparation) -> Image.Image:
    resample = INTERPOLATIONS[how.interpolation]
    if how.fit == "crop":
        box_width = max(1, min(image.width, image.height * width // height))
        box_height = max(1, min(image.height, image.width * height // width))
        left, top = (image.width - box_width) // 2, (image.height - box_height) // 2
        return image.resize((width, height), resample, (left, top, left + box_width, top + box_height))
    if how.fit == "pad":
        scale = min(width / image.width, height / image.height)
        inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        whole = Image.new(image.mode, (width, height))
        whole.paste(image.resize(inner, resample), ((width - inner[0]) // 2, (height - inner[1]) // 2))
        return whole
    return image.resize((width, height), resample)


def small_square(image: Image.Image) -> Image.Image:
    """Return the middle square of an image, `TILE` pixels wide, to be chosen by."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box: tuple[int, int, int, int] | None = (left, top, left + side, top + side)
    if side > 8 * TILE:
        # Of a large picture not every pixel is looked at: that would take as long as making a network's input.
        image, box = image.resize((4 * TILE, 4 * TILE), Image.Resampling.NEAREST, box), None
    resample = Image.Resampling.NEAREST if side <= TILE // 2 else Image.Resampling.BILINEAR
    return image.resize((TILE, TILE), resample, box)


def shown_name(name: str) -> str:
    """Return the last part of a file name, fit to be shown: no control characters, at most 80 characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join(c for c in last if not unicodedata.category(c).startswith("C")).strip()
    if len(clean) > LONGEST_NAME:
        clean = f"{clean[: LONGEST_NAME - 20]}…{clean[-19:]}"
    return clean or "The file"


def _too_large(shown: str, width: int, height: int, max_pixels: int) -> str:
    return (
        f"{shown} is too large: {width:,} × {height:,} is {width * height:,} pixels and at most {max_pixels:,} are "
        "decoded; make it smaller and try again."
    )


def _refuse_by_signature(data: bytes, shown: str) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not data:
        raise PictureError(f"{shown} is empty; choose a {FORMATS_IN_WORDS} file.")
    if _brands(data) & _HEIC_BRANDS and not _brands(data) & _AVIF_BRANDS:
        raise PictureError(f"{shown} is a HEIC picture, which cannot be read here; export it as JPEG first.")
    if start.startswith(b"%PDF-"):
        raise PictureError(f"{shown} is a PDF document, not a picture; save the page as PNG or JPEG first.")
    if start.startswith(b"<") and b"<svg" in data[:4096].lower():
        raise PictureError(f"{shown} is an SVG drawing without pixels; export it as PNG first.")
    if start.startswith(b"PK\x03\x04"):
        raise PictureError(f"{shown} is a zip archive, not a picture; choose a single {FORMATS_IN_WORDS} file.")


def _brands(data: bytes) -> set[bytes]:
    """List the brands in the `ftyp` box that an ISO media file (HEIC, AVIF) starts with."""
    if data[4:8] != b"ftyp":
        return set()
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    return {box[8:12]} | {box[i : i + 4] for i in range(16, len(box) - 3, 4)}


def _stored_size(image: Image.Image) -> tuple[int, int]:
    # Pillow swaps the size of a TIFF that lies on its side when it opens it, that of other formats never.
    if image.format == "TIFF" and _orientation(image) >= 5:
        return image.height, image.width
    return image.width, image.height


def _orientation(image: Image.Image) -> int:
    try:
        value: Any = image.getexif().get(_ORIENTATION_TAG, 1)
        return int(value) if int(value) in _TURNS else 1
    except Exception:
        # Broken EXIF is common in real files and says nothing about the pixels.
        return 1


def _upright(rgb: Image.Image, source: Image.Image) -> Image.Image:
    # Asked after loading, because Pillow turns a TIFF upright itself and then drops the tag.
    turn = _TURNS.get(_orientation(source))
    return rgb if turn is None else rgb.transpose(turn)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _grey(np.rint(np.asarray(image, dtype=np.float32) / 257.0))
    if image.mode in ("I", "F"):
        return _grey(_stretched(np.asarray(image, dtype=np.float64)))
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(white, coloured).convert("RGB")
    # A conversion to the mode it has would copy it.
    return image if image.mode == "RGB" else image.convert("RGB")


def _grey(values: npt.NDArray[Any]) -> Image.Image:
    return Image.fromarray(values.astype(np.uint8)).convert("RGB")


def _stretched(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scale values from their finite minimum..maximum to 0..255; a constant picture and NaN become 0."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros_like(values)
    low, high = values[finite].min(), values[finite].max()
    # Halved, so that the range of the largest doubles does not overflow.
    span = high / 2 - low / 2
    if span == 0:
        return np.zeros_like(values)
    inside = np.clip(np.nan_to_num(values, nan=low, posinf=high, neginf=low), low, high)
    return np.asarray(np.rint((inside / 2 - low / 2) / span * 255.0))
