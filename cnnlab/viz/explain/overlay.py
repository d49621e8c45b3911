"""Lay a signed map over its picture: what is zero shows the picture, what is strong shows its colour."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnlab.viz.images import as_image, png
from cnnlab.viz.inside.sprites import quantise
from cnnlab.viz.palette import diverging

STRONGEST = 0.85
"""How much of the strongest colour covers the picture."""


def overlay(pixels: npt.NDArray[np.uint8], values: npt.NDArray[np.float32], limit: float) -> bytes:
    """Return a PNG of a picture uint8 (height, width, 1 or 3) in grey under a map (height, width).

    `limit` is the value of the strongest colour, on the scale of signed values.
    """
    grey = np.asarray(as_image(pixels).convert("L").convert("RGB"), np.float32)
    colours = diverging()[quantise(values, limit)].astype(np.float32)
    share = np.abs(values) / limit if limit > 0 else np.zeros_like(values)
    covered = STRONGEST * np.minimum(share, 1)[..., None]
    return png(Image.fromarray(np.rint(grey * (1 - covered) + colours * covered).astype(np.uint8)))
