"""Hold Keras 3's random preprocessing layers with their own names and arguments, and say what cannot be used."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cnnlab.core.augment.generator_settings import FILL_MODES, AugmentationError

INTERPOLATIONS = ("bilinear", "nearest")
FLIPS = ("horizontal", "vertical", "horizontal_and_vertical")
Range = tuple[float, float]
Value = str | float | Range | None


@dataclass(frozen=True)
class Argument:
    """Describe one argument of a layer: its default, its bounds and what its unit is.

    With `choices` it is one of these. With `pair` it is a number or a (lower, upper) pair; a number f means -f to f
    if it is `mirrored`, else 0 to f. Bounds hold for each number of a pair; `numbers_from` is the lowest number that
    is taken alone. `optional` allows None.
    """

    default: Value
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    choices: tuple[str, ...] = ()
    pair: bool = False
    mirrored: bool = True
    optional: bool = False

    def check(self, name: str, value: Any) -> Value:
        """Return the value in its one form; raise `AugmentationError` if it cannot be used."""
        if value is None and self.optional:
            return None
        if self.choices:
            if value not in self.choices:
                raise AugmentationError(f"{name} must be one of {', '.join(self.choices)}, not {value!r}; choose one.")
            return str(value)
        if self.pair and isinstance(value, Sequence) and not isinstance(value, str):
            if len(value) != 2:
                raise AugmentationError(f"{name} must be one number or two, not {value!r}; choose such a range.")
            low, high = sorted(self._number(name, part) for part in value)
            return low, high
        return self._number(name, value)

    def _number(self, name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise AugmentationError(
                f"{name} must lie between {self.low:g} and {self.high:g}{' ' * bool(self.unit)}{self.unit}, "
                f"not {value!r}; choose a value in between."
            )
        return float(value)

    def range(self, value: Value) -> Range:
        """Return the lower and upper bound that a value of this argument means to Keras."""
        if isinstance(value, tuple):
            return value
        number = abs(float(value or 0.0))
        return (-number if self.mirrored else 0.0), number


def _factor(unit: str, low: float = -1.0, *, default: Value = 0.0, mirrored: bool = True) -> Argument:
    return Argument(default, low, 1.0, unit, pair=True, mirrored=mirrored)


# Zooming out of a picture of no size is refused by Keras at -1.
_ZOOM = -0.999
_EDGES = {
    "fill_mode": Argument("reflect", choices=FILL_MODES),
    "interpolation": Argument("bilinear", choices=INTERPOLATIONS),
    "fill_value": Argument(0.0, 0.0, 255.0, "(a grey level)"),
}
_VALUE_RANGE = {"value_range": Argument((0.0, 255.0), 0.0, 255.0, "(grey levels)", pair=True)}
LAYERS: Mapping[str, Mapping[str, Argument]] = MappingProxyType(
    {
        "RandomFlip": {"mode": Argument("horizontal_and_vertical", choices=FLIPS)},
        "RandomRotation": {"factor": _factor("of a full turn"), **_EDGES},
        "RandomZoom": {
            "height_factor": _factor("of the height", _ZOOM),
            "width_factor": Argument(None, _ZOOM, 1.0, "of the width", pair=True, optional=True),
            **_EDGES,
        },
        "RandomShear": {
            "x_factor": _factor("columns for each row", 0.0),
            "y_factor": _factor("rows for each column", 0.0),
            **_EDGES,
        },
        "RandomTranslation": {
            "height_factor": _factor("of the height"),
            "width_factor": _factor("of the width"),
            **_EDGES,
        },
        "RandomContrast": {"factor": _factor("beside 1", 0.0, mirrored=False), **_VALUE_RANGE},
        "RandomBrightness": {"factor": _factor("of the value range"), **_VALUE_RANGE},
        "RandomErasing": {
            "factor": _factor("(a probability)", 0.0, default=1.0, mirrored=False),
            "scale": _factor("of the area", 0.0, default=(0.02, 0.33), mirrored=False),
            "fill_value": Argument(None, 0.0, 255.0, "(a grey level)", optional=True),
            **_VALUE_RANGE,
        },
    }
)
WARPING = ("RandomRotation", "RandomZoom", "RandomShear", "RandomTranslation")


@dataclass(frozen=True)
class RandomLayer:
    """Hold one layer: the name of its class, and every argument as it was given or as Keras' default.

    Raises `AugmentationError` for an unknown layer or argument, or a value that Keras would not take.
    """

    class_name: str
    config: tuple[tuple[str, Value], ...] = ()

    def __post_init__(self) -> None:
        known = LAYERS.get(self.class_name)
        if known is None:
            raise AugmentationError(
                f"There is no augmenting layer {self.class_name!r} here; the layers are {', '.join(LAYERS)}."
            )
        given = dict(self.config)
        for name in given:
            if name not in known:
                raise AugmentationError(f"{self.class_name} takes no {name!r}; its arguments are {', '.join(known)}.")
        whole = tuple(
            (name, argument.check(f"{name} of {self.class_name}", given.get(name, argument.default)))
            for name, argument in known.items()
        )
        object.__setattr__(self, "config", whole)
        bounds = dict(whole).get("value_range", (0.0, 255.0))
        if not isinstance(bounds, tuple) or bounds[0] == bounds[1]:
            raise AugmentationError(
                f"value_range of {self.class_name} must be two different numbers, not {given['value_range']!r}; "
                "choose (0, 255) for pictures as they are."
            )

    @classmethod
    def of(cls, class_name: str, **arguments: Any) -> "RandomLayer":
        """Return a layer by its arguments, as its constructor in Keras takes them."""
        return cls(class_name, tuple(arguments.items()))

    def __getitem__(self, name: str) -> Any:
        """Return one argument's value."""
        return dict(self.config)[name]

    def range(self, name: str) -> Range:
        """Return the bounds that an argument means to Keras."""
        return LAYERS[self.class_name][name].range(self[name])


@dataclass(frozen=True)
class RandomLayers:
    """Hold an augmentation made of Keras 3's layers, applied one after the other to pictures of 0 to 255.

    `rescale` is the factor of the Rescaling layer that stands last. Every layer may stand there once. Raises
    `AugmentationError`.
    """

    layers: tuple[RandomLayer, ...] = ()
    rescale: float = 1 / 255

    def __post_init__(self) -> None:
        rescale = self.rescale
        if isinstance(rescale, bool) or not isinstance(rescale, int | float) or not 0 < rescale < math.inf:
            raise AugmentationError(f"rescale must be a number above 0, such as 1/255, not {rescale!r}; choose one.")
        names = [layer.class_name for layer in self.layers]
        for name in names:
            if names.count(name) > 1:
                raise AugmentationError(f"{name} may stand here once, not {names.count(name)} times; remove one.")

    @classmethod
    def like_the_post(cls) -> "RandomLayers":
        """Return the layers that come nearest to the post's settings."""
        return cls(
            (
                RandomLayer.of("RandomFlip", mode="horizontal"),
                RandomLayer.of("RandomZoom", height_factor=0.2, width_factor=0.2, fill_mode="nearest"),
                RandomLayer.of("RandomShear", x_factor=round(math.sin(math.radians(0.2)), 4), fill_mode="nearest"),
            )
        )

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> "RandomLayers":
        """Read what `to_dict` wrote, or a list of layers as Keras describes them; raise `AugmentationError`."""
        unknown = set(config) - {"layers", "rescale"}
        layers = config.get("layers")
        if unknown or not isinstance(layers, Sequence) or isinstance(layers, str):
            raise AugmentationError(
                'Expected {"rescale": a number, "layers": [{"class_name": ..., "config": {...}}, ...]}; write it so.'
            )
        made = []
        for entry in layers:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("config", {}), Mapping):
                raise AugmentationError(
                    f'Expected a layer as {{"class_name": ..., "config": {{...}}}}, not {entry!r}; write it so.'
                )
            made.append(RandomLayer(str(entry.get("class_name")), tuple(entry.get("config", {}).items())))
        return cls(tuple(made), config.get("rescale", cls.rescale))

    def to_dict(self) -> dict[str, Any]:
        """Return the layers as Keras describes them, ready for JSON."""
        layers = [
            {
                "class_name": layer.class_name,
                "config": {k: list(v) if isinstance(v, tuple) else v for k, v in layer.config},
            }
            for layer in self.layers
        ]
        return {"rescale": self.rescale, "layers": layers}
