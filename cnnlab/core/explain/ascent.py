"""Climb towards a picture that one unit answers most: how far, by what rule, and from where."""

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.asked import refuse_beyond, refuse_unknown
from cnnlab.core.inside.graph import Regions
from cnnlab.core.words import Refusal

Floats = npt.NDArray[np.float32]
Place = Literal["mean", "centre"]
PLACES: tuple[Place, ...] = ("mean", "centre")
MOST_STEPS = 512
STEPS_A_QUESTION = 16
FRAMES = 32  # a climb is told in about so many pictures
BOUNDS: dict[str, tuple[type, float, float]] = {
    "steps": (int, 1, MOST_STEPS),
    "rate": (float, 0, 10),
    "jitter": (int, 0, 32),
    "blur_every": (int, 0, MOST_STEPS),
    "blur": (float, 0.1, 8),
    "l2": (float, 0, 1),
    "variation": (float, 0, 1),
    "spread": (float, 0, 0.5),
    "seed": (int, 0, 2**31 - 1),
    "epsilon": (float, 0, 1e-3),
}


class AscentError(Refusal):
    """Say in one sentence why nothing can be climbed."""


@dataclass(frozen=True)
class Ascent:
    """Say how to climb from a picture x to one that a unit answers more strongly.

    `place` is what the unit's answer is: the mean over all places of its map, or the place in the middle. The picture
    is in the network's own rescaled units, in which the levels 0 to 255 are a range of the width R around a middle m.
    One step, with g the gradient of the answer, RMS its root mean square over the picture, and V the mean of the signs
    of the differences to the four neighbours (the slope of the total variation):

        x ← x + `rate` R (g / (RMS(g) + `epsilon`) − `l2` (x − m) / (R / 2) − `variation` V)

    and x is cut to the range if `clip`. Before each step the picture is moved by up to `jitter` pixels down and along,
    around the border, and moved back behind it; every `blur_every` steps (0: never) it is first blurred with a standard
    deviation of `blur` pixels. The start is noise around m, up to `spread` R away, by `seed`. The gradient is divided
    by its root mean square as in the Keras blog, "How convolutional neural networks see the world"; moving and
    blurring follow Olah, Mordvintsev and Schubert, "Feature Visualization" (2017). Raises `AscentError`.
    """

    steps: int = 64
    rate: float = 0.03
    jitter: int = 2
    blur_every: int = 8
    blur: float = 0.5
    l2: float = 0.02
    variation: float = 0.1
    spread: float = 0.1
    seed: int = 0
    epsilon: float = 0.0
    place: Place = "mean"
    clip: bool = True

    def __post_init__(self) -> None:
        for name, (kind, least, most) in BOUNDS.items():
            refuse_beyond(name, getattr(self, name), least, most, whole=kind is int, error=AscentError)
        refuse_unknown("place", self.place, PLACES, AscentError)
        refuse_unknown("clip", self.clip, (True, False), AscentError)

    @property
    def asked(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        return asdict(self)

    @property
    def every(self) -> int:
        """Return after how many steps there is a new frame."""
        return min(STEPS_A_QUESTION, ceil(self.steps / FRAMES))


def suited(regions: Regions | str, place: Place = "mean") -> Ascent:
    """Return a climb that suits a row whose places see `regions` of the picture (`fields_of`).

    A unit that sees few pixels likes what a shift of as many, or a blur, would destroy.
    """
    if isinstance(regions, str):
        return Ascent(place=place)
    field = max((last - first + 1 for axis in regions for first, last in (seen for seen in axis if seen)), default=1)
    return Ascent(place=place, jitter=min(2, field // 8), blur_every=Ascent.blur_every if field >= 16 else 0)


@dataclass(frozen=True)
class Span:
    """Be the values that the levels 0 to 255 become when they are rescaled: multiplied by `scale`, then `offset`."""

    scale: float
    offset: float

    @property
    def ends(self) -> tuple[float, float]:
        """Return the least and the largest value."""
        ends = (self.offset, self.offset + 255 * self.scale)
        return min(ends), max(ends)

    @property
    def width(self) -> float:
        """Return how far the ends are apart."""
        return self.ends[1] - self.ends[0]

    @property
    def middle(self) -> float:
        """Return the value in the middle."""
        return sum(self.ends) / 2

    def rescaled(self, pixels: npt.NDArray[np.uint8]) -> Floats:
        """Return pixels in the network's own units."""
        return pixels * np.float32(self.scale) + np.float32(self.offset)

    def pixels(self, values: Floats) -> npt.NDArray[np.uint8]:
        """Return values as the nearest pixels, uint8; what lies outside becomes black or white."""
        levels = (values.astype(np.float64) - self.offset) / self.scale
        return np.rint(np.clip(levels, 0, 255)).astype(np.uint8)


def noise(ascent: Ascent, shape: tuple[int, ...], span: Span) -> Floats:
    """Return the picture that an ascent starts from, float32 (height, width, channels)."""
    drawn = np.random.default_rng(ascent.seed).uniform(-ascent.spread, ascent.spread, shape)
    return (span.middle + drawn * span.width).astype(np.float32)


def shifted(ascent: Ascent, step: int) -> tuple[int, int]:
    """Return by how many rows and columns the picture is moved for one step; the same for the same seed."""
    down, along = np.random.default_rng([ascent.seed, step]).integers(-ascent.jitter, ascent.jitter + 1, 2)
    return int(down), int(along)


def before_step(ascent: Ascent, pictures: Floats, step: int) -> Floats:
    """Return pictures (n, height, width, channels) as the gradient of a step is taken at: blurred and moved."""
    if ascent.blur_every and step and step % ascent.blur_every == 0:
        pictures = _blurred(_blurred(pictures, ascent.blur, 1), ascent.blur, 2)
    return np.roll(pictures, shifted(ascent, step), (1, 2))


def after_step(ascent: Ascent, pictures: Floats, slopes: Floats, step: int, span: Span) -> Floats:
    """Return what `before_step` gave one step further up, moved back; `slopes` are the gradients there.

    A picture whose slope is zero everywhere stays as it is.
    """
    power = np.sqrt(np.mean(np.square(slopes, dtype=np.float64), axis=(1, 2, 3), keepdims=True))
    # A gradient can be so small that its square is 0 in single precision, hence the double one above.
    change = slopes * np.where(power > 0, 1 / np.maximum(power + ascent.epsilon, 1e-300), 0).astype(np.float32)
    if ascent.l2:
        change -= np.float32(ascent.l2) * (pictures - np.float32(span.middle)) / np.float32(span.width / 2)
    if ascent.variation:
        change -= np.float32(ascent.variation) * _rough(pictures)
    moved = pictures + np.float32(ascent.rate * span.width) * np.where(power > 0, change, np.float32(0))
    if ascent.clip:
        least, most = map(np.float32, span.ends)
        moved = moved.clip(least, most)
    down, along = shifted(ascent, step)
    return np.roll(moved, (-down, -along), (1, 2)).astype(np.float32, copy=False)


def _rough(pictures: Floats) -> Floats:
    """Return the mean of the signs of the differences to the four neighbours; a border has fewer."""
    total: Floats = np.zeros(pictures.shape, np.float32)
    for axis in (1, 2):
        sign = np.sign(np.diff(pictures, axis=axis))
        ends = [(0, 0)] * 4
        ends[axis] = (1, 0)
        total += np.pad(sign, ends)
        ends[axis] = (0, 1)
        total -= np.pad(sign, ends)
    total /= 4
    return total


def _blurred(pictures: Floats, sigma: float, axis: int) -> Floats:
    """Return pictures blurred along one axis; what lies beyond a border is like the last pixel."""
    offsets = np.arange(-ceil(3 * sigma), ceil(3 * sigma) + 1)
    weights = np.exp(-np.square(offsets / sigma) / 2)
    size = pictures.shape[axis]
    total: Floats = np.zeros(pictures.shape, np.float32)
    for offset, weight in zip(offsets, (weights / weights.sum()).astype(np.float32), strict=True):
        total += weight * pictures.take(np.clip(np.arange(size) + offset, 0, size - 1), axis)
    return total
