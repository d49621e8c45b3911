"""Make the pictures that say nothing: what an answer is compared with, and what is laid over a part of a picture."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from cnnlab.core.pictures import Pixels

FILLS = ("black", "grey", "white", "mean")
BASELINES = (*FILLS, "blurred")
BLUR = 1 / 15  # of the longer side, the standard deviation of the blur
LEVELS = {"black": 0.0, "grey": 127.5, "white": 255.0}


def background(pixels: Pixels, name: str) -> npt.NDArray[np.float32]:
    """Return one of `BASELINES` for a picture uint8 (height, width, channels): the same shape, float32, 0 to 255.

    `mean` is the mean of each channel; `blurred` is the picture through a Gaussian blur, as Pillow approximates it.
    """
    if name == "blurred":
        blur = ImageFilter.GaussianBlur(BLUR * max(pixels.shape[:2]))
        channels = [np.asarray(Image.fromarray(channel).filter(blur)) for channel in np.moveaxis(pixels, 2, 0)]
        return np.stack(channels, axis=2).astype(np.float32)
    level = pixels.mean(axis=(0, 1)) if name == "mean" else LEVELS[name]
    return np.broadcast_to(np.asarray(level, np.float32), pixels.shape).copy()
