"""Draw an explanation as picture files."""

import numpy as np
import numpy.typing as npt

from cnnlab.core.pictures import Pixels
from cnnlab.viz.explain.figures import CLIP
from cnnlab.viz.explain.overlay import overlay
from cnnlab.viz.inside.scale import end_of_scale
from cnnlab.viz.inside.sprites import sprite_sheet


def map_files(name: str, pixels: Pixels, values: npt.NDArray[np.float32]) -> dict[str, bytes]:
    """Return two PNGs by their file names: a map (height, width) alone, and over its picture, on the page's scale."""
    limit = end_of_scale([values], CLIP)
    return {
        f"{name}.png": sprite_sheet(values[..., None], limit),
        f"{name}_overlay.png": overlay(pixels, values, limit),
    }
