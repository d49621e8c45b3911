"""Write a network for sequences as one for pictures of height one: the same weights give the same numbers."""

from collections.abc import Iterator
from typing import Any

from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.network import Layer, Network

_SIDES = {"strides": 1, "kernel_size": 1, "dilation_rate": 1, "pool_size": 1, "size": 1}
"""What stands for the height in the options that have a number for each axis."""


def with_height_one(network: Network) -> Network:
    """Return a network (length, channels) as one for pictures (1, length, channels).

    Its weights are those of the other one with an axis of one in front: a kernel (size, channels, filters) becomes
    (1, size, channels, filters). Raises ValueError for a layer that has no sister in two dimensions.
    """
    length, channels = network.input_shape[0], network.input_shape[-1]
    return Network((1, length, channels), tuple(made for layer in network.layers for made in _layers(layer)))


def _layers(layer: Layer) -> Iterator[Layer]:
    if layer.kind.rank != 1:
        yield layer
        return
    class_name = layer.class_name.replace("1D", "2D")
    if class_name not in KINDS:
        raise ValueError(f"{layer.class_name} has no sister for pictures.")
    options = {key: _widened(key, value) for key, value in layer.options}
    if options.get("padding") == "causal":
        before = (layer.config["kernel_size"][0] - 1) * layer.config["dilation_rate"][0]
        yield Layer.make("ZeroPadding2D", padding=((0, 0), (before, 0)))
        options["padding"] = "valid"
    yield Layer.make(class_name, name=layer.name, **options)


def _widened(key: str, value: Any) -> Any:
    if key in _SIDES:
        return (_SIDES[key], value[0] if isinstance(value, tuple) else value)
    return ((0, 0), value) if isinstance(value, tuple) else value
