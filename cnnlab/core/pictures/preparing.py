"""Bring pixels of any size to the input of a network, as Keras does."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cnnlab.core.pictures.picture import PictureError, Pixels
from cnnlab.core.words.words import reads_sequences

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


@dataclass(frozen=True)
class Preparation:
    """Say how a picture of any size becomes the network's input.

    `fit` is one of `FITS` (stretch as in the post, crop the middle as Keras' `keep_aspect_ratio=True`, pad with
    black); `interpolation` is one of `INTERPOLATIONS`, Keras' names.
    """

    fit: str = "stretch"
    interpolation: str = "bilinear"


AS_IN_THE_POST = Preparation()


def input_problem(*shape: int) -> str | None:
    """Return in one sentence why no picture can become an input of this shape, or None.

    A picture is (height, width, channels); a network with (length, channels) reads sequences.
    """
    if len(shape) != 3:
        return reads_sequences(shape)
    height, width, channels = shape
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
