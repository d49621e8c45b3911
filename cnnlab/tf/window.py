"""Take one output channel of a convolution or pooling layer apart, as Keras computes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.geometry import POOLS, pointwise_until_pool
from cnnlab.core.network import Network

Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Kernel:
    """Hold the kernel (height, width, channels) that meets the input channels from `first` on, and the bias."""

    values: Maps
    first: int
    bias: float


def take_apart(
    network: Network,
    layers: Sequence[keras.layers.Layer],
    value: keras.KerasTensor,
    index: int,
    channel: int,
    first: int,
    most: int,
) -> tuple[dict[str, object], list[Maps]]:
    """Return the first input channel that is held and the bias, and the arrays of one output channel.

    `value` is the network's input with its batch of one. Input channels are held from `first` on, as many as have
    at most `most` numbers together, one at least. The arrays are float32: the held inputs (height, width, channels),
    their kernel (kernel height, kernel width, channels; empty for pooling), what all other input channels
    contribute (height, width), the sum with the bias before any activation, and the map after the layer's own
    activation and after each layer that follows up to a pooling layer.
    """
    for layer in layers[:index]:
        value = layer(value, training=False)
    layer = layers[index]
    pools = network.layers[index].class_name in POOLS
    kernel = Kernel(np.zeros((0, 0, 1), np.float32), channel, 0.0) if pools else _kernel(layer, channel)
    height, width, _ = value.shape[1:]
    channels = 1 if pools else kernel.values.shape[2]
    count = max(1, min(channels, most // (height * width)))
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
    following, pool = pointwise_until_pool(network, index)
    for position in (*following, *(() if pool is None else (pool,))):
        after = layers[position](after, training=False)
        arrays.append(after.numpy()[0, :, :, channel])
    return {"first": held.start, "bias": kernel.bias}, [np.ascontiguousarray(a, np.float32) for a in arrays]


def _kernel(layer: keras.layers.Layer, channel: int) -> Kernel:
    """Return the weights behind one output channel; those of a separable convolution multiplied out."""
    bias = float(layer.bias.numpy()[channel]) if layer.use_bias else 0.0
    if isinstance(layer, keras.layers.SeparableConv2D):
        depthwise, pointwise = layer.depthwise_kernel.numpy(), layer.pointwise_kernel.numpy()
        each = pointwise[0, 0, :, channel].reshape(depthwise.shape[2:])
        return Kernel((depthwise * each).sum(axis=3), 0, bias)
    kernel = layer.kernel.numpy()
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        seen, multiple = divmod(channel, kernel.shape[3])
        return Kernel(kernel[:, :, seen : seen + 1, multiple], seen, bias)
    return Kernel(kernel[:, :, :, channel], 0, bias)


def _convolve(layer: keras.layers.Layer, value: keras.KerasTensor, kernel: Maps) -> Maps:
    """Return (height, width): the layer's convolution with another kernel, without bias."""
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
