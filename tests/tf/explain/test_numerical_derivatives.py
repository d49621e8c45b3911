"""Gradients are what moving the picture a little gives, in double precision."""

import random
from collections.abc import Iterator

import keras
import numpy as np
import pytest

from cnnlab.core.explain.asked import Target
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.tf.build import build_model
from cnnlab.tf.explain.score import Scorer
from cnnlab.tf.inside.maps import Plain

STEP = 1e-5


@pytest.fixture
def _doubles() -> Iterator[None]:
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy("float32")


def smooth_network(seed: int) -> Network:
    """Return a random network without a kink."""
    rng = random.Random(seed)
    layers = []
    for _ in range(rng.randint(1, 3)):
        smooth = {"activation": rng.choice(("tanh", "sigmoid", "linear")), "padding": rng.choice(("same", "valid"))}
        more = {"kernel_size": rng.choice((2, 3)), "strides": rng.choice((1, 2))}
        layers += rng.choice(
            (
                [Layer.make("Conv2D", filters=rng.randint(1, 4), **smooth, **more)],
                [Layer.make("DepthwiseConv2D", depth_multiplier=rng.randint(1, 2), **smooth, **more)],
                [Layer.make("Conv2D", filters=3, kernel_size=2, **smooth), Layer.make("AveragePooling2D", pool_size=2)],
                [Layer.make("Conv2D", filters=2, kernel_size=3, **smooth), Layer.make("BatchNormalization")],
            )
        )
    end = rng.choice(("softmax", "sigmoid"))
    return Network((11, 13, 2), (*layers, Layer.make("Flatten"), Layer.make("Dense", units=2, activation=end)))


@pytest.mark.usefixtures("_doubles")
@pytest.mark.parametrize("seed", range(6))
def test_the_gradient_of_a_random_network_is_a_numerical_derivative(seed: int) -> None:
    network, rng = smooth_network(seed), np.random.default_rng(seed)
    built = Plain(network, build_model(network, seed))
    scorer, picture = Scorer(built, Target(1)), rng.uniform(size=network.input_shape)
    direction = rng.normal(size=network.input_shape)
    moved = np.stack([picture + STEP * direction, picture - STEP * direction])
    scores, _ = scorer.scores(moved)
    found = scorer.gradients(picture[None])
    assert found.values.dtype == np.float64
    assert (found.values[0] * direction).sum() == pytest.approx((scores[0] - scores[1]) / (2 * STEP), rel=1e-6)
    maps = [i for i, row in enumerate(trace(network)) if len(row.output_shape) == 3]
    inner = scorer.gradients(picture[None], maps[-1])
    # What reaches the maps of the last layer, moved by hand: the rest of the network is a flattened dense layer.
    kernel = built.layers[-1].kernel.numpy()[:, 1].reshape(inner.values.shape[1:])
    np.testing.assert_allclose(inner.values[0], kernel, rtol=1e-9)
