"""One sigmoid unit with the difference of two softmax units' weights predicts the same in Keras."""

import keras
import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.core.network.head import sigmoid, softmax, with_head
from cnnlab.tf.build import build_model


def test_both_heads_of_the_posts_network_predict_the_same() -> None:
    one = Network.seed().with_image_size(32, 32)
    two = with_head(one, "softmax")
    pair, single = build_model(two, seed=3), build_model(one, seed=4)
    *body, kernel, bias = pair.get_weights()
    bias = bias + np.float32([0.3, -0.2])
    pair.set_weights([*body, kernel, bias])
    single.set_weights([*body, kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]])
    pictures = np.random.default_rng(0).random((8, 32, 32, 3), dtype=np.float32)
    np.testing.assert_allclose(
        single.predict(pictures, verbose=0)[:, 0], pair.predict(pictures, verbose=0)[:, 1], rtol=1e-5
    )


@pytest.mark.parametrize(("z0", "z1"), [(-1.0, 1.0), (3.5, -2.0), (0.0, 0.0), (8.0, 8.0)])
def test_the_shown_probabilities_are_keras(z0: float, z1: float) -> None:
    theirs = keras.ops.softmax(np.float32([z0, z1])).numpy()
    np.testing.assert_allclose(softmax(z0, z1), theirs, rtol=1e-5)
    np.testing.assert_allclose(sigmoid(z1 - z0), keras.ops.sigmoid(np.float32(z1 - z0)), rtol=1e-5)
