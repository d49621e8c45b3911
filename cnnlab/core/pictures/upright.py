"""Bring what was decoded to upright RGB, and say what that took."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageChops

from cnnlab.core.pictures.deep_tiff import Alpha, DeepTiff, values_of
from cnnlab.core.pictures.levels import Levels, Values, levels_of, to_bytes
from cnnlab.core.pictures.picture import Handling, Pixels

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
_SPREAD = {"L;2": 85, "L;4": 17}  # what Pillow multiplies these grey values by


def stored_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height as they are stored."""
    # Pillow swaps the size of a TIFF that lies on its side when it opens it, that of other formats never.
    if image.format == "TIFF" and _orientation(image) >= 5:
        return image.height, image.width
    return image.width, image.height


def upright(image: Image.Image, data: bytes, *, shrunk: bool) -> tuple[Image.Image, Handling]:
    """Decode an opened image of these bytes to upright RGB, transparency laid on white."""
    see_through = _see_through(image)
    image.load()
    # Asked after loading, because Pillow turns a TIFF upright itself and then drops the tag.
    turn = _TURNS.get(_orientation(image))
    levels, transparent = None, False
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        values = np.asarray(image)[:, :, None]
        levels = _levels_of(values, image)
        mask = None if see_through is None else np.where(values == see_through, 0, 255).astype(np.uint8)
        transparent = mask is not None and not mask.all()
        rgb = _coloured(to_bytes(values, levels), mask, "straight")
    elif image.has_transparency_data:
        coloured = image.convert("RGBA")
        transparent = coloured.getchannel("A").getextrema()[0] != 255
        white = Image.new("RGBA", coloured.size, "white")
        rgb = Image.alpha_composite(white, coloured).convert("RGB")
    else:
        # A conversion to the mode it has would copy it.
        rgb = image if image.mode == "RGB" else image.convert("RGB")
    if turn is not None:
        rgb = rgb.transpose(turn)
    handling = _handling(rgb, data, levels, turned=turn is not None, transparent=transparent, shrunk=shrunk)
    return rgb, replace(handling, keras="error") if image.format == "HEIF" else handling


def upright_deep(data: bytes, deep: DeepTiff) -> tuple[Image.Image, Handling]:
    """Decode a deep TIFF to upright RGB, transparency laid on white."""
    values = values_of(data, deep)
    colours = values[:, :, : deep.colours]
    levels = levels_of(colours, deep.bits, deep.stated)
    grey = to_bytes(colours, levels)
    if deep.inverted:
        grey = 255 - grey
    mask = None
    if deep.alpha:
        alpha = values[:, :, deep.colours :]
        of_alpha = levels_of(alpha, deep.bits, deep.stated)
        mask = to_bytes(alpha, Levels(0, of_alpha.white or 1))
    rgb = _coloured(grey, mask, deep.alpha)
    turn = _TURNS.get(deep.orientation)
    if turn is not None:
        rgb = rgb.transpose(turn)
    transparent = mask is not None and not (mask == 255).all()
    # Keras is not told of a turn here, because Pillow turns a TIFF by itself.
    return rgb, _handling(rgb, data, levels, turned=False, transparent=transparent, shrunk=False)


def _orientation(image: Image.Image) -> int:
    try:
        value: Any = image.getexif().get(_ORIENTATION_TAG, 1)
        return int(value) if int(value) in _TURNS else 1
    except Exception:
        # Broken EXIF is common in real files and says nothing about the pixels.
        return 1


def _see_through(image: Image.Image) -> Any:
    """Return the stored value that a PNG declares transparent, after bringing it to the range of Pillow's pixels."""
    value = image.info.get("transparency")
    tiles = getattr(image, "tile", None)
    packing = tiles[0].args if tiles else ""
    if packing in _SPREAD and isinstance(value, int):
        image.info["transparency"] = value * _SPREAD[packing]
    if packing == "RGB;16B" and isinstance(value, tuple):
        image.info["transparency"] = tuple(part >> 8 for part in value)
    return value


def _levels_of(values: Values, image: Image.Image) -> Levels:
    # Pillow keeps 16 bits of a PGM file in 32.
    if image.format == "PPM" and image.mode == "I":
        return levels_of(values.astype(np.uint16), 16)
    return levels_of(values, 16 if image.mode.startswith("I;16") else 32)


def _coloured(colours: Pixels, mask: Pixels | None, alpha: Alpha) -> Image.Image:
    """Return RGB of bytes (height, width, 1 or 3) on white, where a mask (height, width, 1) lets it through."""
    if mask is not None and not (mask == 255).all():
        behind = 255 - mask
        front = colours if alpha == "multiplied" else np.rint(colours * (mask / np.float32(255)))
        colours = np.minimum(front + behind.astype(np.float32), 255).astype(np.uint8)
    if colours.shape[2] == 1:
        return Image.fromarray(colours[:, :, 0]).convert("RGB")
    return Image.fromarray(np.ascontiguousarray(colours))


def _handling(
    rgb: Image.Image, data: bytes, levels: Levels | None, *, turned: bool, transparent: bool, shrunk: bool
) -> Handling:
    return Handling(
        turned=turned,
        transparent=transparent,
        levels="" if levels is None else str(levels),
        stretched=levels is not None and levels.own,
        shrunk=shrunk,
        keras="same" if levels is None else _as_keras(rgb, data),
    )


def _as_keras(rgb: Image.Image, data: bytes) -> str:
    """Say what Keras, which asks Pillow for RGB and no more, makes of values of more than a byte."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            theirs = image.convert("RGB")
    except Exception:
        return "error"
    if theirs.size != rgb.size:
        return "other"
    apart = ImageChops.difference(theirs, rgb).getextrema()
    return "other" if np.max(apart) > 1 else "same"
