"""Draw for Keras 3's random layers and apply what was drawn, exactly as their `transform_images` does."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment.layer_settings import LAYERS, WARPING, RandomLayer, RandomLayers
from cnnlab.core.augment.projective import project
from cnnlab.core.augment.warp import Floats, Images, Matrix

Size = tuple[int, int]


@dataclass(frozen=True)
class Step:
    """Hold what one layer drew for one picture, under the names of Keras' `get_random_transformation`.

    RandomFlip `flips`; RandomRotation `angle` in degrees; RandomZoom `height_zoom` and `width_zoom`; RandomShear
    `shear_x` and `shear_y`; RandomTranslation `width` and `height` in pixels; RandomContrast `contrast_factor`;
    RandomBrightness `rgb_delta`; RandomErasing `apply_erasing`, the corners `x0`, `x1`, `y0`, `y1`, and `noise`, the
    seed of the normal numbers that fill the patch.
    """

    layer: RandomLayer
    drawn: tuple[tuple[str, float], ...]

    def __getitem__(self, name: str) -> float:
        """Return one drawn number."""
        return next(value for known, value in self.drawn if known == name)


@dataclass(frozen=True)
class LayersTransform:
    """Hold what all layers drew for one picture of a (height, width), in their order."""

    steps: tuple[Step, ...]
    size: Size

    @property
    def moves(self) -> bool:
        """Tell whether any of the layers moves pixels, so that there is a matrix to show."""
        return any(step.layer.class_name in _MATRICES for step in self.steps)

    def matrix(self) -> Matrix:
        """Return the (3, 3) map from a sample to the picture, in pixels (x, y, 1) from the top left.

        It is the product of the layers' own maps, in which the last layer acts first.
        """
        whole = np.eye(3)
        for step in self.steps:
            if (own := step_matrix(step, self.size)) is not None:
                whole = whole @ own
        return whole


def draw_layers(settings: RandomLayers, rng: np.random.Generator, size: Size) -> LayersTransform:
    """Draw one transform for a picture of this (height, width): everything apart from each other, as Keras does.

    Each layer has random numbers of its own, so that changing one leaves what the others draw.
    """
    numbers = rng.random(_NUMBERS).tolist()
    steps = []
    for layer in settings.layers:
        first = _FIRST[layer.class_name]
        drawn = _DRAWS[layer.class_name](layer, numbers[first : first + _MOST], size)
        steps.append(Step(layer, tuple(drawn.items())))
    return LayersTransform(tuple(steps), size)


def nothing_drawn(settings: RandomLayers, size: Size) -> LayersTransform:
    """Return the transform in which no layer changes a picture of this (height, width)."""
    steps = tuple(Step(layer, tuple(_NOTHING[layer.class_name].items())) for layer in settings.layers)
    return LayersTransform(steps, size)


def apply_layers(images: Images, transforms: Sequence[LayersTransform], settings: RandomLayers) -> Floats:
    """Put uint8 images (n, height, width, channels) through every layer, one transform each, then rescale them."""
    values = images.astype(np.float32)
    for place, layer in enumerate(settings.layers):
        steps = [transform.steps[place] for transform in transforms]
        if layer.class_name in WARPING:
            _warp(values, layer, steps)
        else:
            _CHANGES[layer.class_name](values, layer, steps)
    values *= np.float32(settings.rescale)
    return values


def describe_layers(transform: LayersTransform) -> str:
    """Say what was drawn in a caption's length: "flipped, angle 12.3°, zoom 0.87 × 1.12" (height × width)."""
    said = [_SAID[step.layer.class_name](step) for step in transform.steps]
    return ", ".join(part for part in said if part).replace("-", "−") or "nothing drawn"


def step_matrix(step: Step, size: Size) -> Matrix | None:
    """Return one layer's (3, 3) map from its output to its input in pixels (x, y, 1), or None if it moves nothing."""
    make = _MATRICES.get(step.layer.class_name)
    return None if make is None else np.array([*make(step, size), (0.0, 0.0, 1.0)])


def fill_of(step: Step, channels: int) -> tuple[tuple[slice, slice], npt.NDArray[np.float32] | float]:
    """Return the (rows, columns) that RandomErasing fills for one picture, and what it fills them with."""
    # Keras compares whole pixel places with the corners: x0 <= x < x1.
    rows, columns = (slice(math.ceil(step[a]), math.ceil(step[b])) for a, b in (("y0", "y1"), ("x0", "x1")))
    low, high = step.layer["value_range"]
    value = step.layer["fill_value"]
    if value is not None:
        return (rows, columns), min(max(value, low), high)
    shape = (rows.stop - rows.start, columns.stop - columns.start, channels)
    noise = np.random.default_rng(int(step["noise"])).standard_normal(shape, np.float32)
    return (rows, columns), np.clip(noise * np.float32(high), low, high)


def _uniform(layer: RandomLayer, name: str, u: float, base: float = 0.0) -> float:
    low, high = layer.range(name)
    return base + low + (high - low) * u


def _draw_flip(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    return {"flips": u[0] <= 0.5}


def _draw_rotation(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    return {"angle": 360.0 * _uniform(layer, "factor", u[0])}


def _draw_zoom(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    height = _uniform(layer, "height_factor", u[0], 1.0)
    width = height if layer["width_factor"] is None else _uniform(layer, "width_factor", u[1], 1.0)
    return {"height_zoom": height, "width_zoom": width}


def _draw_shear(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    sign = -1.0 if u[2] > 0.5 else 1.0
    return {"shear_x": sign * _uniform(layer, "x_factor", u[0]), "shear_y": sign * _uniform(layer, "y_factor", u[1])}


def _draw_translation(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    height, width = (_uniform(layer, f"{side}_factor", u[i]) * size[i] for i, side in enumerate(("height", "width")))
    return {"height": height, "width": width}


def _draw_contrast(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    # Keras draws from 1 - lower to 1 + upper, so the factor f alone, which is (0, f), only ever raises the contrast.
    low, high = layer.range("factor")
    return {"contrast_factor": 1.0 - low + (high + low) * u[0]}


def _draw_brightness(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    low, high = layer["value_range"]
    return {"rgb_delta": _uniform(layer, "factor", u[0]) * (high - low)}


def _draw_erasing(layer: RandomLayer, u: list[float], size: Size) -> dict[str, float]:
    # Keras draws the probability itself, so the factor 1 alone, which is (0, 1), erases in half of the pictures.
    drawn: dict[str, float] = {"apply_erasing": u[1] < _uniform(layer, "factor", u[0])}
    for ends, side, share, start in ((("x0", "x1"), size[1], u[2], u[3]), (("y0", "y1"), size[0], u[4], u[5])):
        length = math.sqrt(_uniform(layer, "scale", share)) * side
        first = start * (side - length)
        drawn |= {ends[0]: first, ends[1]: first + length}
    return drawn | {"noise": math.floor(u[6] * 2**32)}


Row = tuple[float, float, float]


def _flip_matrix(step: Step, size: Size) -> tuple[Row, Row]:
    across, down = (step["flips"] and kind in step.layer["mode"] for kind in ("horizontal", "vertical"))
    x = (-1.0, 0.0, size[1] - 1.0) if across else (1.0, 0.0, 0.0)
    return x, (0.0, -1.0, size[0] - 1.0) if down else (0.0, 1.0, 0.0)


def _rotation_matrix(step: Step, size: Size) -> tuple[Row, Row]:
    x, y = (size[1] - 1) / 2, (size[0] - 1) / 2
    cos, sin = math.cos(math.radians(step["angle"])), math.sin(math.radians(step["angle"]))
    return (cos, -sin, x - x * cos + y * sin), (sin, cos, y - x * sin - y * cos)


def _zoom_matrix(step: Step, size: Size) -> tuple[Row, Row]:
    wide, high = step["width_zoom"], step["height_zoom"]
    return (wide, 0.0, (size[1] - 1) / 2 * (1 - wide)), (0.0, high, (size[0] - 1) / 2 * (1 - high))


def _shear_matrix(step: Step, size: Size) -> tuple[Row, Row]:
    # From the top left corner, which stays: Keras does not shear about the centre.
    return (1.0, step["shear_x"], 0.0), (step["shear_y"], 1.0, 0.0)


def _translation_matrix(step: Step, size: Size) -> tuple[Row, Row]:
    return (1.0, 0.0, -step["width"]), (0.0, 1.0, -step["height"])


def _warp(values: Floats, layer: RandomLayer, steps: Sequence[Step]) -> None:
    size = values.shape[1], values.shape[2]
    maps = np.stack([_MATRICES[layer.class_name](step, size) for step in steps]) if steps else np.empty((0, 2, 3))
    moved = np.flatnonzero((maps != np.eye(2, 3)).any(axis=(1, 2)))
    project(values, moved.tolist(), maps[moved], layer["fill_mode"], layer["interpolation"], layer["fill_value"])


def _flip(values: Floats, layer: RandomLayer, steps: Sequence[Step]) -> None:
    down, across = (-1 if kind in layer["mode"] else 1 for kind in ("vertical", "horizontal"))
    for picture, step in zip(values, steps, strict=True):
        if step["flips"]:
            picture[...] = picture[::down, ::across].copy()


def _contrast(values: Floats, layer: RandomLayer, steps: Sequence[Step]) -> None:
    mean = values.mean(axis=1, keepdims=True).mean(axis=2, keepdims=True)
    values -= mean
    values *= _column(steps, "contrast_factor")
    values += mean
    np.clip(values, *layer["value_range"], out=values)


def _brightness(values: Floats, layer: RandomLayer, steps: Sequence[Step]) -> None:
    values += _column(steps, "rgb_delta")
    np.clip(values, *layer["value_range"], out=values)


def _erase(values: Floats, layer: RandomLayer, steps: Sequence[Step]) -> None:
    for picture, step in zip(values, steps, strict=True):
        if step["apply_erasing"]:
            place, fill = fill_of(step, picture.shape[2])
            picture[place] = fill


def _column(steps: Sequence[Step], name: str) -> Floats:
    return np.array([step[name] for step in steps], np.float32)[:, None, None, None]


def _say_flip(step: Step) -> str:
    said = {"horizontal": "flipped", "vertical": "upside down", "horizontal_and_vertical": "flipped both ways"}
    return said[step.layer["mode"]] if step["flips"] else ""


def _say_erasing(step: Step) -> str:
    if not step["apply_erasing"]:
        return ""
    (rows, columns), _ = fill_of(step, 0)
    return f"erased {columns.stop - columns.start} × {rows.stop - rows.start} px"


_DRAWS: Mapping[str, Callable[[RandomLayer, list[float], Size], dict[str, float]]] = MappingProxyType(
    {
        "RandomFlip": _draw_flip,
        "RandomRotation": _draw_rotation,
        "RandomZoom": _draw_zoom,
        "RandomShear": _draw_shear,
        "RandomTranslation": _draw_translation,
        "RandomContrast": _draw_contrast,
        "RandomBrightness": _draw_brightness,
        "RandomErasing": _draw_erasing,
    }
)
_MOST = 7  # random numbers that one layer takes at most
_FIRST = {name: _MOST * place for place, name in enumerate(LAYERS)}
_NUMBERS = _MOST * len(LAYERS)
_NOTHING: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "RandomFlip": {"flips": False},
        "RandomRotation": {"angle": 0.0},
        "RandomZoom": {"height_zoom": 1.0, "width_zoom": 1.0},
        "RandomShear": {"shear_x": 0.0, "shear_y": 0.0},
        "RandomTranslation": {"height": 0.0, "width": 0.0},
        "RandomContrast": {"contrast_factor": 1.0},
        "RandomBrightness": {"rgb_delta": 0.0},
        "RandomErasing": {"apply_erasing": False, "x0": 0.0, "x1": 0.0, "y0": 0.0, "y1": 0.0, "noise": 0},
    }
)
_MATRICES: Mapping[str, Callable[[Step, Size], tuple[Row, Row]]] = MappingProxyType(
    {
        "RandomFlip": _flip_matrix,
        "RandomRotation": _rotation_matrix,
        "RandomZoom": _zoom_matrix,
        "RandomShear": _shear_matrix,
        "RandomTranslation": _translation_matrix,
    }
)
_CHANGES: Mapping[str, Callable[[Floats, RandomLayer, Sequence[Step]], None]] = MappingProxyType(
    {"RandomFlip": _flip, "RandomContrast": _contrast, "RandomBrightness": _brightness, "RandomErasing": _erase}
)
_SAID: Mapping[str, Callable[[Step], str]] = MappingProxyType(
    {
        "RandomFlip": _say_flip,
        "RandomRotation": lambda step: f"angle {step['angle']:z.1f}°",
        "RandomZoom": lambda step: f"zoom {step['height_zoom']:.2f} × {step['width_zoom']:.2f}",
        "RandomShear": lambda step: f"shear {step['shear_x']:z.3f}, {step['shear_y']:z.3f}",
        "RandomTranslation": lambda step: f"moved {step['width']:+z.1f}, {step['height']:+z.1f} px",
        "RandomContrast": lambda step: f"contrast × {step['contrast_factor']:.2f}",
        "RandomBrightness": lambda step: f"brightness {step['rgb_delta']:+z.0f}",
        "RandomErasing": _say_erasing,
    }
)
