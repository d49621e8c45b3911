"""Draw all channels of a layer as one sprite sheet: a single palette PNG on the diverging scale."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cnnlab.viz.images import png
from cnnlab.viz.palette import GAP_INDEX, ZERO_INDEX, diverging


@dataclass(frozen=True)
class Statistics:
    """Summarize a layer's values: extremes, and the share that is exactly zero."""

    minimum: float
    maximum: float
    zero_fraction: float

    @property
    def limit(self) -> float:
        """Return the largest absolute value, the end of a scale that is symmetric around zero."""
        return max(abs(self.minimum), abs(self.maximum))


def statistics(values: np.ndarray) -> Statistics:
    """Return the statistics of an array of any shape."""
    return Statistics(float(values.min()), float(values.max()), float(np.mean(values == 0)))


def quantise(values: np.ndarray, limit: float | np.ndarray) -> np.ndarray:
    """Return palette indices 0..254 as uint8; 127 is zero, the step is limit / 127.

    `limit` is one number or broadcasts against `values`; where it is 0 every value is drawn as zero.
    """
    scale = np.divide(ZERO_INDEX, limit, out=np.zeros(np.shape(limit)), where=np.asarray(limit) > 0)
    scaled = values * scale.astype(np.float32)
    scaled += ZERO_INDEX + 0.5
    np.clip(scaled, 0, 254, out=scaled)
    return scaled.astype(np.uint8)


def as_maps(values: np.ndarray) -> np.ndarray:
    """Return a layer's output as (height, width, channels); a vector becomes one map, read in rows."""
    if values.ndim == 3:
        return values
    width = max(1, int(np.ceil(np.sqrt(values.size * 4))))
    width = min(width, values.size)
    rows = -(-values.size // width)
    padded = np.zeros(rows * width, values.dtype)
    padded[: values.size] = values.ravel()
    return padded.reshape(rows, width, 1)


def gap(width: int) -> int:
    """Return how many transparent pixels stand between maps of this width."""
    return max(1, round(width / 20))


def sprite_sheet(maps: np.ndarray, limit: float | np.ndarray | None, columns: int = 16) -> bytes:
    """Return a PNG with every channel of `maps` (height, width, channels), row by row, `columns` in a row.

    `limit` is the value of the strongest colour, for all maps or for each (channels,); None scales each map by its
    own largest absolute value. The gap between maps is transparent and one pixel in about twenty wide.
    """
    height, width, channels = maps.shape
    columns = max(1, min(columns, channels))
    rows = -(-channels // columns)
    between = gap(width)
    ends = np.abs(maps).max(axis=(0, 1)) if limit is None else limit
    indices = quantise(maps, ends)
    sheet = np.full((rows * (height + between) - between, columns * (width + between) - between), GAP_INDEX, np.uint8)
    for channel in range(channels):
        top, left = (channel // columns) * (height + between), (channel % columns) * (width + between)
        sheet[top : top + height, left : left + width] = indices[:, :, channel]
    image = Image.frombytes("P", (sheet.shape[1], sheet.shape[0]), sheet.tobytes())
    image.putpalette(diverging().tobytes())
    return png(image, transparency=GAP_INDEX)
