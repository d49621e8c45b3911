"""Hold the settings of `ImageDataGenerator` under Keras' own names, and say in one sentence what cannot be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from cnnlab.core.words import Refusal
from cnnlab.core.words.numbers import is_number

LARGEST_ZOOM = 10.0
LARGEST_BRIGHTNESS = 10.0
LARGEST_SHIFT = 10_000
FILL_MODES = ("nearest", "reflect", "wrap", "constant")
_ALWAYS_TOLD = ("rescale", "shear_range", "zoom_range", "horizontal_flip")


class AugmentationError(Refusal):
    """Say in one sentence which augmentation setting cannot be used, and what is expected."""


@dataclass(frozen=True)
class Augmentation:
    """Hold the settings of a training's augmentation under the names of Keras' `ImageDataGenerator`.

    `rescale` multiplies every value; `rotation_range` and `shear_range` are in degrees (shear since Keras 2.1.3);
    `zoom_range` is the lower and upper bound of both zoom factors, where less than 1 zooms in. A shift below 1 is a
    share of the width or height, from 1 on it is pixels, a whole number n means whole pixels below n.
    `brightness_range` bounds a factor, `channel_shift_range` what is added, on the scale of 0 to 255, as is `cval`,
    the value outside the picture with `fill_mode` "constant". Raises `AugmentationError`.
    """

    rescale: float = 1 / 255
    shear_range: float = 0.0
    zoom_range: tuple[float, float] = (1.0, 1.0)
    horizontal_flip: bool = False
    vertical_flip: bool = False
    rotation_range: float = 0.0
    width_shift_range: float = 0.0
    height_shift_range: float = 0.0
    brightness_range: tuple[float, float] | None = None
    channel_shift_range: float = 0.0
    fill_mode: str = "nearest"
    cval: float = 0.0

    def __post_init__(self) -> None:
        if _number("rescale", self.rescale) <= 0:
            raise AugmentationError(
                f"rescale must be a number above 0, such as 1/255, not {self.rescale!r}; choose such a number."
            )
        for name, most, unit in (
            ("shear_range", 90, "degrees"),
            ("rotation_range", 360, "degrees"),
            ("width_shift_range", LARGEST_SHIFT, "(a share below 1, pixels from 1 on)"),
            ("height_shift_range", LARGEST_SHIFT, "(a share below 1, pixels from 1 on)"),
            ("channel_shift_range", 255, "grey levels"),
            ("cval", 255, "(a grey level)"),
        ):
            value = getattr(self, name)
            if not 0 <= _number(name, value) <= most:
                raise AugmentationError(
                    f"{name} must lie between 0 and {most} {unit}, not {value!r}; choose a value in between."
                )
        self._check_pairs()
        for name in ("horizontal_flip", "vertical_flip"):
            if not isinstance(getattr(self, name), bool):
                raise AugmentationError(
                    f"{name} must be true or false, not {getattr(self, name)!r}; choose one of the two."
                )
        if self.fill_mode not in FILL_MODES:
            raise AugmentationError(
                f"fill_mode must be one of {', '.join(FILL_MODES)}, not {self.fill_mode!r}; choose one of these."
            )

    def _check_pairs(self) -> None:
        low, high = _pair("zoom_range", self.zoom_range, "one number or two, such as 0.2 or (0.8, 1.2)")
        if not 0 < low <= high <= LARGEST_ZOOM:
            raise AugmentationError(
                f"zoom_range must run from a number above 0 up to at most {LARGEST_ZOOM:g}, not from {low:g} to "
                f"{high:g}; choose a smaller range around 1."
            )
        if self.brightness_range is None:
            return
        low, high = _pair("brightness_range", self.brightness_range, "two numbers, such as (0.5, 1.5)")
        if not 0 <= low <= high <= LARGEST_BRIGHTNESS:
            raise AugmentationError(
                f"brightness_range must run from 0 or more up to at most {LARGEST_BRIGHTNESS:g}, not from {low:g} to "
                f"{high:g}; choose a smaller range around 1."
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
        if not isinstance(zoom, Sequence) or isinstance(zoom, str):
            factor = _number("zoom_range", zoom)
            values["zoom_range"] = (1 - factor, 1 + factor)
        for name in ("zoom_range", "brightness_range"):
            if isinstance(values.get(name), list):
                values[name] = tuple(values[name])
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings under Keras' names, ready for JSON: the post's four, and what else is set."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        kept = {f.name: told[f.name] for f in fields(self) if f.name in _ALWAYS_TOLD or told[f.name] != f.default}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def _pair(name: str, value: object, expected: str) -> tuple[float, float]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise AugmentationError(f"{name} must be {expected}, not {value!r}; choose such a range.")
    return _number(name, value[0]), _number(name, value[1])


def _number(name: str, value: object) -> float:
    if not is_number(value):
        raise AugmentationError(f"{name} must be made of finite numbers, not {value!r:.40}; choose a number.")
    return float(value)
