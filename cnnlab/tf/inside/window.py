"""Take one output channel of a convolution or pooling layer apart, as Keras computes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import keras
import numpy as np
import numpy.typing as npt

Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Kernel:
    """Hold the kernel (height, width, channels) that meets the input channels from `first` on, and the bias."""

    values: Maps
    first: int
    bias: float


def take_apart(
    layer: keras.layers.Layer,
    value: keras.KerasTensor,
    following: Sequence[keras.layers.Layer],
    channel: int,
    first: int,
    most: int,
) -> tuple[dict[str, object], list[Maps]]:
    """Return the first input channel that is held, the bias and the norms, and the arrays of one output channel.

    `layer` is a convolution or pooling layer of any model, `value` its input with a batch of one, `following` the
    layers behind it whose maps are wanted. Input channels are held from `first` on, as many as have
    at most `most` numbers together, one at least. The arrays are float32: the held inputs (height, width, channels),
    their kernel (kernel height, kernel width, channels; empty for pooling), what all other input channels
    contribute (height, width), the sum with the bias before any activation, and the map after the layer's own
    activation and after each of `following`, of which each has what it normalizes with, or None.
    """
    pools = not hasattr(layer, "kernel_size")
    kernel = Kernel(np.zeros((0, 0, 1), np.float32), channel, 0.0) if pools else _kernel(layer, channel)
    height, width, _ = value.shape[1:]
    channels = 1 if pools else kernel.values.shape[2]
    count = max(1, min(channels, most // max(height * width, prod(kernel.values.shape[:2]))))
    begin = min(max(first - kernel.first, 0), channels - count)
    held = slice(kernel.first + begin, kernel.first + begin + count)
    meets = slice(kernel.first, kernel.first + channels)
    rest = kernel.values.copy()
    rest[:, :, begin : begin + count] = 0
    after = layer(value, training=False)
    if pools:
        others, before = np.zeros(after.shape[1:3], np.float32), after.numpy()[0, :, :, channel]
    else:
        others = _convolve(layer, value[..., meets], rest) if count < channels else np.zeros(after.shape[1:3])
        before = _linear(layer, value)[0, :, :, channel]
    arrays = [value.numpy()[0, :, :, held], kernel.values[:, :, begin : begin + count], others, before]
    arrays.append(after.numpy()[0, :, :, channel])
    for each in following:
        after = each(after, training=False)
        arrays.append(after.numpy()[0, :, :, channel])
    facts = {"first": held.start, "bias": kernel.bias, "norms": [normalization(each, channel) for each in following]}
    return facts, [np.ascontiguousarray(a, np.float32) for a in arrays]


def normalization(layer: keras.layers.Layer, channel: int) -> dict[str, float] | None:
    """Return what batch normalization does with a channel when predicting: γ (x − μ) / √(σ² + ε) + β; None for others.

    Without scale γ is 1, without center β is 0, as in Keras.
    """
    if not isinstance(layer, keras.layers.BatchNormalization):
        return None
    parts = {"gamma": layer.gamma, "beta": layer.beta, "mean": layer.moving_mean, "variance": layer.moving_variance}
    absent = {"gamma": 1.0, "beta": 0.0}
    values = {name: absent[name] if part is None else float(part.numpy()[channel]) for name, part in parts.items()}
    return values | {"epsilon": float(layer.epsilon)}


def _kernel(layer: keras.layers.Layer, channel: int) -> Kernel:
    """Return the weights behind one output channel; those of a separable convolution multiplied out.

    In a grouped convolution an output channel meets the input channels of its group alone.
    """
    bias = float(layer.bias.numpy()[channel]) if layer.use_bias else 0.0
    if isinstance(layer, keras.layers.SeparableConv2D):
        depthwise, pointwise = layer.depthwise_kernel.numpy(), layer.pointwise_kernel.numpy()
        each = pointwise[0, 0, :, channel].reshape(depthwise.shape[2:])
        return Kernel((depthwise * each).sum(axis=3), 0, bias)
    kernel = layer.kernel.numpy()
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        seen, multiple = divmod(channel, kernel.shape[3])
        return Kernel(kernel[:, :, seen : seen + 1, multiple], seen, bias)
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return Kernel(kernel[::-1, ::-1, channel], 0, bias)  # as one output meets it
    group = channel // (kernel.shape[3] // layer.groups)
    return Kernel(kernel[:, :, :, channel], group * kernel.shape[2], bias)


def _convolve(layer: keras.layers.Layer, value: keras.KerasTensor, kernel: Maps) -> Maps:
    """Return (height, width): the layer's convolution with another kernel, without bias."""
    if isinstance(layer, keras.layers.Conv2DTranspose):
        options = {"output_padding": layer.output_padding, "dilation_rate": layer.dilation_rate}
        laid = kernel[::-1, ::-1, None]
        return keras.ops.conv_transpose(value, laid, layer.strides, layer.padding, **options).numpy()[0, :, :, 0]
    # Depthwise and summed, because Keras' own convolution refuses strides together with dilation.
    each = keras.ops.depthwise_conv(
        value, kernel[..., None], strides=layer.strides, padding=layer.padding, dilation_rate=layer.dilation_rate
    )
    return keras.ops.sum(each, axis=-1).numpy()[0]


def _linear(layer: keras.layers.Layer, value: keras.KerasTensor) -> Maps:
    """Return the layer's output before its activation, with the batch."""
    activation, layer.activation = layer.activation, keras.activations.linear
    try:
        return layer(value, training=False).numpy()
    finally:
        layer.activation = activation
