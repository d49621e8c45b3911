"""Say what the two ends of every augmentation setting do, one setting at a time."""

from dataclasses import dataclass

from cnnlab.core.augment import Augmentation, Transform


@dataclass(frozen=True)
class Ends:
    """Hold one setting's two extreme draws, each with a text that names it with its unit."""

    setting: str
    low_text: str
    low: Transform
    high_text: str
    high: Transform


def ends(augmentation: Augmentation, size: tuple[int, int]) -> tuple[Ends, ...]:
    """Return both ends of every setting that does something, for pictures of this (height, width)."""
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
        text = "width × {:g}, height × {:g}"
        less, more = Transform(zx=low, zy=low), Transform(zx=high, zy=high)
        found.append(Ends("zoom_range", text.format(low, low), less, text.format(high, high), more))
        less, more = Transform(zx=low, zy=high), Transform(zx=high, zy=low)
        found.append(Ends("zoom_range, mixed", text.format(low, high), less, text.format(high, low), more))
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


def _angles(setting: str, angle: float, low: Transform, high: Transform) -> Ends:
    return Ends(setting, f"−{angle:g}°", low, f"+{angle:g}°", high)


def _shifts(setting: str, shift: float, low: Transform, high: Transform) -> Ends:
    return Ends(setting, f"−{shift:.3g} px", low, f"+{shift:.3g} px", high)
