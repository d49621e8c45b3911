"""Build the Keras model of a network: same layers, same order, same names."""

import keras

from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names, trace


def build_model(network: Network, seed: int | None = None) -> keras.Model:
    """Return a built, uncompiled `keras.Sequential` of the network.

    With a seed the initial weights are the same every time. Raises `InvalidNetwork` for an impossible network.
    """
    trace(network)
    if seed is not None:
        keras.utils.set_random_seed(seed)
    layers = [
        getattr(keras.layers, layer.class_name)(name=name, **layer.config)
        for layer, name in zip(network.layers, layer_names(network), strict=True)
    ]
    return keras.Sequential([keras.Input(network.input_shape), *layers])
