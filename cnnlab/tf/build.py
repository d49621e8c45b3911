"""Build the Keras model of a network: same layers, same order, same names."""

from typing import Any

import keras

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import layer_names, trace


def build_model(network: Network, seed: int | None = None, l2: float = 0.0) -> keras.Model:
    """Return a built, uncompiled `keras.Sequential` of the network.

    With a seed the initial weights are the same every time. With `l2` every kernel has the regularizer
    `keras.regularizers.L2(l2)`, which adds l2 · Σw² to the loss; biases have none. Raises
    `InvalidNetwork` for an impossible network.
    """
    trace(network)
    if seed is not None:
        keras.utils.set_random_seed(seed)
    layers = [
        getattr(keras.layers, layer.class_name)(name=name, **layer.config, **_regularizers(layer, l2))
        for layer, name in zip(network.layers, layer_names(network), strict=True)
    ]
    return keras.Sequential([keras.Input(network.input_shape), *layers])


def _regularizers(layer: Layer, l2: float) -> dict[str, Any]:
    names = layer.kind.kernels if l2 else ()
    return {f"{name}_regularizer": keras.regularizers.L2(l2) for name in names}
