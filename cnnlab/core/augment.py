"""Draw and apply the post's augmentation exactly as `ImageDataGenerator` of Keras 3.15.1 does."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

LARGEST_ZOOM = 10.0
# Pixels warped at a time: few enough to stay in a core's cache, enough to hide the cost of a numpy call.
_CHUNK = 20_000


class AugmentationError(ValueError):
    """Say in one sentence which augmentation setting cannot be used, and what is expected."""


@dataclass(frozen=True)
class Augmentation:
    """Hold the settings of a training's augmentation under the names of Keras' `ImageDataGenerator`.

    `rescale` multiplies every value; `shear_range` is in degrees (as since Keras 2.1.3); `zoom_range` is the
    lower and upper bound of both zoom factors, where less than 1 zooms in. Raises `AugmentationError`.
    """

    rescale: float = 1 / 255
    shear_range: float = 0.0
    zoom_range: tuple[float, float] = (1.0, 1.0)
    horizontal_flip: bool = False

    def __post_init__(self) -> None:
        if _number("rescale", self.rescale) <= 0:
            raise AugmentationError(
                f"rescale must be a number above 0, such as 1/255, not {self.rescale!r}; choose such a number."
            )
        if not 0 <= _number("shear_range", self.shear_range) <= 90:
            raise AugmentationError(
                f"shear_range must lie between 0 and 90 degrees, not {self.shear_range!r}; choose a value in between."
            )
        zooms = self.zoom_range
        if not isinstance(zooms, tuple) or len(zooms) != 2:
            raise AugmentationError(
                f"zoom_range must be one number or two, such as 0.2 or (0.8, 1.2), not {zooms!r}; choose such a range."
            )
        low, high = (_number("zoom_range", zoom) for zoom in zooms)
        if not 0 < low <= high <= LARGEST_ZOOM:
            raise AugmentationError(
                f"zoom_range must run from a number above 0 up to at most {LARGEST_ZOOM:g}, not from {low:g} to "
                f"{high:g}; choose a smaller range around 1."
            )
        if not isinstance(self.horizontal_flip, bool):
            raise AugmentationError(
                f"horizontal_flip must be true or false, not {self.horizontal_flip!r}; choose one of the two."
            )

    @classmethod
    def post(cls) -> "Augmentation":
        """Return the post's settings for training pictures."""
        return cls(shear_range=0.2, zoom_range=(1 - 0.2, 1 + 0.2), horizontal_flip=True)

    @classmethod
    def none(cls) -> "Augmentation":
        """Return rescaling only, which is what validation pictures get."""
        return cls()

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> "Augmentation":
        """Read settings by Keras' names; a single `zoom_range` z means (1 - z, 1 + z).

        A missing setting takes its default; `rescale` of None or 0 means no rescaling, as in Keras. Raises
        `AugmentationError`, for an unknown name too.
        """
        known = [field.name for field in fields(cls)]
        for key in config:
            if key not in known:
                raise AugmentationError(
                    f"Augmentation has no setting {key!r} here; the settings are {', '.join(known)}."
                )
        values = dict(config)
        if "rescale" in values and not isinstance(values["rescale"], bool):
            values["rescale"] = values["rescale"] or 1.0
        zoom = values.get("zoom_range", cls.zoom_range)
        if isinstance(zoom, Sequence) and not isinstance(zoom, str):
            values["zoom_range"] = tuple(zoom)
        else:
            factor = _number("zoom_range", zoom)
            values["zoom_range"] = (1 - factor, 1 + factor)
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings under Keras' names, ready for JSON."""
        return {
            "rescale": self.rescale,
            "shear_range": self.shear_range,
            "zoom_range": list(self.zoom_range),
            "horizontal_flip": self.horizontal_flip,
        }


@dataclass(frozen=True)
class Transform:
    """Hold what was drawn for one picture: shear in degrees, the zoom of columns (zx) and rows (zy), the flip.

    A zoom factor is the step in the input for one pixel of the output, so less than 1 zooms in.
    """

    shear: float = 0.0
    zx: float = 1.0
    zy: float = 1.0
    flip_horizontal: bool = False

    def matrix(self) -> Matrix:
        """Return the (3, 3) map from output to input in (row, column, 1) order, the centre at the origin.

        Shear times zoom, as `apply_affine_transform` composes them; the flip comes after it and is not in it.
        """
        angle = math.radians(self.shear)
        shear = np.array([[math.cos(angle), 0, 0], [-math.sin(angle), 1, 0], [0, 0, 1]])
        product: Matrix = shear @ np.diag([self.zy, self.zx, 1.0])
        return product

    @property
    def warps(self) -> bool:
        """Tell whether anything but the flip moves a pixel."""
        return self.shear != 0 or self.zx != 1 or self.zy != 1


def describe(transform: Transform) -> str:
    """Say what was drawn in a caption's length: "shear 0.13°, zoom 0.87 × 1.12, flipped" (width × height)."""
    parts = [f"shear {transform.shear:z.2f}°", f"zoom {transform.zx:.2f} × {transform.zy:.2f}"]
    return ", ".join([*parts, "flipped"] if transform.flip_horizontal else parts)


def draw(augmentation: Augmentation, rng: np.random.Generator) -> Transform:
    """Draw one transform: shear uniform in ±shear_range, zx and zy independent in zoom_range, the flip by a coin."""
    shear = rng.uniform(-augmentation.shear_range, augmentation.shear_range)
    zx, zy = rng.uniform(*augmentation.zoom_range, size=2)
    flip = rng.random() < 0.5 and augmentation.horizontal_flip
    return Transform(shear=float(shear), zx=float(zx), zy=float(zy), flip_horizontal=bool(flip))


def draw_many(augmentation: Augmentation, n: int, seed: int) -> tuple[Transform, ...]:
    """Draw n transforms, always the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    return tuple(draw(augmentation, rng) for _ in range(n))


def apply(images: Images, transforms: Sequence[Transform], augmentation: Augmentation) -> Floats:
    """Warp, flip and rescale uint8 images (n, height, width, channels), one transform each, to float32.

    Bilinear, coordinates outside clamped to the border (`fill_mode="nearest"`). Raises `AugmentationError` if the
    counts differ, or for anything but uint8 with 1 to 4 channels.
    """
    if images.dtype != np.uint8 or images.ndim != 4 or not 1 <= images.shape[3] <= 4:
        raise AugmentationError(
            "Expected whole numbers 0 to 255 in the shape (n, height, width, channels) with at most 4 channels, not "
            f"{images.dtype} in the shape {images.shape}; decode and resize the pictures first."
        )
    if len(transforms) != len(images):
        raise AugmentationError(
            f"Expected one transform for each of the {len(images)} pictures, not {len(transforms)}; draw as many."
        )
    scale = np.float32(augmentation.rescale)
    out = np.empty(images.shape, np.float32)
    warped = [i for i, transform in enumerate(transforms) if transform.warps]
    for i, transform in enumerate(transforms):
        if not transform.warps:
            source = images[i, :, ::-1] if transform.flip_horizontal else images[i]
            np.multiply(source, scale, out=out[i])
    height, width = images.shape[1:3]
    step = max(1, _CHUNK // (height * width))
    for start in range(0, len(warped), step):
        chosen = warped[start : start + step]
        affines = np.stack([_affine(transforms[i], height, width) for i in chosen])
        _warp(images, chosen, affines, scale, out)
    return out


def _affine(transform: Transform, height: int, width: int) -> Matrix:
    """Return the (2, 3) map from an output pixel (row, column, 1) to the input, the flip included."""
    linear = transform.matrix()[:2, :2]
    # Keras 3.15.1 takes half the height for the columns and half the width for the rows: the fixed point is the
    # centre of a square picture only. Kept, because the samples must be those that Keras trains on.
    fixed = np.array([width / 2 - 0.5, height / 2 - 0.5])
    affine = np.column_stack([linear, fixed - linear @ fixed])
    if transform.flip_horizontal:
        affine[:, 2] += affine[:, 1] * (width - 1)
        affine[:, 1] *= -1
    return affine


def _warp(images: Images, chosen: list[int], affines: Matrix, scale: np.float32, out: Floats) -> None:
    """Write the chosen images, each through its own affine map (k, 2, 3), into the same places of `out`."""
    count, (height, width, channels) = len(chosen), images.shape[1:]
    # One more row and column, so that the right and lower neighbour of every pixel exists (with weight 0 there);
    # four bytes a pixel, so that one gather of 32-bit words fetches all channels.
    packed = np.zeros((count, height + 1, width + 1, 4), np.uint8)
    packed[:, :height, :width, :channels] = images[chosen]
    row, down = _split_coordinates(affines[:, 0], height, width, last=height - 1)
    column, right = _split_coordinates(affines[:, 1], height, width, last=width - 1)
    first = ((np.arange(count) * (height + 1))[:, None, None] + row) * (width + 1) + column
    words = packed.view(np.uint32).ravel()
    near, far = 0, width + 1
    taps = [
        words[offset:].take(first, mode="clip").view(np.uint8).reshape(count, height, width, 4)
        for offset in (near, near + 1, far, far + 1)
    ]
    for channel in range(channels):
        upper, upper_right, lower, lower_right = (tap[..., channel].astype(np.float32) for tap in taps)
        for left, other in ((upper, upper_right), (lower, lower_right)):
            other -= left
            other *= right
            left += other
        lower -= upper
        lower *= down
        upper += lower
        upper *= scale
        out[chosen, :, :, channel] = upper


def _split_coordinates(maps: Matrix, height: int, width: int, last: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Split the input coordinate of every output pixel, clamped to 0..last, into its whole part and the rest.

    `maps` is (k, 3), one row of each affine map. Both results are (k, height, width), or (k, height, 1) where the
    coordinate is the same along the output row, as it is without rotation.
    """
    down, right, offset = (maps[:, i, None, None] for i in range(3))
    place = offset + down * np.arange(height)[:, None]
    if right.any():
        place = place + right * np.arange(width)
    np.clip(place, 0, last, out=place)
    whole = place.astype(np.intp)
    place -= whole
    return whole, place.astype(np.float32)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise AugmentationError(f"{name} must be made of finite numbers, not {value!r}; choose a number.")
    return float(value)
