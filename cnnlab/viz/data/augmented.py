"""Draw augmented samples: as pictures, with a grid warped alike, or as the difference to the original."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from cnnlab.core.augment import AnyAugmentation, AnyTransform, apply, describe
from cnnlab.core.augment.layer_draws import LayersTransform
from cnnlab.core.augment.warp import Floats, Images
from cnnlab.core.words.numbers import decimal
from cnnlab.viz.html import NOTHING, Html, tag, together
from cnnlab.viz.images import as_image, data_url, jpeg, png
from cnnlab.viz.inside.sprites import quantise
from cnnlab.viz.palette import css_gradient, diverging

GRID_CELLS = 8
JPEG_QUALITY = 94
GAP = 4
SURE = 9  # decimals of a matrix; what is left of sines beyond them is no number
SHOWN = ("picture", "grid", "difference")


def augmented(picture: Images, transforms: Sequence[AnyTransform], augmentation: AnyAugmentation) -> Floats:
    """Return one prepared picture (height, width, channels) through every transform, as a training receives it."""
    batch = np.broadcast_to(picture, (len(transforms), *picture.shape))
    return apply(batch, transforms, augmentation)


def with_grid(picture: Images) -> Images:
    """Return the picture with lines drawn on it, light beside dark, so that a warp of it shows as bent lines."""
    drawn = picture.copy()
    for offset, value in ((1, 0), (0, 255)):
        for axis in (0, 1):
            lines = np.linspace(0, picture.shape[axis] - 1, GRID_CELLS + 1).round().astype(int)
            place: list[slice | np.ndarray] = [slice(None), slice(None)]
            place[axis] = np.clip(lines + offset, 0, picture.shape[axis] - 1)
            drawn[tuple(place)] = value
    return drawn


def to_levels(batch: Floats, rescale: float) -> Images:
    """Undo the rescaling of a batch: whole grey levels, uint8, of the same shape."""
    return np.clip(np.rint(batch / np.float32(rescale)), 0, 255).astype(np.uint8)


def sample_sources(
    picture: Images, transforms: Sequence[AnyTransform], augmentation: AnyAugmentation, shown: str
) -> tuple[list[str], Floats]:
    """Return one image address a transform for what is to be `shown`, and the batch that a training receives."""
    batch = augmented(picture, transforms, augmentation)
    if shown == "difference":
        levels = batch / np.float32(augmentation.rescale) - picture
        return [_difference(values.mean(axis=2)) for values in levels], batch
    drawn = augmented(with_grid(picture), transforms, augmentation) if shown == "grid" else batch
    return [source(image) for image in to_levels(drawn, augmentation.rescale)], batch


def source(image: Images) -> str:
    """Return a picture (height, width, 1 or 3) as an address that an img element takes."""
    return data_url(jpeg(as_image(image), JPEG_QUALITY, subsampling=0), "jpeg")


def _difference(values: np.ndarray) -> str:
    indices = quantise(values, 255.0)
    image = Image.frombytes("P", (indices.shape[1], indices.shape[0]), indices.tobytes())
    image.putpalette(diverging().tobytes())
    return data_url(png(image), "png")


def samples_html(sources: Sequence[str], transforms: Sequence[AnyTransform], name: str, shown: str) -> Html:
    """Return the samples as figures: each with what was drawn for it and its matrix."""
    figures = (
        tag(
            "figure",
            tag("img", src=src, alt=f"{name}, {shown}: {describe(transform)}"),
            tag("figcaption", describe(transform)),
            matrix_html(transform),
        )
        for src, transform in zip(sources, transforms, strict=True)
    )
    samples = tag("div", *figures, class_="samples")
    if shown != "difference":
        return samples
    scale = tag("span", "255 darker ", tag("i", style=f"background:{css_gradient()}"), " 255 lighter", class_="legend")
    return together(tag("p", scale, class_="layer-line"), samples)


def matrix_html(transform: AnyTransform) -> Html:
    """Return the 3 × 3 matrix, which leads from a place in the sample to one in the original, if anything can move."""
    if isinstance(transform, LayersTransform) and not transform.moves:
        return NOTHING
    rows = (
        tag("tr", *(tag("td", decimal(round(value, SURE))) for value in row)) for row in transform.matrix().tolist()
    )
    return tag("table", tag("tbody", *rows), class_="matrix", aria_label="matrix")


def sheet(batch: Floats, rescale: float) -> bytes:
    """Return all samples on one sheet, a PNG with the very pixels that a training receives, as grey levels."""
    images = to_levels(batch, rescale)
    count, height, width, channels = images.shape
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    canvas = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + GAP), (i % columns) * (width + GAP)
        canvas[top : top + height, left : left + width] = image
    return png(as_image(canvas), level=6)
