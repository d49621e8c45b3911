"""Write the arithmetic behind a row of the trace, with the network's own numbers put in."""

from math import prod

from cnnlab.core.network import Layer
from cnnlab.core.shapes import MOST_NUMBERS, Row


def describe_shape(shape: tuple[int, ...]) -> str:
    """Return a shape without the batch as people write it: 148 × 148 × 32."""
    return " × ".join(f"{n:,}" for n in shape)


BYTES_PER_NUMBER = 4  # float32


def activation_bytes(row: Row, batch_size: int) -> int:
    """Return how many bytes the output of a layer takes as float32, for a batch of so many pictures."""
    return batch_size * prod(row.output_shape) * BYTES_PER_NUMBER


def describe_bytes(count: int) -> str:
    """Return bytes in the unit that fits: 512 B, 13.7 KiB, 42.8 MiB."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 2**10:,.1f} KiB" if count < 2**20 else f"{count / 2**20:,.1f} MiB"


def describe_pair(pair: tuple[int, int]) -> str:
    """Return (height, width) as 3 × 3."""
    return " × ".join(str(n) if n <= MOST_NUMBERS else "over 10¹⁵" for n in pair)


def short_label(layer: Layer) -> str:
    """Return a few letters that tell a layer and its main number: conv 3×3, relu, pool 2×2, dense 64."""
    config = layer.config
    if layer.class_name in _WINDOWED:
        word, option = _WINDOWED[layer.class_name]
        return f"{word} {config[option][0]}×{config[option][1]}"
    if layer.class_name == "Activation":
        return str(config["activation"])
    if layer.class_name == "Dense":
        return f"dense {config['units']}"
    if layer.class_name == "Dropout":
        return f"dropout {config['rate']:g}"
    return _WORDS[layer.class_name]


_WINDOWED = {
    "Conv2D": ("conv", "kernel_size"),
    "DepthwiseConv2D": ("depthwise", "kernel_size"),
    "SeparableConv2D": ("separable", "kernel_size"),
    "MaxPooling2D": ("max pool", "pool_size"),
    "AveragePooling2D": ("avg pool", "pool_size"),
}
_WORDS = {
    "GlobalAveragePooling2D": "global avg",
    "GlobalMaxPooling2D": "global max",
    "ZeroPadding2D": "padding",
    "Flatten": "flatten",
    "BatchNormalization": "batch norm",
}


def shape_formula(layer: Layer, row: Row) -> str:
    """Return why the output has its height and width, or its length; empty where the shape does not change."""
    if layer.class_name == "Flatten" and len(row.input_shape) == 3:
        return f"{' · '.join(map(str, row.input_shape))} = {row.output_shape[0]:,}"
    size = "kernel_size" if "kernel_size" in layer.config else "pool_size"
    if size not in layer.config:
        return ""
    dilation = layer.config.get("dilation_rate", (1, 1))
    axes = [
        _axis_formula(n, k, d, s, layer.config["padding"], out)
        for n, k, d, s, out in zip(
            row.input_shape, layer.config[size], dilation, layer.config["strides"], row.output_shape, strict=False
        )
    ][:2]
    return axes[0] if axes[0] == axes[1] else f"{axes[0]}, {axes[1]}"


def _axis_formula(n: int, k: int, dilation: int, stride: int, padding: str, out: int) -> str:
    window = (k - 1) * dilation + 1
    if padding == "same":
        return f"⌈{n} / {stride}⌉ = {out}"
    if stride == window and window > 1:
        return f"⌊{n} / {stride}⌋ = {out}"
    if stride > 1:
        return f"⌊({n} − {window}) / {stride}⌋ + 1 = {out}"
    return f"{n} − {window} + 1 = {out}"


def params_formula(layer: Layer, row: Row) -> str:
    """Return how the parameters are counted: (3·3·3 + 1)·32; empty for a layer without any."""
    if not row.params:
        return ""
    channels, config = row.input_shape[-1], layer.config
    bias = " + 1" if row.biases else ""
    if layer.class_name == "Conv2D":
        return f"({_kernel(layer)}·{channels}{bias})·{config['filters']}"
    if layer.class_name == "Dense":
        return f"({channels:,}{bias})·{config['units']}"
    if layer.class_name == "DepthwiseConv2D":
        return f"({_kernel(layer)}{bias})·{channels * config['depth_multiplier']}"
    if layer.class_name == "SeparableConv2D":
        made = channels * config["depth_multiplier"]
        return f"{_kernel(layer)}·{made} + ({made}{bias})·{config['filters']}"
    return f"{row.params // channels}·{channels}"


def _kernel(layer: Layer) -> str:
    return "·".join(map(str, layer.config["kernel_size"]))


def signed(value: float, form: str = ".2f") -> str:
    """Return a number in a format of Python's, with a minus sign and not a hyphen."""
    return format(value, form).replace("-", "−")


def metric_text(value: float | None, form: str) -> str:
    """Return a metric as text; the record holds None for what was infinite or not a number."""
    return "not a number" if value is None else format(value, form)
