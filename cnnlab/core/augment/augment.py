"""Draw and apply augmentation exactly as `ImageDataGenerator` of Keras 3.15.1 does, or its random layers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment.generator_settings import Augmentation as Augmentation
from cnnlab.core.augment.generator_settings import AugmentationError as AugmentationError
from cnnlab.core.augment.layer_draws import LayersTransform, apply_layers, describe_layers, draw_layers
from cnnlab.core.augment.layer_settings import RandomLayers as RandomLayers
from cnnlab.core.augment.warp import Floats, Images, Matrix, warp

_DRAW = 1  # a training shuffles with 0, so that both never share random numbers


@dataclass(frozen=True)
class Transform:
    """Hold what was drawn for one picture, under the names of Keras' `apply_transform`.

    `shear` and `theta` (the rotation) are in degrees, `tx` and `ty` in pixels. zx is the zoom of columns and zy of
    rows: the step in the input for one pixel of the output, so less than 1 zooms in. `channel_shift_intensity` is
    added to every value, `brightness` multiplies it; None leaves the values alone.
    """

    shear: float = 0.0
    zx: float = 1.0
    zy: float = 1.0
    flip_horizontal: bool = False
    flip_vertical: bool = False
    theta: float = 0.0
    tx: float = 0.0
    ty: float = 0.0
    channel_shift_intensity: float | None = None
    brightness: float | None = None

    def matrix(self) -> Matrix:
        """Return the (3, 3) map from output to input in (row, column, 1) order, the centre at the origin.

        Rotation times shift times shear times zoom, as `apply_affine_transform` composes them; the flips come after
        it and are not in it. Keras 3.15.1 composes in (x, y) and then swaps the axes, so tx, which it draws from
        `height_shift_range`, moves columns.
        """
        # Written out, because a training makes thousands of these a second.
        turn, angle = math.radians(self.theta), math.radians(self.shear)
        cos, sin = math.cos(turn), math.sin(turn)
        across, down = math.sin(angle) * self.zy, math.cos(angle) * self.zy
        return np.array(
            [
                [cos * down - sin * across, sin * self.zx, sin * self.tx + cos * self.ty],
                [-cos * across - sin * down, cos * self.zx, cos * self.tx - sin * self.ty],
                [0.0, 0.0, 1.0],
            ]
        )

    @property
    def warps(self) -> bool:
        """Tell whether anything but a flip moves a pixel."""
        return (self.shear, self.zx, self.zy, self.theta, self.tx, self.ty) != (0, 1, 1, 0, 0, 0)

    @property
    def recolours(self) -> bool:
        """Tell whether values change by anything but interpolation."""
        return self.channel_shift_intensity is not None or self.brightness is not None


# The two families: the settings of the post's ImageDataGenerator, and Keras 3's layers, each with what it draws.
AnyAugmentation = Augmentation | RandomLayers
AnyTransform = Transform | LayersTransform


def augmentation_from_dict(config: Mapping[str, Any]) -> AnyAugmentation:
    """Read either family from JSON: Keras' layers have "layers"; raise `AugmentationError` for anything else."""
    return RandomLayers.from_dict(config) if "layers" in config else Augmentation.from_dict(config)


def only_rescaled(augmentation: AnyAugmentation) -> Augmentation:
    """Return what validation pictures get beside this augmentation: the same rescaling, and nothing else."""
    return Augmentation(rescale=augmentation.rescale)


def augments(augmentation: AnyAugmentation) -> bool:
    """Tell whether a training picture becomes anything but rescaled."""
    return (
        bool(augmentation.layers)
        if isinstance(augmentation, RandomLayers)
        else augmentation != only_rescaled(augmentation)
    )


def describe(transform: AnyTransform) -> str:
    """Say what was drawn in a caption's length: "shear 0.13°, zoom 0.87 × 1.12, flipped" (height × width)."""
    if isinstance(transform, LayersTransform):
        return describe_layers(transform).replace("-", "−")
    parts = [f"rotation {transform.theta:z.1f}°"] if transform.theta else []
    if transform.tx or transform.ty:
        parts.append(f"tx {transform.tx:z.1f}, ty {transform.ty:z.1f} px")
    parts += [f"shear {transform.shear:z.2f}°", f"zoom {transform.zy:.2f} × {transform.zx:.2f}"]
    parts += ["flipped"] if transform.flip_horizontal else []
    parts += ["upside down"] if transform.flip_vertical else []
    if transform.channel_shift_intensity is not None:
        parts.append(f"channels {transform.channel_shift_intensity:+z.0f}")
    if transform.brightness is not None:
        parts.append(f"brightness × {transform.brightness:.2f}")
    return ", ".join(parts).replace("-", "−")


def draw(augmentation: AnyAugmentation, rng: np.random.Generator, size: tuple[int, int] | None = None) -> AnyTransform:
    """Draw one transform as `get_random_transform` does: everything uniform in its range, each apart from the others.

    `size` is the picture's (height, width), which a shift by a share and Keras' layers need. As many random numbers
    are taken whatever the settings, so that changing one setting leaves what the others draw.
    """
    if isinstance(augmentation, RandomLayers):
        if size is None:
            raise AugmentationError(
                "What Keras' layers draw depends on the picture: its height and width must be given."
            )
        return draw_layers(augmentation, rng, size)
    u = [float(value) for value in rng.random(12)]
    low, high = augmentation.zoom_range
    bright = augmentation.brightness_range
    channel = augmentation.channel_shift_range
    return Transform(
        shear=_either_way(augmentation.shear_range, u[0]),
        zx=low + (high - low) * u[1],
        zy=low + (high - low) * u[2],
        flip_horizontal=augmentation.horizontal_flip and u[3] < 0.5,
        flip_vertical=augmentation.vertical_flip and u[4] < 0.5,
        theta=_either_way(augmentation.rotation_range, u[5]),
        tx=_shift(augmentation.height_shift_range, u[6], u[7], size, axis=0),
        ty=_shift(augmentation.width_shift_range, u[8], u[9], size, axis=1),
        channel_shift_intensity=_either_way(channel, u[10]) if channel else None,
        brightness=None if bright is None else bright[0] + (bright[1] - bright[0]) * u[11],
    )


def _either_way(most: float, u: float) -> float:
    return most * (2 * u - 1)


def _shift(most: float, u: float, sign: float, size: tuple[int, int] | None, axis: int) -> float:
    """Draw a shift in pixels: Keras takes whole pixels below a whole number, else anything in ±most."""
    if isinstance(most, int):
        return math.floor(most * u) * (1.0 if sign < 0.5 else -1.0)
    if most >= 1 or not most:
        return _either_way(most, u)
    if size is None:
        raise AugmentationError("A shift below 1 is a share of the picture, so its height and width must be given.")
    return _either_way(most, u) * size[axis]


def draw_for(
    augmentation: AnyAugmentation, seed: int, epoch: int, index: int, size: tuple[int, int] | None = None
) -> AnyTransform:
    """Draw what a training with this seed does to its picture `index` in an epoch (from 0), and to no other one."""
    return draw(augmentation, np.random.default_rng((_DRAW, seed, epoch, index)), size)


def draw_many(
    augmentation: AnyAugmentation, n: int, seed: int, size: tuple[int, int] | None = None
) -> tuple[AnyTransform, ...]:
    """Draw what a training with this seed does to its first picture in its first n epochs."""
    return tuple(draw_for(augmentation, seed, epoch, 0, size) for epoch in range(n))


def apply(images: Images, transforms: Sequence[AnyTransform], augmentation: AnyAugmentation) -> Floats:
    """Augment and rescale uint8 images (n, height, width, channels), one transform each, to float32.

    Raises `AugmentationError` if the counts differ, or for anything but
    uint8 with 1 to 4 channels.
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
    if isinstance(augmentation, RandomLayers):
        return apply_layers(images, [t for t in transforms if isinstance(t, LayersTransform)], augmentation)
    return _apply(images, [t for t in transforms if isinstance(t, Transform)], augmentation)


def _apply(images: Images, transforms: Sequence[Transform], augmentation: Augmentation) -> Floats:
    """Warp, flip, recolour and rescale; bilinear, and `fill_mode` says what lies outside."""
    recolours = any(transform.recolours for transform in transforms)
    scale = np.float32(1 if recolours else augmentation.rescale)
    out = np.empty(images.shape, np.float32)
    warped = [i for i, transform in enumerate(transforms) if transform.warps]
    for i, transform in enumerate(transforms):
        if not transform.warps:
            np.multiply(_flipped(images[i], transform), scale, out=out[i])
    if warped:
        affines = np.stack([_affine(transforms[i], *images.shape[1:3]) for i in warped])
        warp(images, warped, affines, float(scale), out, augmentation.fill_mode, augmentation.cval)
    if recolours:
        for picture, transform in zip(out, transforms, strict=True):
            _recolour(picture, transform)
        out *= np.float32(augmentation.rescale)
    return out


def _flipped(image: npt.NDArray[np.uint8], transform: Transform) -> npt.NDArray[np.uint8]:
    down, across = -1 if transform.flip_vertical else 1, -1 if transform.flip_horizontal else 1
    return image[::down, ::across]


def _affine(transform: Transform, height: int, width: int) -> Matrix:
    """Return the (2, 3) map from an output pixel (row, column, 1) to the input, the flips included."""
    (rr, rc, r0), (cr, cc, c0), _ = transform.matrix().tolist()
    # Keras 3.15.1 takes half the height for the columns and half the width for the rows: the fixed point is the
    # centre of a square picture only. Kept, because the samples must be those that Keras trains on.
    row, column = width / 2 - 0.5, height / 2 - 0.5
    r0, c0 = r0 + row - rr * row - rc * column, c0 + column - cr * row - cc * column
    if transform.flip_vertical:
        r0, c0, rr, cr = r0 + rr * (height - 1), c0 + cr * (height - 1), -rr, -cr
    if transform.flip_horizontal:
        r0, c0, rc, cc = r0 + rc * (width - 1), c0 + cc * (width - 1), -rc, -cc
    return np.array([[rr, rc, r0], [cr, cc, c0]])


def _recolour(picture: Floats, transform: Transform) -> None:
    """Shift and brighten one picture's values (0 to 255) in place, in Keras' order."""
    if transform.channel_shift_intensity is not None:
        low, high = picture.min(), picture.max()
        np.clip(picture + np.float32(transform.channel_shift_intensity), low, high, out=picture)
    if transform.brightness is not None:
        # Keras goes through an 8-bit picture here, and Pillow cuts the fraction off once more after the factor.
        whole = picture.astype(np.uint8).astype(np.float32)
        np.clip(whole * np.float32(transform.brightness), 0, 255, out=picture)
        np.floor(picture, out=picture)
