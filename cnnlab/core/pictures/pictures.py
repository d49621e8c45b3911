"""Turn the bytes of an unknown file into RGB pixels, or say in one sentence why that cannot be done."""

import contextlib
import hashlib
import io
import unicodedata
from collections.abc import Iterator

import numpy as np
from PIL import Image, UnidentifiedImageError

from cnnlab.core.pictures.deep_tiff import DeepTiff, deep_tiff
from cnnlab.core.pictures.picture import Facts, Picture, PictureError
from cnnlab.core.pictures.upright import stored_size, upright, upright_deep

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM", "HEIF")
PICTURE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif", ".hif", ".gif", ".bmp"),
    *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"),
)
FORMATS_IN_WORDS = "JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP, TIFF or PPM"
LONGEST_NAME = 80
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}


def decode(data: bytes, name: str, max_pixels: int) -> Picture:
    """Decode the bytes of a picture file of one of the `FORMATS` (of an animation the first frame) to upright RGB.

    Transparency is laid on white; which of more than 256 stored levels become black and white is said by
    `cnnlab.core.pictures.levels.levels_of`. The size is checked from the header, before any pixel is decoded: a JPEG
    of up to four times `max_pixels` is decoded at half its height and width. Raises `PictureError` for everything else.
    """
    facts, image = open_upright(data, name, max_pixels)
    with _one_sentence(facts.name, max_pixels):
        pixels = np.array(image)
    pixels.setflags(write=False)
    return Picture(facts.name, facts.format, facts.mode, facts.size, pixels, facts.sha256, facts.handling)


def open_upright(data: bytes, name: str, max_pixels: int) -> tuple[Facts, Image.Image]:
    """Return what a file says about its picture, and the picture decoded to upright RGB, as `decode` does."""
    shown = shown_name(name)
    _refuse_by_signature(data, shown)
    with _one_sentence(shown, max_pixels):
        if deep := _deep(data):
            size, mode, file_format = (deep.width, deep.height), deep.mode, "TIFF"
            if deep.width * deep.height > max_pixels:
                raise PictureError(_too_large(shown, *size, max_pixels))
            image, handling = upright_deep(data, deep)
        else:
            with _opened(data, shown) as stored:
                size = stored_size(stored)
                shrunk = _shrink(stored, shown, size, max_pixels)
                file_format, mode = _format(stored), stored.mode
                image, handling = upright(stored, data, shrunk=shrunk)
    sha256 = hashlib.sha256(data).hexdigest()
    return Facts(shown, file_format, mode, size, (image.height, image.width), sha256, handling), image


def format_of(data: bytes) -> str:
    """Return the name of a picture file's format, one of the `FORMATS`, by its first bytes; raise `PictureError`."""
    with _one_sentence("The file", 1):
        if _deep(data):
            return "TIFF"
        with _opened(data, "The file") as image:
            return _format(image)


def _format(image: Image.Image) -> str:
    return "JPEG" if image.format == "MPO" else str(image.format)


def _deep(data: bytes) -> DeepTiff | None:
    try:
        return deep_tiff(data)
    except Exception:
        # What is broken in another way than we read it is Pillow's to judge.
        return None


def _opened(data: bytes, shown: str) -> Image.Image:
    """Open bytes with the readers that they may be for; only for HEIC its reader is loaded."""
    if not _is_heic(data):
        return Image.open(io.BytesIO(data), formats=FORMATS[:-1])
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS[-1:])
    except UnidentifiedImageError:
        raise PictureError(f"{shown} is a damaged HEIC picture; export it as JPEG first.") from None


def _shrink(image: Image.Image, shown: str, size: tuple[int, int], max_pixels: int) -> bool:
    """Tell a JPEG that is too large to decode itself at half its size; raise `PictureError` if that is no way out."""
    pixels = image.width * image.height
    if pixels <= max_pixels:
        return False
    if image.format in ("JPEG", "MPO") and pixels <= 4 * max_pixels:
        image.draft(None, (image.width // 2, image.height // 2))
    if image.width * image.height > max_pixels:
        raise PictureError(_too_large(shown, *size, max_pixels))
    return True


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
    if start.startswith(b"%PDF-"):
        raise PictureError(f"{shown} is a PDF document, not a picture; save the page as PNG or JPEG first.")
    if start.startswith(b"<") and b"<svg" in data[:4096].lower():
        raise PictureError(f"{shown} is an SVG drawing without pixels; export it as PNG first.")
    if start.startswith(b"PK\x03\x04"):
        raise PictureError(f"{shown} is a zip archive, not a picture; choose a single {FORMATS_IN_WORDS} file.")


def _is_heic(data: bytes) -> bool:
    return bool(_brands(data) & _HEIC_BRANDS) and not _brands(data) & _AVIF_BRANDS


def _brands(data: bytes) -> set[bytes]:
    """List the brands in the `ftyp` box that an ISO media file (HEIC, AVIF) starts with."""
    if data[4:8] != b"ftyp":
        return set()
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    return {box[8:12]} | {box[i : i + 4] for i in range(16, len(box) - 3, 4)}
