"""Say what the two ends of every augmentation setting do, one setting at a time."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from cnnlab.core.augment.augment import AnyAugmentation, AnyTransform, RandomLayers, Transform
from cnnlab.core.augment.layer_draws import Step, nothing_drawn
from cnnlab.core.augment.layer_settings import RandomLayer


@dataclass(frozen=True)
class Ends:
    """Hold one setting's two extreme draws, each with a text that names it with its unit."""

    setting: str
    low_text: str
    low: AnyTransform
    high_text: str
    high: AnyTransform


def ends(augmentation: AnyAugmentation, size: tuple[int, int]) -> tuple[Ends, ...]:
    """Return both ends of every setting that does something, for pictures of this (height, width)."""
    if isinstance(augmentation, RandomLayers):
        return _ends_of_layers(augmentation, size)
    found: list[Ends] = []
    if angle := augmentation.rotation_range:
        found.append(_angles("rotation_range", angle, Transform(theta=-angle), Transform(theta=angle)))
    if shift := reach(augmentation.width_shift_range, size[1]):
        found.append(_shifts("width_shift_range", shift, Transform(ty=-shift), Transform(ty=shift)))
    if shift := reach(augmentation.height_shift_range, size[0]):
        found.append(_shifts("height_shift_range", shift, Transform(tx=-shift), Transform(tx=shift)))
    if angle := augmentation.shear_range:
        found.append(_angles("shear_range", angle, Transform(shear=-angle), Transform(shear=angle)))
    low, high = augmentation.zoom_range
    if (low, high) != (1, 1):
        less, more = Transform(zy=low, zx=low), Transform(zy=high, zx=high)
        found.append(Ends("zoom_range", _zoomed(low, low), less, _zoomed(high, high), more))
        less, more = Transform(zy=low, zx=high), Transform(zy=high, zx=low)
        found.append(Ends("zoom_range, mixed", _zoomed(low, high), less, _zoomed(high, low), more))
    if augmentation.horizontal_flip:
        found.append(Ends("horizontal_flip", "as it is", Transform(), "flipped", Transform(flip_horizontal=True)))
    if augmentation.vertical_flip:
        found.append(Ends("vertical_flip", "as it is", Transform(), "flipped", Transform(flip_vertical=True)))
    if augmentation.brightness_range is not None:
        low, high = augmentation.brightness_range
        found.append(
            Ends("brightness_range", f"× {low:g}", Transform(brightness=low), f"× {high:g}", Transform(brightness=high))
        )
    if shift := augmentation.channel_shift_range:
        less, more = Transform(channel_shift_intensity=-shift), Transform(channel_shift_intensity=shift)
        found.append(Ends("channel_shift_range", f"−{shift:g} levels", less, f"+{shift:g} levels", more))
    return tuple(found)


def reach(setting: float, side: int) -> float:
    """Return the largest shift in pixels that a width or height shift range draws for a side of so many pixels."""
    if isinstance(setting, int):
        return max(0, setting - 1)
    return setting * side if setting < 1 else setting


def _zoomed(down: float, across: float) -> str:
    """Say what zoom factors do to the height and width of what is seen: 2 shows it half as large."""
    return f"height × {1 / down:.3g}, width × {1 / across:.3g}"


def _angles(setting: str, angle: float, low: Transform, high: Transform) -> Ends:
    return Ends(setting, f"−{angle:g}°", low, f"+{angle:g}°", high)


def _shifts(setting: str, shift: float, low: Transform, high: Transform) -> Ends:
    return Ends(setting, f"−{shift:.3g} px", low, f"+{shift:.3g} px", high)


Extreme = tuple[str, dict[str, float]]


def _ends_of_layers(settings: RandomLayers, size: tuple[int, int]) -> tuple[Ends, ...]:
    """Return both ends of every layer's draws, while the other layers do nothing."""
    nothing = nothing_drawn(settings, size)
    found = []
    for place, layer in enumerate(settings.layers):
        for name, (low_text, low), (high_text, high) in _extremes(layer, size):
            transforms = []
            for drawn in (low, high):
                steps = list(nothing.steps)
                steps[place] = Step(layer, tuple((dict(steps[place].drawn) | drawn).items()))
                transforms.append(replace(nothing, steps=tuple(steps)))
            found.append(Ends(f"{layer.class_name} {name}".strip(), low_text, transforms[0], high_text, transforms[1]))
    return tuple(found)


def _extremes(layer: RandomLayer, size: tuple[int, int]) -> Iterator[tuple[str, Extreme, Extreme]]:
    """Yield (argument, lowest, highest) of a layer, each end as its text and what is drawn there."""
    match layer.class_name:
        case "RandomFlip":
            yield "", ("as it is", {}), (layer["mode"].replace("_", " "), {"flips": True})
        case "RandomRotation":
            yield "", *_both(layer, "factor", lambda f: (f"{360 * f:+z.3g}°", {"angle": 360 * f}))
        case "RandomZoom":
            whole = layer["width_factor"] is None
            sides = ("height_zoom", "width_zoom") if whole else ("height_zoom",)
            yield (
                "height_factor",
                *_both(layer, "height_factor", lambda f: (_sized(f), dict.fromkeys(sides, 1 + f))),
            )
            if not whole:
                yield "width_factor", *_both(layer, "width_factor", lambda f: (_sized(f), {"width_zoom": 1 + f}))
        case "RandomShear":
            for axis in ("x", "y"):
                if most := max(layer.range(f"{axis}_factor")):
                    less, more = ((f"{f:+g}", {f"shear_{axis}": f}) for f in (-most, most))
                    yield f"{axis}_factor", less, more
        case "RandomTranslation":
            for side, length in zip(("height", "width"), size, strict=True):
                if layer.range(f"{side}_factor") != (0, 0):
                    yield f"{side}_factor", *_both(layer, f"{side}_factor", partial(_moved, side=side, length=length))
        case "RandomContrast":
            low, high = layer.range("factor")
            less, more = ((f"× {f:g}", {"contrast_factor": f}) for f in (1 - low, 1 + high))
            yield "", less, more
        case "RandomBrightness":
            low, high = layer["value_range"]
            yield (
                "",
                *_both(
                    layer, "factor", lambda f: (f"{f * (high - low):+z.3g} levels", {"rgb_delta": f * (high - low)})
                ),
            )
        case "RandomErasing":
            yield "scale", *_both(layer, "scale", lambda share: _erased(share, size))


def _both(layer: RandomLayer, name: str, extreme: Callable[[float], Extreme]) -> tuple[Extreme, Extreme]:
    low, high = layer.range(name)
    return extreme(low), extreme(high)


def _sized(factor: float) -> str:
    return f"{factor:+g}: × {1 / (1 + factor):.3g}"


def _moved(factor: float, side: str, length: int) -> Extreme:
    return f"{factor * length:+z.3g} px", {side: factor * length}


def _erased(share: float, size: tuple[int, int]) -> Extreme:
    """Erase a patch of this share of the area in the middle."""
    (top, bottom), (left, right) = (
        ((1 - math.sqrt(share)) / 2 * side, (1 + math.sqrt(share)) / 2 * side) for side in size
    )
    return f"{share:.0%} of the area", {"apply_erasing": True, "x0": left, "x1": right, "y0": top, "y1": bottom}
