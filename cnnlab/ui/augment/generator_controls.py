"""Draw the augmentation settings as live controls, each with its unit, and take what a visitor moves."""

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

import streamlit as st

from cnnlab.core.augment import Augmentation
from cnnlab.core.augment.ends import reach
from cnnlab.core.augment.generator_settings import FILL_MODES
from cnnlab.core.classroom.handles import AUGMENT
from cnnlab.core.words.numbers import decimal
from cnnlab.ui.parts.controls import Control, Group, Value, live_controls
from cnnlab.ui.session import Shared
from cnnlab.ui.session.choices import AugmentChoice
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.viz.palette import KIND_COLORS

MOST_SHEAR = 45.0
MOST_RADIANS = 0.78
KEY = "augmentation_controls"
HELP = {
    "rotation_range": "Degrees, drawn evenly from minus to plus this angle.",
    "width_shift_range": "A share of the width. Keras 3 moves rows by it: it swaps the two axes.",
    "height_shift_range": "A share of the height. Keras 3 moves columns by it: it swaps the two axes.",
    "shear_range": "Degrees, as in Keras since 2.1.3; before that the same number meant radians.",
    "zoom_range": "Each picture draws two factors, one for its rows and one for its columns; below 1 zooms in.",
    "channel_shift_range": "Grey levels added to red, green and blue alike, cut off at the picture's own extremes.",
    "brightness_range": "A factor for every value: 0 is black, 1 leaves it, 2 is twice as bright.",
    "fill_mode": "What stands where the picture does not reach.",
    "cval": "The grey level outside the picture, for fill_mode constant.",
}


def settings(mine: Shared) -> None:
    """Draw every setting; the groups follow what is switched on."""
    shown = tuple(map(_with_locks, groups(mine.augment, mine.network.picture_shape)))
    shown = tuple(group for group in shown if group.controls)
    live_controls(KEY, shown, mine.augment.version, lambda values: _take(mine, values))
    if _named_by(is_hidden):
        return
    with st.container(horizontal=True):
        st.button("The post's settings", on_click=lambda: _reset(mine, Augmentation.post()))
        st.button("None", on_click=lambda: _reset(mine, Augmentation.none()), help="Rescaling only, as for validation.")


def _with_locks(group: Group) -> Group:
    """Return a group with those controls locked that an exercise keeps as they are, without those that it hides."""
    kept, hidden = _named_by(is_locked), _named_by(is_hidden)
    shown = (one for one in group.controls if _first_word(one.handle) not in hidden)
    return replace(group, controls=tuple(replace(one, locked=_first_word(one.handle) in kept) for one in shown))


def _named_by(asked: Callable[[str, str], bool]) -> set[str]:
    """Return the first words of the settings of which something holds: by these their controls are known."""
    return {_first_word(each.name) for each in fields(Augmentation) if asked(AUGMENT, each.name)}


def _first_word(handle: str) -> str:
    return handle.removeprefix("augmentation.").partition("_")[0]


def _take(mine: Shared, values: Mapping[str, Value]) -> None:
    mine.augment = taken(mine.augment, values)


def _reset(mine: Shared, generator: Augmentation) -> None:
    mine.augment = mine.augment.reset(generator)


def groups(choice: AugmentChoice, input_shape: tuple[int, int, int]) -> tuple[Group, ...]:
    """Return the controls for the visitor's settings."""
    now, color = choice.generator, KIND_COLORS["regularization"]
    geometry = (
        _slider("rotation_range", "rotation_range in degrees", now.rotation_range, 180.0, 1.0, "#°"),
        _shear(choice),
        _switch("shear_radians", "shear in radians", choice.shear_radians),
        *_zooms(now, choice.zoom_pair),
        _slider("width_shift_range", "width_shift_range, a share", now.width_shift_range, 0.9, 0.01),
        _slider("height_shift_range", "height_shift_range, a share", now.height_shift_range, 0.9, 0.01),
    )
    filling: tuple[Control, ...] = (
        _switch("horizontal_flip", "horizontal_flip", now.horizontal_flip),
        _switch("vertical_flip", "vertical_flip", now.vertical_flip),
        _menu("fill_mode", now.fill_mode),
    )
    if now.fill_mode == "constant":
        filling += (_slider("cval", "cval in grey levels", now.cval, 255.0, 1.0),)
    values: tuple[Control, ...] = (
        _switch("brightness", "brightness_range", now.brightness_range is not None),
        *_brightness(now),
        _slider("channel_shift_range", "channel_shift_range in grey levels", now.channel_shift_range, 255.0, 1.0),
        _switch("rescale", "rescale 1/255", now.rescale < 1),
    )
    return (
        Group("Geometry", color, geometry, _note(choice, input_shape)),
        Group("Flips and edges", color, filling),
        Group("Values", color, values),
        samples_group(choice),
    )


def samples_group(choice: AugmentChoice) -> Group:
    """Return the controls of how many samples are drawn from which seed."""
    samples = (
        Control("samples.count", "how many", "How many samples", choice.samples, 1, 24),
        Control("samples.seed", "seed", "Seed of the draws", choice.seed, 0, 99),
    )
    return Group("Samples", KIND_COLORS["input"], samples)


def taken_samples(choice: AugmentChoice, values: Mapping[str, Value]) -> AugmentChoice:
    """Take how many samples are drawn from which seed."""
    samples, seed = values.get("samples.count", choice.samples), values.get("samples.seed", choice.seed)
    return choice.sampled(int(samples), int(seed))


def _slider(name: str, said: str, value: float, most: float, step: float, form: str = "#") -> Control:
    handle = f"augmentation.{name}"
    return Control(handle, name, said, float(value), 0.0, most, step, form, help=HELP.get(name, ""))


def _switch(name: str, label: str, value: bool) -> Control:
    return Control(f"augmentation.{name}", label, label, value, help=HELP.get(label, ""))


def _menu(name: str, value: str) -> Control:
    return Control(f"augmentation.{name}", name, name, value, choices=FILL_MODES, help=HELP[name])


def _shear(choice: AugmentChoice) -> Control:
    angle = choice.generator.shear_range
    if choice.shear_radians:
        value = min(MOST_RADIANS, round(math.radians(angle), 4))
        return _slider("shear_range", "shear_range in radians", value, MOST_RADIANS, 0.01, "# rad")
    return _slider("shear_range", "shear_range in degrees", angle, MOST_SHEAR, 0.1, "#°")


def _note(choice: AugmentChoice, input_shape: tuple[int, int, int]) -> str:
    """Return what the settings amount to in pixels: a shear by the same number in both of its units."""
    now, (height, width, _) = choice.generator, input_shape
    number = math.radians(now.shear_range) if choice.shear_radians else now.shear_range
    degrees, radians = (height / 2 * math.sin(angle) for angle in (math.radians(number), min(number, math.pi / 2)))
    moved = max(reach(now.width_shift_range, width), reach(now.height_shift_range, height))
    parts = [f"shear moves the edge {degrees:.2g} px as degrees, {radians:.2g} px as radians"] if number else []
    parts += [f"shifts reach {decimal(moved, 0)} px"] if moved else []
    return ", ".join(parts)


def _zooms(now: Augmentation, pair: bool) -> tuple[Control, ...]:
    low, high = now.zoom_range
    switch = _switch("zoom_pair", "zoom as a pair", pair)
    if not pair:
        one = Control("augmentation.zoom_range", "zoom_range", "zoom_range", round(high - 1, 4), 0.0, 0.9, 0.05)
        return replace(one, help=HELP["zoom_range"]), switch
    ends = (("zoom_low", "zoom from", low), ("zoom_high", "zoom to", high))
    return (
        *(Control(f"augmentation.{n}", n_, f"{n_} (factor)", round(v, 4), 0.1, 3.0, 0.05, "× #") for n, n_, v in ends),
        switch,
    )


def _brightness(now: Augmentation) -> tuple[Control, ...]:
    if now.brightness_range is None:
        return ()
    ends = zip(("brightness_low", "brightness_high"), ("from", "to"), now.brightness_range, strict=True)
    return tuple(
        Control(f"augmentation.{n}", f"factor {w}", f"brightness factor {w}", v, 0.0, 3.0, 0.05, "× #")
        for n, w, v in ends
    )


def taken(choice: AugmentChoice, values: Mapping[str, Value]) -> AugmentChoice:
    """Take what the browser sent: every control's value by its handle."""
    choice = taken_samples(choice, values)
    given = {name.removeprefix("augmentation."): value for name, value in values.items()}
    now = choice.generator
    simple = ("rotation_range", "width_shift_range", "height_shift_range", "channel_shift_range", "cval")
    changed: dict[str, object] = {name: float(given[name]) for name in simple if name in given}
    changed |= {name: given[name] for name in ("horizontal_flip", "vertical_flip", "fill_mode") if name in given}
    if "rescale" in given:
        changed["rescale"] = 1 / 255 if given["rescale"] else 1.0
    radians = bool(given.get("shear_radians", choice.shear_radians))
    pair = bool(given.get("zoom_pair", choice.zoom_pair))
    changed |= _taken_shear(choice, given, radians) | _taken_zoom(choice, given, pair) | _taken_brightness(now, given)
    generator = replace(now, **changed)  # type: ignore[arg-type]
    return choice.moved_generator(generator, shear_radians=radians, zoom_pair=pair)


def _taken_shear(choice: AugmentChoice, given: Mapping[str, Value], radians: bool) -> dict[str, object]:
    """Read the shear in the unit that its slider had; switching the unit keeps the number."""
    if "shear_range" not in given and "shear_radians" not in given:
        return {}
    angle = choice.generator.shear_range
    shown = math.radians(angle) if choice.shear_radians else angle
    number = float(given.get("shear_range", shown))
    return {"shear_range": math.degrees(min(number, MOST_RADIANS)) if radians else number}


def _taken_zoom(choice: AugmentChoice, given: Mapping[str, Value], pair: bool) -> dict[str, object]:
    low, high = choice.generator.zoom_range
    if pair != choice.zoom_pair:
        most = min(0.9, max(high - 1, 1 - low, 0.0))
        return {} if pair else {"zoom_range": (1 - most, 1 + most)}
    if pair:
        low, high = float(given.get("zoom_low", low)), float(given.get("zoom_high", high))
        return {"zoom_range": (min(low, high), max(low, high))}
    zoom = float(given.get("zoom_range", high - 1))
    return {"zoom_range": (1 - zoom, 1 + zoom)} if "zoom_range" in given else {}


def _taken_brightness(now: Augmentation, given: Mapping[str, Value]) -> dict[str, object]:
    wanted = bool(given.get("brightness", now.brightness_range is not None))
    if not wanted:
        return {"brightness_range": None}
    low, high = now.brightness_range or (0.5, 1.5)
    low, high = float(given.get("brightness_low", low)), float(given.get("brightness_high", high))
    return {"brightness_range": (min(low, high), max(low, high))}
