"""Which channels a channel is computed from is what Keras computes it from: a change of any other changes nothing."""

import keras
import numpy as np
import pytest

from cnnlab.core.inside.channel_sources import channel_sources, keeps_channels
from cnnlab.core.network import Layer

LAYERS = [
    Layer.make("Conv2D", filters=5, kernel_size=3),
    Layer.make("DepthwiseConv2D", kernel_size=2, depth_multiplier=2),
    Layer.make("SeparableConv2D", filters=3, kernel_size=2, depth_multiplier=2),
    Layer.make("Conv2DTranspose", filters=3, kernel_size=2),
    Layer.make("Activation", activation="relu"),
    Layer.make("Activation", activation="softmax"),
    Layer.make("MaxPooling2D", pool_size=2),
    Layer.make("AveragePooling2D", pool_size=2),
    Layer.make("GlobalAveragePooling2D"),
    Layer.make("BatchNormalization"),
    Layer.make("LayerNormalization"),
    Layer.make("UpSampling2D", size=2),
    Layer.make("ZeroPadding2D", padding=1),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.class_name)
def test_a_change_of_one_channel_reaches_exactly_the_channels_that_read_it(layer: Layer) -> None:
    made = getattr(keras.layers, layer.class_name).from_config(dict(layer.config))
    rng = np.random.default_rng(0)
    pictures = rng.uniform(0.1, 1, (1, 6, 6, 4)).astype(np.float32)
    made(pictures)
    for weight in made.weights:
        weight.assign(rng.uniform(0.1, 1, weight.shape))
    before = np.asarray(made(pictures))
    for channel in range(4):
        other = pictures.copy()
        other[..., channel] += rng.uniform(0.5, 1, (1, 6, 6))
        moved = np.abs(np.asarray(made(other)) - before).reshape(-1, before.shape[-1]).max(axis=0) > 1e-6
        expected = [channel in channel_sources(layer, 4, out) for out in range(before.shape[-1])]
        assert moved.tolist() == expected


def test_layers_that_keep_the_channels_read_one_each() -> None:
    for layer in LAYERS:
        if keeps_channels(layer):
            assert [list(channel_sources(layer, 4, i)) for i in range(4)] == [[0], [1], [2], [3]]
