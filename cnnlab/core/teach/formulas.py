"""Explain every number of a traced layer: the formula in names, with this network's own values, and the result.

Formulas as in `cnnlab.core.network.layers` and `cnnlab.core.shapes`. Texts are plain arithmetic: `·` multiplies,
`floor` and `ceil` round down and up, thousands have commas.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from cnnlab.core.network import Layer
from cnnlab.core.network.layers import Shape
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import BYTES_PER_NUMBER, activation_bytes
from cnnlab.core.teach.post import Difference, post_differs

__all__ = ["Difference", "Explained", "explain_layer", "post_differs"]


@dataclass(frozen=True)
class Explained:
    """Hold one number of a layer: its name, how it is computed in names and in values, and a sentence of words.

    `result` is a whole number, or a share between 0 and 1 (then `unit` is "%"); `unit` is "", "px", "bytes" or "%".
    """

    name: str
    formula: str
    values: str
    result: int | float
    words: str
    unit: str = ""

    @property
    def shown(self) -> str:
        """Return the result as people write it: 18,496, 7 px or 97.6 %."""
        if self.unit == "%":
            return f"{100 * self.result:.1f} %"
        return f"{self.result:,} {self.unit}".rstrip()

    @property
    def line(self) -> str:
        """Return the values and their result as one line: floor((147 − 2) / 2) + 1 = 73."""
        return self.shown if self.values == f"{self.result:,}" else f"{self.values} = {self.shown}"


def explain_layer(layer: Layer, rows: Sequence[Row], index: int, batch_size: int = 1) -> tuple[Explained, ...]:
    """Return every number of `rows[index]`, the row of `layer` in the whole network's trace."""
    row = rows[index]
    return (
        *_shape(layer, row),
        *_parameters(layer, row),
        _macs(layer, row),
        *_field(layer, rows, index),
        _memory(row, batch_size),
        *_shares(rows, index),
    )


_AXES = ((0, "height", "rows"), (1, "width", "columns"))


def _window(layer: Layer) -> str | None:
    """Return the option that gives the layer's window."""
    return next((size for size in ("kernel_size", "pool_size") if size in layer.config), None)


def _shape(layer: Layer, row: Row) -> Iterator[Explained]:
    if len(row.output_shape) == 3:
        for axis, side, lines in _AXES:
            yield from _side(layer, row, axis, side, lines)
    yield _last(layer, row)


def _side(layer: Layer, row: Row, axis: int, side: str, lines: str) -> Iterator[Explained]:
    """Explain the output height or width."""
    name, n, out = f"output {side}", row.input_shape[axis], row.output_shape[axis]
    size = _window(layer)
    if size is not None:
        yield from _slid(layer, size, axis, n, out, side, lines)
    elif layer.class_name == "ZeroPadding2D":
        one, two = layer.config["padding"][axis]
        first, second = ("top", "bottom") if axis == 0 else ("left", "right")
        words = f"{one} {lines} of zeros come before the picture and {two} behind it."
        yield Explained(name, f"{side} + {first} + {second}", f"{n:,} + {one:,} + {two:,}", out, words)
    elif "keepdims" in layer.config:
        yield Explained(name, "1", "1", 1, f"All {n:,} {lines} become one number a map.")
    else:
        yield Explained(name, side, f"{n:,}", out, f"The layer leaves the {n:,} {lines} as they are.")


def _slid(layer: Layer, size: str, axis: int, n: int, out: int, side: str, lines: str) -> Iterator[Explained]:
    """Explain along one axis how many places a window has."""
    k, stride = layer.config[size][axis], layer.config["strides"][axis]
    dilation = layer.config.get("dilation_rate", (1, 1))[axis]
    window, said, name = (k - 1) * dilation + 1, size, f"output {side}"
    if dilation > 1:
        said = f"dilated {side}"
        words = f"With dilation_rate {dilation} the {k} {lines} of the kernel lie {dilation} apart."
        yield Explained(said, f"({size} − 1) · dilation_rate + 1", f"({k:,} − 1) · {dilation:,} + 1", window, words)
    if layer.config["padding"] == "same":
        step = "every one" if stride == 1 else f"one in {stride}"
        words = f"With padding 'same' a window stands at {step} of the {n:,} {lines}, zeros beyond the border."
        yield Explained(name, f"ceil({side} / strides)", f"ceil({n:,} / {stride:,})", out, words)
        return
    places = "1 place" if out == 1 else f"{out:,} places"
    words = f"A window of {window:,} {lines} has {places} along {n:,} {lines}"
    if stride == 1:
        yield Explained(name, f"{side} − {said} + 1", f"{n:,} − {window:,} + 1", out, f"{words}.")
        return
    formula = f"floor(({side} − {said}) / strides) + 1"
    yield Explained(
        name, formula, f"floor(({n:,} − {window:,}) / {stride:,}) + 1", out, f"{words} in steps of {stride}."
    )


def _last(layer: Layer, row: Row) -> Explained:
    """Explain the output channels, units or length."""
    channels, out = row.input_shape[-1], row.output_shape[-1]
    name = "output channels" if len(row.output_shape) == 3 else "output length"
    if "filters" in layer.config:
        return Explained(name, "filters", f"{out:,}", out, "Every filter makes one map, whatever it reads.")
    if "units" in layer.config:
        return Explained(name, "units", f"{out:,}", out, "Every unit gives one number.")
    if "depth_multiplier" in layer.config:
        multiplier = layer.config["depth_multiplier"]
        words = f"Each of the {channels:,} maps is filtered by itself, {multiplier:,} × each."
        return Explained(name, "channels · depth_multiplier", f"{channels:,} · {multiplier:,}", out, words)
    if layer.class_name == "Flatten":
        formula = "height · width · channels" if len(row.input_shape) == 3 else "length"
        words = "The same numbers stand in one long line; none is lost."
        return Explained(name, formula, _product(row.input_shape), out, words)
    words = "One number a map is left." if "keepdims" in layer.config else "The layer handles each by itself."
    said = "channels" if len(row.input_shape) == 3 else "length"
    return Explained(name, said, f"{channels:,}", out, words)


def _product(numbers: Sequence[int]) -> str:
    return " · ".join(f"{n:,}" for n in numbers)


def _parameters(layer: Layer, row: Row) -> Iterator[Explained]:
    """Explain weights, biases, numbers that are kept but not trained, and their sum."""
    if not row.params:
        yield Explained("parameters", "0", "0", 0, "The layer has nothing to learn.")
        return
    formula, values, words = _weights(layer, row)
    yield Explained("weights", formula, values, row.weights, words)
    made = row.output_shape[-1]
    if layer.class_name == "BatchNormalization":
        centred = "One offset (beta) for each channel." if row.biases else "Without center there is no offset (beta)."
        yield Explained("biases", "channels" if row.biases else "0", f"{row.biases:,}", row.biases, centred)
        words = "A running mean and a running variance for each channel are kept, but not trained by the gradient."
        yield Explained("not trained", "2 · channels", f"2 · {made:,}", row.non_trainable, words)
    elif row.biases:
        yield Explained("biases", "output channels", f"{made:,}", row.biases, "Every output channel has one bias.")
    else:
        yield Explained("biases", "0", "0", 0, "Without use_bias there is no bias.")
    parts = f"{row.weights:,} + {row.biases:,}" + (f" + {row.non_trainable:,}" if row.non_trainable else "")
    formula = "weights + biases" + (" + not trained" if row.non_trainable else "")
    yield Explained("parameters", formula, parts, row.params, "All numbers that the layer keeps.")


def _weights(layer: Layer, row: Row) -> tuple[str, str, str]:
    """Return formula, values and words of the weights."""
    channels, config = row.input_shape[-1], layer.config
    if layer.class_name == "Dense":
        words = f"Each of the {config['units']:,} units has a weight for each of the {channels:,} inputs."
        return "inputs · units", f"{channels:,} · {config['units']:,}", words
    if layer.class_name == "BatchNormalization":
        said = "One factor (gamma) for each channel." if row.weights else "Without scale there is no factor (gamma)."
        return "channels" if row.weights else "0", f"{row.weights:,}", said
    kernel = _product(config["kernel_size"])
    side = "kernel height · kernel width · channels"
    if layer.class_name == "Conv2D":
        words = f"Each of the {config['filters']:,} filters reads a window through all {channels:,} channels."
        return f"{side} · filters", f"{kernel} · {channels:,} · {config['filters']:,}", words
    made = channels * config["depth_multiplier"]
    depthwise = f"{kernel} · {channels:,} · {config['depth_multiplier']:,}"
    if layer.class_name == "DepthwiseConv2D":
        words = "Every channel has kernels of its own; nothing is added across channels."
        return f"{side} · depth_multiplier", depthwise, words
    words = "First every channel is filtered by itself, then 1 × 1 kernels mix the channels."
    formula = f"{side} · depth_multiplier + channels · depth_multiplier · filters"
    return formula, f"{depthwise} + {made:,} · {config['filters']:,}", words


def _macs(layer: Layer, row: Row) -> Explained:
    """Explain the multiply-adds for one picture, without biases."""
    if not row.macs:
        return Explained("multiply-adds", "0", "0", 0, "Only convolutions and dense layers are counted.")
    places: Shape = row.output_shape[:-1]
    if not places:
        return Explained("multiply-adds", "weights", f"{row.weights:,}", row.macs, "Every weight is used once.")
    words = f"Every weight is used at all {prod(places):,} places."
    values = f"{_product(places)} · {row.weights:,}"
    return Explained("multiply-adds", "output height · output width · weights", values, row.macs, words)


def _field(layer: Layer, rows: Sequence[Row], index: int) -> Iterator[Explained]:
    """Explain receptive field and jump by the recurrence of Araujo et al. (Distill 2019)."""
    row = rows[index]
    field, jump = (rows[index - 1].receptive_field, rows[index - 1].jump) if index else ((1, 1), (1, 1))
    size = _window(layer)
    for axis, side, lines in _AXES:
        name, seen = f"receptive field {side}", row.receptive_field[axis]
        if row.jump is None or jump is None:
            words = f"Every output sees all {seen:,} {lines} of the picture."
            yield Explained(name, f"input {side}", f"{seen:,}", seen, words, "px")
            continue
        before, step = field[axis], jump[axis]
        k = layer.config[size][axis] if size else 1
        dilation = layer.config.get("dilation_rate", (1, 1))[axis]
        stride = layer.config["strides"][axis] if size else 1
        window = (k - 1) * dilation + 1
        words = f"A window of {window} reaches over {window} places that lie {step} px apart in the picture."
        values = f"{before:,} + ({window:,} − 1) · {step:,}"
        yield Explained(name, "field before + (window − 1) · jump before", values, seen, words, "px")
        words = f"Neighbouring outputs lie {row.jump[axis]:,} {lines} of the picture apart."
        yield Explained(f"jump {side}", "jump before · strides", f"{step:,} · {stride:,}", row.jump[axis], words, "px")


def _memory(row: Row, batch_size: int) -> Explained:
    numbers = prod(row.output_shape)
    values = f"{batch_size:,} · {_product(row.output_shape)} · {BYTES_PER_NUMBER}"
    pictures = "one picture" if batch_size == 1 else f"a batch of {batch_size:,}"
    words = f"{numbers:,} outputs for each picture, four bytes each (float32), for {pictures}."
    result = activation_bytes(row, batch_size)
    return Explained("activation memory", "batch size · outputs · 4 bytes", values, result, words, "bytes")


def _shares(rows: Sequence[Row], index: int) -> Iterator[Explained]:
    """Explain the layer's share of all parameters and of all multiply-adds; nothing where there are none."""
    for name, mine, total in (
        ("parameters", rows[index].params, sum(row.params for row in rows)),
        ("multiply-adds", rows[index].macs, sum(row.macs for row in rows)),
    ):
        if total:
            words = f"{mine:,} of the network's {total:,} {name} are here."
            yield Explained(
                f"share of {name}", f"{name} / all {name}", f"{mine:,} / {total:,}", mine / total, words, "%"
            )
