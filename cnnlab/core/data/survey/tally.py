"""Add up the pictures of a class: their mean, and how often each value occurs in red, green and blue."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnlab.core.data.survey.near_copies import Thumbnail, thumbnail
from cnnlab.core.pictures import Pixels, prepare

SIDE = 64
BINS = 64
Floats = npt.NDArray[np.float64]
Sample = tuple[Pixels, Floats, Thumbnail]


@dataclass(eq=False)
class Tally:
    """Hold the sums over some pictures, each of the same weight whatever its size.

    `total` is the sum of the pictures resized to 64 × 64, (64, 64, 3), `squares` that of their squares; `shares` the
    sum of each picture's share of pixels in 64 bins of 4 values, for red, green and blue, (3, 64).
    """

    count: int = 0
    total: Floats = field(default_factory=lambda: np.zeros((SIDE, SIDE, 3)))
    shares: Floats = field(default_factory=lambda: np.zeros((3, BINS)))
    squares: Floats = field(default_factory=lambda: np.zeros((SIDE, SIDE, 3)))

    def add(self, seen: Sample) -> None:
        """Count one picture in."""
        self.count += 1
        self.total += seen[0]
        self.squares += np.square(seen[0], dtype=np.float64)
        self.shares += seen[1]

    def mean(self) -> Pixels:
        """Return the mean picture, uint8 (64, 64, 3); black without any picture."""
        return np.rint(self.total / max(1, self.count)).astype(np.uint8)

    def variance(self) -> Floats:
        """Return the variance of each value over the pictures, in squared grey levels, (64, 64, 3)."""
        count = max(1, self.count)
        return np.asarray(np.maximum(0.0, self.squares / count - np.square(self.total / count)))

    def histogram(self) -> Floats:
        """Return the mean share of pixels in each bin, (3, 64); each row adds up to 1."""
        return np.asarray(self.shares / max(1, self.count))


def sample(pixels: Pixels) -> Sample:
    """Return what is kept of one RGB picture (height, width, 3): small, its shares of values, and its thumbnail."""
    counts = np.array(Image.fromarray(pixels).histogram(), np.float64).reshape(3, BINS, -1).sum(axis=2)
    return prepare(pixels, SIDE, SIDE, 3), counts / (pixels.shape[0] * pixels.shape[1]), thumbnail(pixels)


def tally(images: Pixels) -> Tally:
    """Return the tally of pictures in memory, uint8 (n, height, width, 3)."""
    made = Tally()
    for image in images:
        made.add(sample(image))
    return made
