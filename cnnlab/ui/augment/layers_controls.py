"""Draw the arguments of Keras 3's random layers as live controls, each with its unit, and take what is moved."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from cnnlab.core.augment import RandomLayers
from cnnlab.core.augment.layer_settings import FLIPS, INTERPOLATIONS, LAYERS, Argument, RandomLayer, Range
from cnnlab.core.augment.layer_settings import Value as Given
from cnnlab.core.classroom.handles import AUGMENT
from cnnlab.core.classroom.handles import LAYERS as ALL_LAYERS
from cnnlab.ui.augment.generator_controls import samples_group, taken_samples
from cnnlab.ui.parts.controls import Control, Group, Value, live_controls
from cnnlab.ui.session import Shared
from cnnlab.ui.session.choices import AugmentChoice
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.viz.palette import KIND_COLORS

KEY = "layer_controls"
SHARED = ("fill_mode", "interpolation", "fill_value", "value_range")
VALUE_RANGES: dict[str, Range] = {"0 to 255": (0.0, 255.0), "0 to 1": (0.0, 1.0)}
# Where a slider ends that Keras would let go on: beyond, nothing of the picture is left.
MOST = 0.9
FIRST: dict[str, dict[str, Given]] = {
    "RandomRotation": {"factor": 0.1},
    "RandomZoom": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomShear": {"x_factor": 0.1},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomContrast": {"factor": 0.5},
    "RandomBrightness": {"factor": 0.2},
}
HELP = {
    "RandomFlip": "Keras flips with a chance of one half.",
    "RandomRotation": "A share of a full turn: 0.1 is 36 degrees, drawn from minus to plus.",
    "RandomZoom": "A share of the size: 0.2 draws from × 0.8 to × 1.2; below 1 zooms in, as in ImageDataGenerator.",
    "RandomShear": "How many columns a row is moved for each row below the top, which stays.",
    "RandomTranslation": "A share of the height or the width, drawn from minus to plus.",
    "RandomContrast": "A single number f draws from 1 to 1 + f in Keras 3.15: it only raises the contrast.",
    "RandomBrightness": "A share of the value range that is added, from minus to plus.",
    "RandomErasing": "A single number f draws the probability itself from 0 to f: with 1, half of the pictures.",
}
RANGE_HELP = "Pictures are 0 to 255 until Rescaling at the end; a range of 0 to 1 cuts them off at 1: nearly black."


def layer_settings(mine: Shared) -> None:
    """Draw one group a layer; what is switched on unfolds."""
    shown = groups(mine.augment, mine.network.picture_shape)
    if is_locked(AUGMENT, ALL_LAYERS):
        shown = tuple(replace(one, controls=tuple(replace(c, locked=True) for c in one.controls)) for one in shown)
    hidden = is_hidden(AUGMENT, ALL_LAYERS)
    # Last is how many samples are drawn, which is only a view.
    live_controls(KEY, shown[-1:] if hidden else shown, mine.augment.version, lambda values: _take(mine, values))
    if hidden:
        return
    with st.container(horizontal=True):
        st.button("Like the post's", on_click=lambda: _use(mine, RandomLayers.like_the_post()))
        none = RandomLayers(rescale=mine.augment.layers.rescale)
        st.button("None", on_click=lambda: _use(mine, none), help="Rescaling only, as for validation.")


def _take(mine: Shared, values: Mapping[str, Value]) -> None:
    mine.augment = taken(mine.augment, values)


def _use(mine: Shared, layers: RandomLayers) -> None:
    mine.augment = mine.augment.using(layers)


def layer_of(choice: AugmentChoice, name: str) -> RandomLayer:
    """Return a layer as it is used, or as it was before it was switched off, or as it comes."""
    used = {layer.class_name: layer for layer in choice.layers.layers}
    return used.get(name) or choice.spare.get(name) or RandomLayer.of(name, **FIRST.get(name, {}))


def groups(choice: AugmentChoice, input_shape: tuple[int, int, int]) -> tuple[Group, ...]:
    """Return the controls for the visitor's layers."""
    size = input_shape[:2]
    used = [layer.class_name for layer in choice.layers.layers]
    color, quiet = KIND_COLORS["regularization"], KIND_COLORS["input"]
    made = []
    for name in LAYERS:
        layer = layer_of(choice, name)
        on = Control(f"{name}.on", "in use", f"{name} in use", name in used, help=HELP[name])
        if name not in used:
            made.append(Group(name, quiet, (on,)))
            continue
        made.append(Group(name, color, (on, *_own(layer, choice.pairs)), _note(layer, size)))
    everywhere = (
        *_shared(choice),
        Control("layers.pairs", "as pairs", "Every factor as a pair of numbers", choice.pairs),
        Control("layers.rescale", "Rescaling", "Rescaling by 1/255 at the end", choice.layers.rescale < 1),
    )
    note = "pictures are 0 to 255 here: nearly black" if _shown(choice).get("value_range") == "0 to 1" else ""
    return (*made, Group("For all layers", color, everywhere, note), samples_group(choice))


def _own(layer: RandomLayer, pairs: bool) -> tuple[Control, ...]:
    """Return the controls of what is this layer's alone."""
    controls: list[Control] = []
    for name, argument in LAYERS[layer.class_name].items():
        handle, said, value = f"{layer.class_name}.{name}", f"{name} of {layer.class_name}", layer[name]
        given = value is not None
        if name == "mode":
            controls.append(Control(handle, name, said, value, choices=FLIPS))
        elif argument.pair and name not in SHARED:
            if argument.optional:
                controls.append(Control(f"{handle}.given", "width apart", f"{name} apart from the height", given))
            if given:
                controls += _factor(handle, name, f"{said}, {argument.unit}", argument, value, pairs)
        elif name == "fill_value" and argument.optional:
            controls.append(Control(f"{handle}.noise", "noise fill", "Fill with noise: fill_value is None", not given))
            if given:
                controls.append(Control(handle, name, f"{said} {argument.unit}", value, 0.0, 255.0, 1.0))
    return tuple(controls)


def _factor(handle: str, name: str, said: str, argument: Argument, value: Given, pairs: bool) -> list[Control]:
    """Return one slider for a number, or two for the ends of a pair."""
    low, high = (max(-MOST, argument.low), MOST if argument.low < 0 else argument.high)
    if not pairs and not isinstance(value, tuple):
        return [Control(handle, name, said, float(value or 0), 0.0, high, 0.01)]
    ends = zip(("low", "high"), ("from", "to"), _as_pair(argument, value), strict=True)
    return [
        Control(f"{handle}.{end}", f"{name.removesuffix('_factor')} {word}", f"{said}, {word}", number, low, high, 0.01)
        for end, word, number in ends
    ]


def _as_pair(argument: Argument, value: Given) -> Range:
    low, high = argument.range(value)
    return max(low, argument.low) + 0.0, high  # no negative zero


def _shared(choice: AugmentChoice) -> tuple[Control, ...]:
    """Return the controls of what several layers have alike, if such a layer is in use."""
    controls: list[Control] = []
    shown = _shown(choice)
    if "fill_mode" in shown:
        modes = ("reflect", "nearest", "wrap", "constant")
        controls.append(Control("layers.fill_mode", "fill_mode", "fill_mode", shown["fill_mode"], choices=modes))
        if shown["fill_mode"] == "constant":
            said = "fill_value, a grey level"
            controls.append(Control("layers.fill_value", "fill_value", said, shown["fill_value"], 0.0, 255.0, 1.0))
        kind = shown["interpolation"]
        controls.append(Control("layers.interpolation", "interpolation", "interpolation", kind, choices=INTERPOLATIONS))
    if "value_range" in shown:
        value = shown["value_range"]
        names = tuple(dict.fromkeys((*VALUE_RANGES, str(value))))
        controls.append(
            Control("layers.value_range", "value_range", "value_range", value, choices=names, help=RANGE_HELP)
        )
    return tuple(controls)


def _shown(choice: AugmentChoice) -> dict[str, str | float]:
    """Return what the shared controls show: the first layer's in use."""
    shown: dict[str, str | float] = {}
    for layer in choice.layers.layers:
        for name in SHARED:
            if _is_shared(layer, name) and name not in shown:
                value = layer[name]
                shown[name] = f"{value[0]:g} to {value[1]:g}" if name == "value_range" else value
    return shown


def _is_shared(layer: RandomLayer, name: str) -> bool:
    """Tell whether a layer follows a shared control; what RandomErasing fills with is its own."""
    arguments = LAYERS[layer.class_name]
    return name in SHARED and name in arguments and (name != "fill_value" or "fill_mode" in arguments)


def _note(layer: RandomLayer, size: tuple[int, int]) -> str:
    """Say in which unit the factor counts, and what it amounts to."""
    height, width = size
    match layer.class_name:
        case "RandomRotation":
            low, high = layer.range("factor")
            return f"of a full turn: {360 * low:+z.3g}° to {360 * high:+z.3g}°"
        case "RandomZoom":
            low, high = layer.range("height_factor")
            return f"above 0 zooms out: height × {1 / (1 + low):.3g} to {1 / (1 + high):.3g}"
        case "RandomShear":
            across, down = max(layer.range("x_factor")) * (height - 1), max(layer.range("y_factor")) * (width - 1)
            return f"a share: the far edge moves up to {across:z.2g} px across, {down:z.2g} px down"
        case "RandomTranslation":
            across, down = (max(map(abs, layer.range(f"{side}_factor"))) for side in ("width", "height"))
            return f"of the size: up to {across * width:.3g} px across, {down * height:.3g} px down"
        case "RandomContrast":
            low, high = layer.range("factor")
            return f"× {1 - low:.3g} to {1 + high:.3g}"
        case "RandomBrightness":
            low, high = layer.range("factor")
            span = layer["value_range"][1] - layer["value_range"][0]
            return f"of the value range: {low * span:+z.3g} to {high * span:+z.3g}"
        case "RandomErasing":
            return f"a probability: {sum(layer.range('factor')) / 2:.0%} of the pictures; scale: a share of the area"
    return "both ways or not at all" if layer["mode"] == "horizontal_and_vertical" else "half of the pictures"


def taken(choice: AugmentChoice, values: Mapping[str, Value]) -> AugmentChoice:
    """Take what the browser sent: every control's value by its handle."""
    choice = taken_samples(choice, values)
    pairs = bool(values.get("layers.pairs", choice.pairs))
    shown = _shown(choice)
    sent = {name: values.get(f"layers.{name}", value) for name, value in shown.items()}
    common = {name: value for name, value in sent.items() if value != shown[name]}
    used = [layer.class_name for layer in choice.layers.layers]
    wanted = [name for name in used if values.get(f"{name}.on", True)]
    wanted += [name for name in LAYERS if name not in used and values.get(f"{name}.on", False)]
    in_order = used == [name for name in LAYERS if name in used]
    made = {name: _taken(layer_of(choice, name), values, common, pairs) for name in {*used, *wanted}}
    rescale = 1 / 255 if values.get("layers.rescale", choice.layers.rescale < 1) else 1.0
    layers = replace(
        choice.layers,
        layers=tuple(made[name] for name in (sorted(wanted, key=list(LAYERS).index) if in_order else wanted)),
        rescale=rescale if (choice.layers.rescale < 1) != (rescale < 1) else choice.layers.rescale,
    )
    return choice.moved_layers(layers, made, pairs=pairs)


def _taken(layer: RandomLayer, values: Mapping[str, Value], common: Mapping[str, Value], pairs: bool) -> RandomLayer:
    """Return the layer with the values that were sent for it."""
    new: dict[str, object] = dict(layer.config)
    for name, argument in LAYERS[layer.class_name].items():
        handle = f"{layer.class_name}.{name}"
        if name in common and _is_shared(layer, name):
            new[name] = VALUE_RANGES[str(common[name])] if name == "value_range" else common[name]
        elif name == "mode":
            new[name] = values.get(handle, new[name])
        elif argument.pair and name != "value_range":
            new[name] = _taken_factor(handle, argument, layer[name], values, pairs)
        elif name == "fill_value" and argument.optional:
            noise = values.get(f"{handle}.noise", layer[name] is None)
            new[name] = None if noise else values.get(handle, layer[name] or 0.0)
    return RandomLayer.of(layer.class_name, **new)


def _taken_factor(handle: str, argument: Argument, value: Given, values: Mapping[str, Value], pairs: bool) -> Given:
    if argument.optional:
        given = bool(values.get(f"{handle}.given", value is not None))
        if not given:
            return None
        value = 0.2 if value is None else value
    if isinstance(value, tuple) or f"{handle}.low" in values:
        low, high = _as_pair(argument, value)
        low, high = float(values.get(f"{handle}.low", low)), float(values.get(f"{handle}.high", high))
        value = (min(low, high), max(low, high))
    else:
        value = float(values.get(handle, value or 0.0))
    if pairs and not isinstance(value, tuple):
        return _as_pair(argument, value)
    if not pairs and isinstance(value, tuple) and not isinstance(argument.default, tuple):
        return max(map(abs, value))
    return value
