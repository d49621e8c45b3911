"""The loss and the gradient on the activation bench are Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.inside.output_loss import ACTIVATIONS, LOGITS, output_loss


@pytest.mark.parametrize("true_class", [0, 1])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_place_of_the_slider_equals_keras(activation: str, true_class: int) -> None:
    logits = tf.constant(LOGITS[:, None])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        output = keras.activations.get(activation)(logits)
        loss = keras.losses.binary_crossentropy(tf.fill(logits.shape, np.float32(true_class)), output)
    gradient = tape.gradient(loss, logits)
    ours = output_loss(LOGITS, activation, true_class)
    np.testing.assert_allclose(ours.output, output.numpy()[:, 0], rtol=1e-5)
    np.testing.assert_allclose(ours.loss, loss.numpy(), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ours.gradient, gradient.numpy()[:, 0], rtol=1e-4, atol=1e-5)


def test_the_known_numbers_of_a_confident_mistake() -> None:
    at = int(np.flatnonzero(np.float32(-3) == LOGITS)[0])
    sigmoid, relu = (output_loss(LOGITS, activation, 1) for activation in ACTIVATIONS)
    assert sigmoid.loss[at] == pytest.approx(3.0486, abs=5e-5)
    assert sigmoid.gradient[at] == pytest.approx(-0.9526, abs=5e-5)
    assert relu.loss[at] == pytest.approx(16.1181, abs=5e-5)
    assert relu.gradient[at] == 0
