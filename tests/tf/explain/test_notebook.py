"""The notebook's drawing is what a plain loop over Keras' own gradients makes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.explain.notebook import shown, start_of
from cnnlab.core.network import Layer, Network
from cnnlab.processes.explain.notebook import draw_like_notebook
from cnnlab.processes.subjects import RandomWeights, Weighted
from cnnlab.tf.build import build_model
from tests.inside_here import InsideHere

NETWORK = Network(
    (14, 13, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=3, activation="relu"),
        Layer.make("Conv2D", filters=9, kernel_size=3),
        Layer.make("Activation", activation="relu"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=1),
    ),
)


def as_in_the_notebook(layer: keras.Model, channel: int) -> tuple[np.ndarray, float] | None:
    picture = tf.constant(start_of(NETWORK.input_shape, channel, 5)[None])
    for _ in range(50):
        with tf.GradientTape() as tape:
            tape.watch(picture)
            loss = tf.reduce_mean(layer(picture)[..., channel])
        gradient = tape.gradient(loss, picture)
        picture += gradient / (tf.sqrt(tf.reduce_mean(tf.square(gradient))) + 1e-7)
        if loss <= 1e-7:
            return None
    return shown(picture.numpy()[0]), float(loss)


def test_it_draws_and_skips_what_a_plain_loop_does() -> None:
    model = build_model(NETWORK, 2)
    layer = keras.Model(model.inputs, model.layers[1].output)
    expected = {channel: as_in_the_notebook(layer, channel) for channel in range(9)}
    *parts, whole = draw_like_notebook(InsideHere(), Weighted(NETWORK, RandomWeights(2)), 1, 5)
    assert whole.share == 1
    assert [part.share for part in parts] == sorted(part.share for part in parts)
    assert set(whole.skipped) == {channel for channel, drawn in expected.items() if drawn is None}
    assert 0 < len(whole.skipped) < 9
    assert whole.losses == tuple(sorted(whole.losses, reverse=True))
    for channel, picture, loss in zip(whole.channels, whole.pictures, whole.losses, strict=True):
        drawn = expected[channel]
        assert drawn is not None
        assert loss == pytest.approx(drawn[1], rel=1e-3)
        assert np.abs(picture.astype(int) - drawn[0]).mean() < 2
    assert whole.faults is not None
    assert [whole.faults.outside, whole.faults.skipped, whole.faults.before_relu] == [1, len(whole.skipped), True]
