"""Know the convolutions: a small kernel meets every place of its input."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from cnnlab.core.network.layers.activation import activation_option
from cnnlab.core.network.layers.dense import bias_slips
from cnnlab.core.network.layers.keras_keys import CHANNELS_LAST, biased, weighted
from cnnlab.core.network.layers.kind import Config, Effect, Kind, Option, Said, Shape, Slip, a_slip, product
from cnnlab.core.network.layers.window import (
    STRIDES,
    padding_option,
    shape_in_short,
    slid,
    sliding_axes,
    window_side,
    window_slips,
)

WINDOW = {
    "kernel_size": Option("pair", required=True, least=1, bounds=(1, 15, 1), main=True),
    "strides": Option("pair", (1, 1), least=1, bounds=STRIDES),
    "padding": padding_option(any_case=True),
    "dilation_rate": Option("pair", (1, 1), least=1, bounds=(1, 6, 1)),
}
OUTPUT = {"activation": activation_option(), "use_bias": Option("bool", True)}
FILTERS = {"filters": Option("int", required=True, least=1, bounds=(1, 128, 1), main=True)}
MULTIPLIER = {"depth_multiplier": Option("int", 1, least=1, bounds=(1, 8, 1))}
SIDES = "kernel height · kernel width · channels"

_axes = sliding_axes("kernel_size")


def _conv2d(config: Config, before: Shape) -> Effect:
    filters = config["filters"]
    return _convolve(config, before, filters, prod(config["kernel_size"]) * before[-1] * filters)


def _depthwise_conv2d(config: Config, before: Shape) -> Effect:
    made = before[-1] * config["depth_multiplier"]
    return _convolve(config, before, made, prod(config["kernel_size"]) * made)


def _convolve(config: Config, before: Shape, channels: int, weights: int) -> Effect:
    """Return the effect of a convolution that makes so many channels with so many weights, each used everywhere."""
    axes = _axes(config, before)
    sides = slid(axes, "kernel")
    biases = channels * config["use_bias"]
    return Effect((*sides, channels), weights, biases, macs=prod(sides) * weights, axes=axes)


def _separable_conv2d(config: Config, before: Shape) -> Effect:
    depthwise = _depthwise_conv2d(config, before)
    *sides, made = depthwise.output_shape
    filters = config["filters"]
    return Effect(
        (*sides, filters),
        depthwise.weights + made * filters,
        filters * config["use_bias"],
        macs=depthwise.macs + prod(sides) * made * filters,
        axes=depthwise.axes,
    )


def label_of(word: str) -> Callable[[Config], str]:
    """Return the function that gives a word and the size of the kernel."""
    return lambda config: f"{word} {'×'.join(map(str, config['kernel_size']))}"


def _kernel(config: Config) -> str:
    return "·".join(map(str, config["kernel_size"]))


def _one_more(effect: Effect) -> str:
    return " + 1" if effect.biases else ""


def _maps_of_filters(config: Config, before: Shape, effect: Effect) -> Said:
    return Said("filters", f"{config['filters']:,}", "Every filter makes one map, whatever it reads.")


def _maps_of_channels(config: Config, before: Shape, effect: Effect) -> Said:
    multiplier = config["depth_multiplier"]
    words = f"Each of the {before[-1]:,} maps is filtered by itself, {multiplier:,} × each."
    return Said("channels · depth_multiplier", f"{before[-1]:,} · {multiplier:,}", words)


def _conv2d_weights(config: Config, before: Shape, effect: Effect) -> Said:
    channels, filters = before[-1], config["filters"]
    words = f"Each of the {filters:,} filters reads a window through all {channels:,} channels."
    return Said(f"{SIDES} · filters", product((*config["kernel_size"], channels, filters)), words)


def _conv2d_params(config: Config, before: Shape, effect: Effect) -> str:
    return f"({_kernel(config)}·{before[-1]}{_one_more(effect)})·{config['filters']}"


def _depthwise_weights(config: Config, before: Shape, effect: Effect) -> Said:
    values = product((*config["kernel_size"], before[-1], config["depth_multiplier"]))
    words = "Every channel has kernels of its own; nothing is added across channels."
    return Said(f"{SIDES} · depth_multiplier", values, words)


def _separable_weights(config: Config, before: Shape, effect: Effect) -> Said:
    depthwise = _depthwise_weights(config, before, effect)
    mixed = product((before[-1] * config["depth_multiplier"], config["filters"]))
    words = "First every channel is filtered by itself, then 1 × 1 kernels mix the channels."
    formula = f"{depthwise.formula} + channels · depth_multiplier · filters"
    return Said(formula, f"{depthwise.values} + {mixed}", words)


def _separable_params(config: Config, before: Shape, effect: Effect) -> str:
    made = before[-1] * config["depth_multiplier"]
    return f"{_kernel(config)}·{made} + ({made}{_one_more(effect)})·{config['filters']}"


def _conv2d_params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    kernel, channels, filters = prod(config["kernel_size"]), before[-1], config["filters"]
    if effect.biases:
        yield a_slip("forgot the bias", effect.weights, f"Each of the {filters} filters has a bias too: + {filters}.")
        yield a_slip("one bias", effect.weights + 1, f"Each of the {filters} filters has a bias of its own.")
        each = "A filter has one bias, not one for each channel it reads."
        yield a_slip("a bias for each channel", (kernel + 1) * channels * filters, each)
        yield a_slip("bias of the input", effect.weights + channels, "Biases belong to the output channels.")
    else:
        yield a_slip("added a bias", effect.weights + filters, "use_bias is off: there is none here.")
    for name, count, said in (
        ("forgot the input channels", kernel * filters, f"A filter reads all {channels} input channels."),
        (
            "counted the input channels twice",
            kernel * channels * channels * filters,
            f"The {channels} input channels count once in each filter.",
        ),
        ("one filter", kernel * channels, f"That is one filter; there are {filters}."),
        (
            "one side of the kernel",
            config["kernel_size"][0] * channels * filters,
            "A kernel has height · width weights for each channel.",
        ),
    ):
        yield a_slip(name, count + effect.biases, said)
        yield a_slip(name, count, said)
        yield a_slip(name, count + 1, said)
    places, shared = prod(effect.output_shape[:-1]), "The same filter is used at every position: count it once."
    yield a_slip("no sharing", (effect.weights + effect.biases) * places, shared)
    yield a_slip("no sharing", effect.weights * places, shared)


def _depthwise_params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    yield from bias_slips(config, before, effect)
    joined = prod(config["kernel_size"]) * before[-1] * effect.output_shape[-1]
    said = "Here a channel's kernel does not read the other channels."
    yield a_slip("as Conv2D", joined + effect.biases, said)
    yield a_slip("as Conv2D", joined, said)


def _kernels_of_filters(config: Config, before: Shape) -> str:
    return f"{config['filters']} kernels of {' × '.join(map(str, (*config['kernel_size'], before[-1])))}"


def _kernels_of_channels(config: Config, before: Shape) -> str:
    return f"kernels of {' × '.join(map(str, config['kernel_size']))}, one a channel"


FIXED = CHANNELS_LAST | biased()
WINDOWED: dict[str, Any] = {
    "axes": _axes,
    "takes": "a convolution",
    "size": "kernel_size",
    "mode": "sum",
    "linear": True,
    # TensorFlow 2.21 crashes natively on the gradient of a 1 × 1 kernel with strides: on large maps also if it is
    # transposed, or works on each channel by itself and there is a single one.
    "crashes": lambda config: tuple(config["kernel_size"]) == (1, 1) and max(config["strides"]) >= 2,
    "side": window_side("kernel_size"),
    "shape": shape_in_short,
    "shape_slips": window_slips,
}

OF_FILTERS: dict[str, Any] = {
    "sample": {"filters": 32, "kernel_size": 3},
    "kernels": ("kernel",),
    "exclusive": ("strides", "dilation_rate"),
    "joins": True,
    "last": _maps_of_filters,
    "weights": _conv2d_weights,
    "params": _conv2d_params,
    "closer": _kernels_of_filters,
    "params_slips": _conv2d_params_slips,
}
"""What convolutions have in common whose kernels read all channels."""

KINDS = (
    Kind(
        "Conv2D",
        "conv2d",
        "convolution",
        FILTERS | WINDOW | OUTPUT,
        _conv2d,
        label_of("conv"),
        fixed=FIXED | weighted("kernel") | {"groups": 1},
        **OF_FILTERS,
        **WINDOWED,
    ),
    Kind(
        "DepthwiseConv2D",
        "depthwise_conv2d",
        "convolution",
        WINDOW | MULTIPLIER | OUTPUT,
        _depthwise_conv2d,
        label_of("depthwise"),
        sample={"kernel_size": 3},
        fixed=FIXED | weighted("depthwise"),
        kernels=("depthwise",),
        last=_maps_of_channels,
        weights=_depthwise_weights,
        params=lambda config, before, effect: f"({_kernel(config)}{_one_more(effect)})·{effect.output_shape[-1]}",
        closer=_kernels_of_channels,
        note="A depthwise convolution looks at one input channel only.",
        params_slips=_depthwise_params_slips,
        **WINDOWED,
    ),
    Kind(
        "SeparableConv2D",
        "separable_conv2d",
        "convolution",
        FILTERS | WINDOW | MULTIPLIER | OUTPUT,
        _separable_conv2d,
        label_of("separable"),
        sample={"filters": 32, "kernel_size": 3},
        fixed=FIXED | weighted("depthwise", "pointwise"),
        kernels=("depthwise", "pointwise"),
        joins=True,
        last=_maps_of_filters,
        weights=_separable_weights,
        params=_separable_params,
        closer=_kernels_of_channels,
        note="Its depthwise kernel and the pointwise weight of each channel are multiplied to one kernel.",
        params_slips=_depthwise_params_slips,
        **WINDOWED,
    ),
)
