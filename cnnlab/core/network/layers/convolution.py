"""Know the convolutions: a small kernel meets every place of its input."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from cnnlab.core.network.layers.activation import activation_option
from cnnlab.core.network.layers.dense import bias_slips
from cnnlab.core.network.layers.keras_keys import CHANNELS_LAST, biased, weighted
from cnnlab.core.network.layers.kind import Config, Effect, Kind, Said, Shape, Slip, a_slip, axes_of, product
from cnnlab.core.network.layers.option import SIZES, Option
from cnnlab.core.network.layers.window import (
    STRIDES,
    padding_option,
    shape_in_short,
    slid,
    sliding_axes,
    window_side,
    window_slips,
)

LARGEST_KERNEL, LARGEST_DILATION = {1: 40, 2: 15}, {1: 32, 2: 6}
"""How far the sliders go, for layers of so many axes."""


def window_options(rank: int, causal: bool = False) -> dict[str, Option]:
    """Return the options of a kernel that slides along so many axes."""
    form, ones = SIZES[rank], (1,) * rank
    return {
        "kernel_size": Option(form, required=True, least=1, bounds=(1, LARGEST_KERNEL[rank], 1), main=True),
        "strides": Option(form, ones, least=1, bounds=STRIDES),
        "padding": padding_option(any_case=True, causal=causal),
        "dilation_rate": Option(form, ones, least=1, bounds=(1, LARGEST_DILATION[rank], 1)),
    }


OUTPUT = {"activation": activation_option(), "use_bias": Option("bool", True)}
FILTERS = {"filters": Option("int", required=True, least=1, bounds=(1, 128, 1), main=True)}
MULTIPLIER = {"depth_multiplier": Option("int", 1, least=1, bounds=(1, 8, 1))}

_axes = sliding_axes("kernel_size")


def _conv(config: Config, before: Shape) -> Effect:
    filters = config["filters"]
    return _convolve(config, before, filters, prod(config["kernel_size"]) * before[-1] * filters)


def _depthwise_conv(config: Config, before: Shape) -> Effect:
    made = before[-1] * config["depth_multiplier"]
    return _convolve(config, before, made, prod(config["kernel_size"]) * made)


def _convolve(config: Config, before: Shape, channels: int, weights: int) -> Effect:
    """Return the effect of a convolution that makes so many channels with so many weights, each used everywhere."""
    axes = _axes(config, before)
    sides = slid(axes, "kernel")
    biases = channels * config["use_bias"]
    return Effect((*sides, channels), weights, biases, macs=prod(sides) * weights, axes=axes)


def _separable_conv(config: Config, before: Shape) -> Effect:
    depthwise = _depthwise_conv(config, before)
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


def _sides(before: Shape) -> str:
    """Return the sizes of a kernel in names: kernel height · kernel width · channels."""
    return " · ".join((*(f"kernel {name}" for name, *_ in axes_of(before)), "channels"))


def _maps_of_filters(config: Config, before: Shape, effect: Effect) -> Said:
    return Said("filters", f"{config['filters']:,}", "Every filter makes one map, whatever it reads.")


def _maps_of_channels(config: Config, before: Shape, effect: Effect) -> Said:
    multiplier = config["depth_multiplier"]
    words = f"Each of the {before[-1]:,} maps is filtered by itself, {multiplier:,} × each."
    return Said("channels · depth_multiplier", f"{before[-1]:,} · {multiplier:,}", words)


def _conv_weights(config: Config, before: Shape, effect: Effect) -> Said:
    channels, filters = before[-1], config["filters"]
    words = f"Each of the {filters:,} filters reads a window through all {channels:,} channels."
    return Said(f"{_sides(before)} · filters", product((*config["kernel_size"], channels, filters)), words)


def _conv_params(config: Config, before: Shape, effect: Effect) -> str:
    return f"({_kernel(config)}·{before[-1]}{_one_more(effect)})·{config['filters']}"


def _depthwise_weights(config: Config, before: Shape, effect: Effect) -> Said:
    values = product((*config["kernel_size"], before[-1], config["depth_multiplier"]))
    words = "Every channel has kernels of its own; nothing is added across channels."
    return Said(f"{_sides(before)} · depth_multiplier", values, words)


def _separable_weights(config: Config, before: Shape, effect: Effect) -> Said:
    depthwise = _depthwise_weights(config, before, effect)
    mixed = product((before[-1] * config["depth_multiplier"], config["filters"]))
    ones = " × ".join("1" for _ in config["kernel_size"])
    words = f"First every channel is filtered by itself, then kernels of {ones} mix the channels."
    formula = f"{depthwise.formula} + channels · depth_multiplier · filters"
    return Said(formula, f"{depthwise.values} + {mixed}", words)


def _separable_params(config: Config, before: Shape, effect: Effect) -> str:
    made = before[-1] * config["depth_multiplier"]
    return f"{_kernel(config)}·{made} + ({made}{_one_more(effect)})·{config['filters']}"


def _conv_params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    kernel, channels, filters = prod(config["kernel_size"]), before[-1], config["filters"]
    if effect.biases:
        yield a_slip("forgot the bias", effect.weights, f"Each of the {filters} filters has a bias too: + {filters}.")
        yield a_slip("one bias", effect.weights + 1, f"Each of the {filters} filters has a bias of its own.")
        each = "A filter has one bias, not one for each channel it reads."
        yield a_slip("a bias for each channel", (kernel + 1) * channels * filters, each)
        yield a_slip("bias of the input", effect.weights + channels, "Biases belong to the output channels.")
    else:
        yield a_slip("added a bias", effect.weights + filters, "use_bias is off: there is none here.")
    counts = [
        ("forgot the input channels", kernel * filters, f"A filter reads all {channels} input channels."),
        (
            "counted the input channels twice",
            kernel * channels * channels * filters,
            f"The {channels} input channels count once in each filter.",
        ),
        ("one filter", kernel * channels, f"That is one filter; there are {filters}."),
    ]
    if len(config["kernel_size"]) > 1:
        one, area = config["kernel_size"][0], "A kernel has height · width weights for each channel."
        counts.append(("one side of the kernel", one * channels * filters, area))
    for name, count, said in counts:
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
    name = f"as Conv{len(before) - 1}D"
    yield a_slip(name, joined + effect.biases, said)
    yield a_slip(name, joined, said)


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
    "crashes": lambda config: max(config["kernel_size"]) == 1 and max(config["strides"]) >= 2,
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
    "weights": _conv_weights,
    "params": _conv_params,
    "closer": _kernels_of_filters,
    "params_slips": _conv_params_slips,
}
"""What convolutions have in common whose kernels read all channels."""


def _plain(rank: int) -> Kind:
    return Kind(
        f"Conv{rank}D",
        f"conv{rank}d",
        "convolution",
        FILTERS | window_options(rank, causal=rank == 1) | OUTPUT,
        _conv,
        label_of("conv"),
        fixed=FIXED | weighted("kernel") | {"groups": 1},
        rank=rank,
        **OF_FILTERS,
        **WINDOWED,
    )


def _depthwise(rank: int) -> Kind:
    return Kind(
        f"DepthwiseConv{rank}D",
        f"depthwise_conv{rank}d",
        "convolution",
        window_options(rank) | MULTIPLIER | OUTPUT,
        _depthwise_conv,
        label_of("depthwise"),
        sample={"kernel_size": 3},
        fixed=FIXED | weighted("depthwise"),
        rank=rank,
        kernels=("depthwise",),
        last=_maps_of_channels,
        weights=_depthwise_weights,
        params=lambda config, before, effect: f"({_kernel(config)}{_one_more(effect)})·{effect.output_shape[-1]}",
        closer=_kernels_of_channels,
        note="A depthwise convolution looks at one input channel only.",
        params_slips=_depthwise_params_slips,
        **WINDOWED,
    )


def _separable(rank: int) -> Kind:
    return Kind(
        f"SeparableConv{rank}D",
        f"separable_conv{rank}d",
        "convolution",
        FILTERS | window_options(rank) | MULTIPLIER | OUTPUT,
        _separable_conv,
        label_of("separable"),
        sample={"filters": 32, "kernel_size": 3},
        fixed=FIXED | weighted("depthwise", "pointwise"),
        rank=rank,
        kernels=("depthwise", "pointwise"),
        joins=True,
        last=_maps_of_filters,
        weights=_separable_weights,
        params=_separable_params,
        closer=_kernels_of_channels,
        note="Its depthwise kernel and the pointwise weight of each channel are multiplied to one kernel.",
        params_slips=_depthwise_params_slips,
        **WINDOWED,
    )


KINDS = tuple(kind(rank) for rank in (2, 1) for kind in (_plain, _depthwise, _separable))
