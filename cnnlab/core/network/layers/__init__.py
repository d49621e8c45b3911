"""Know every kind of layer: its options with Keras' defaults, and what it does to a tensor.

Each rule is a pure function from options and an input shape to an `Effect`. The formulas are those of
Keras 3 (`keras/src/ops/operation_utils.py`: `compute_conv_output_shape`, `compute_pooling_output_shape`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

Shape = tuple[int, ...]
Config = Mapping[str, Any]

ACTIVATIONS = ("relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "linear")


class LayerError(ValueError):
    """Say in one sentence, with the arithmetic, why a layer cannot take its input."""


@dataclass(frozen=True)
class Option:
    """Describe one argument of a layer: its form (`int`, `pair`, `sides`, `float`, `bool`, `text`) and default."""

    form: str
    default: Any = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """Tell what a layer does to one tensor.

    `output_shape` is without the batch. `weights` and `biases` are trained, `non_trainable` are not.
    `macs` counts multiply-adds for batch 1, without bias. `window` and `strides` are (height, width) in
    positions of the layer's input (dilation counted in); None means that one output sees the whole input.
    """

    output_shape: Shape
    weights: int = 0
    biases: int = 0
    non_trainable: int = 0
    macs: int = 0
    window: tuple[int, int] | None = (1, 1)
    strides: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Kind:
    """Describe a class of layers: Keras' class name, its automatic name, its options and its rule."""

    class_name: str
    auto_name: str
    options: Mapping[str, Option]
    apply: Callable[[Config, Shape], Effect]


def _spatial(shape: Shape, what: str) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise LayerError(
            f"{what} needs an input of height × width × channels, but receives the vector {shape}; "
            "put it before Flatten or global pooling."
        )
    return shape[0], shape[1], shape[2]


def _positive(config: Config, *names: str) -> None:
    for name in names:
        value = config[name]
        if any(v < 1 for v in (value if isinstance(value, tuple) else (value,))):
            shown = " × ".join(map(str, value)) if isinstance(value, tuple) else value
            raise LayerError(f"{name} must be at least 1, but is {shown}.")


def _known_activation(config: Config) -> None:
    if config["activation"] not in ACTIVATIONS:
        raise LayerError(f"activation must be one of {', '.join(ACTIVATIONS)}, not {config['activation']!r}.")


def _signed(n: int) -> str:
    """Return a number with a true minus sign, as the arithmetic around it has."""
    return f"{n}".replace("-", "−")


def _length(n: int, window: int, stride: int, padding: str, axis: str, what: str) -> int:
    """Return the positions a window takes along one axis: floor((n - window) / stride) + 1, or ceil(n / stride)."""
    if padding == "same":
        return -(-n // stride)
    positions = (n - window) // stride + 1
    if positions < 1:
        sum_ = f"{n} − {window} + 1" if stride == 1 else f"floor(({n} − {window}) / {stride}) + 1"
        raise LayerError(f"the {what} is larger than its input: along the {axis}, {sum_} = {_signed(positions)}.")
    return positions


def _slide(
    config: Config, shape: Shape, size: str, what: str, dilation: tuple[int, int] = (1, 1)
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the output (height, width) of a sliding window and the window itself, dilation counted in."""
    if config["padding"] not in ("valid", "same"):
        raise LayerError(f"padding must be 'valid' or 'same', not {config['padding']!r}.")
    window = tuple((k - 1) * d + 1 for k, d in zip(config[size], dilation, strict=True))
    name = f"{what} ({config[size][0]} × {config[size][1]})"
    if window != config[size]:
        name = f"{name}, dilated to {window[0]} × {window[1]},"
    out = tuple(
        _length(n, k, s, config["padding"], axis, name)
        for n, k, s, axis in zip(shape, window, config["strides"], ("height", "width"), strict=False)
    )
    return (out[0], out[1]), (window[0], window[1])


def _conv2d(config: Config, shape: Shape) -> Effect:
    channels = _spatial(shape, "a convolution")[2]
    _positive(config, "filters", "kernel_size", "strides", "dilation_rate")
    if max(config["strides"]) > 1 and max(config["dilation_rate"]) > 1:
        raise LayerError("Conv2D takes strides above 1 or dilation_rate above 1, not both; set one of them to 1.")
    filters = config["filters"]
    return _convolve(config, shape, filters, prod(config["kernel_size"]) * channels * filters)


def _depthwise_conv2d(config: Config, shape: Shape) -> Effect:
    channels = _spatial(shape, "a convolution")[2]
    _positive(config, "kernel_size", "strides", "dilation_rate", "depth_multiplier")
    made = channels * config["depth_multiplier"]
    return _convolve(config, shape, made, prod(config["kernel_size"]) * made)


def _convolve(config: Config, shape: Shape, channels: int, weights: int) -> Effect:
    """Return the effect of a convolution that makes so many channels with so many weights, each used everywhere."""
    _known_activation(config)
    (height, width), window = _slide(config, shape, "kernel_size", "kernel", config["dilation_rate"])
    return Effect(
        (height, width, channels),
        weights=weights,
        biases=channels * config["use_bias"],
        macs=height * width * weights,
        window=window,
        strides=config["strides"],
    )


def _separable_conv2d(config: Config, shape: Shape) -> Effect:
    _positive(config, "filters")
    depthwise = _depthwise_conv2d({**config, "use_bias": False}, shape)
    height, width, made = depthwise.output_shape
    filters = config["filters"]
    return Effect(
        (height, width, filters),
        weights=depthwise.weights + made * filters,
        biases=filters * config["use_bias"],
        macs=depthwise.macs + height * width * made * filters,
        window=depthwise.window,
        strides=depthwise.strides,
    )


def _pooling(config: Config, shape: Shape) -> Effect:
    _, _, channels = _spatial(shape, "pooling")
    _positive(config, "pool_size", "strides")
    (height, width), window = _slide(config, shape, "pool_size", "pool")
    return Effect((height, width, channels), window=window, strides=config["strides"])


def _zero_padding2d(config: Config, shape: Shape) -> Effect:
    height, width, channels = _spatial(shape, "ZeroPadding2D")
    (top, bottom), (left, right) = config["padding"]
    if min(top, bottom, left, right) < 0:
        raise LayerError(f"padding must be 0 or more on every side, but is {config['padding']}.")
    return Effect((height + top + bottom, width + left + right, channels))


def _global_pooling(config: Config, shape: Shape) -> Effect:
    channels = _spatial(shape, "global pooling")[2]
    return Effect((1, 1, channels) if config["keepdims"] else (channels,), window=None)


def _flatten(config: Config, shape: Shape) -> Effect:
    return Effect((prod(shape),), window=None)


def _dense(config: Config, shape: Shape) -> Effect:
    _positive(config, "units")
    _known_activation(config)
    units = config["units"]
    weights = shape[-1] * units
    return Effect(
        (*shape[:-1], units),
        weights=weights,
        biases=units * config["use_bias"],
        macs=prod(shape[:-1]) * weights,
        window=None,
    )


def _batch_normalization(config: Config, shape: Shape) -> Effect:
    channels = shape[-1]
    return Effect(
        shape,
        weights=channels * config["scale"],
        biases=channels * config["center"],
        non_trainable=2 * channels,
    )


def _activation(config: Config, shape: Shape) -> Effect:
    _known_activation(config)
    return Effect(shape)


def _dropout(config: Config, shape: Shape) -> Effect:
    if not 0 <= config["rate"] <= 1:
        raise LayerError(f"rate must lie between 0 and 1, but is {config['rate']}.")
    return Effect(shape)


_WINDOW = {
    "kernel_size": Option("pair", required=True),
    "strides": Option("pair", (1, 1)),
    "padding": Option("text", "valid"),
    "dilation_rate": Option("pair", (1, 1)),
}
_OUTPUT = {"activation": Option("text", "linear"), "use_bias": Option("bool", True)}
_MULTIPLIER = {"depth_multiplier": Option("int", 1)}
_FILTERS = {"filters": Option("int", required=True)}
_POOL = {"strides": Option("pair"), "padding": Option("text", "valid")}

KERNELS: Mapping[str, tuple[str, ...]] = {
    "Conv2D": ("kernel",),
    "DepthwiseConv2D": ("depthwise",),
    "SeparableConv2D": ("depthwise", "pointwise"),
    "Dense": ("kernel",),
}
"""The kernels of every class that has some, as Keras begins the names of their arguments."""

KINDS: Mapping[str, Kind] = {
    kind.class_name: kind
    for kind in (
        Kind("Conv2D", "conv2d", _FILTERS | _WINDOW | _OUTPUT, _conv2d),
        Kind("DepthwiseConv2D", "depthwise_conv2d", _WINDOW | _MULTIPLIER | _OUTPUT, _depthwise_conv2d),
        Kind(
            "SeparableConv2D",
            "separable_conv2d",
            _FILTERS | _WINDOW | _MULTIPLIER | _OUTPUT,
            _separable_conv2d,
        ),
        Kind("MaxPooling2D", "max_pooling2d", {"pool_size": Option("pair", (2, 2))} | _POOL, _pooling),
        Kind(
            "AveragePooling2D",
            "average_pooling2d",
            {"pool_size": Option("pair", required=True)} | _POOL,
            _pooling,
        ),
        Kind("ZeroPadding2D", "zero_padding2d", {"padding": Option("sides", ((1, 1), (1, 1)))}, _zero_padding2d),
        Kind(
            "GlobalAveragePooling2D",
            "global_average_pooling2d",
            {"keepdims": Option("bool", False)},
            _global_pooling,
        ),
        Kind("GlobalMaxPooling2D", "global_max_pooling2d", {"keepdims": Option("bool", False)}, _global_pooling),
        Kind("Flatten", "flatten", {}, _flatten),
        Kind("Dense", "dense", {"units": Option("int", required=True)} | _OUTPUT, _dense),
        Kind("Activation", "activation", {"activation": Option("text", required=True)}, _activation),
        Kind("Dropout", "dropout", {"rate": Option("float", required=True)}, _dropout),
        Kind(
            "BatchNormalization",
            "batch_normalization",
            {
                "momentum": Option("float", 0.99),
                "epsilon": Option("float", 0.001),
                "center": Option("bool", True),
                "scale": Option("bool", True),
            },
            _batch_normalization,
        ),
    )
}
