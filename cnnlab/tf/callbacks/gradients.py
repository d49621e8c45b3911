"""Measure how strong the gradient is in each layer: on a few fixed pictures, before training and after every epoch."""

import math
from collections.abc import Callable, Mapping

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from cnnlab.runs.record.events import Event
from cnnlab.tf.callbacks.lag import Lag
from cnnlab.tf.data.batches import Batches

MEASURED = 16  # training pictures; the whole measurement costs about as much as one step
AT_ONCE = 4  # of them: what a tape holds of all would take more memory than a step, and TensorFlow gives none back


class MeasureGradients(keras.callbacks.Callback):
    """Write a `gradients` event after every epoch, and with epoch 0 before the first.

    The pictures are the same each time, spread evenly over the training pictures, without augmentation; dropout is
    off, and classes are not weighed. So measuring draws no random number and leaves the training as it was. With batch
    normalization the event also tells whether its averages lag. The first `below` layers, a borrowed trunk, have no
    norm of their own.
    """

    def __init__(self, training: Batches, write: Callable[[Event], None], first_epoch: int = 0, below: int = 0) -> None:
        super().__init__()
        self._below = below
        chosen = np.unique(np.linspace(0, len(training.images) - 1, MEASURED).astype(int))
        self._pictures = training.images[chosen].astype(np.float32) * np.float32(training.augmentation.rescale)
        self._labels = training.labels[chosen]
        self._lag = Lag(training)
        self._write = write
        self._first_epoch = first_epoch

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Measure the untrained network."""
        if self._first_epoch == 0:
            self._measure(0)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Measure the network as the epoch left it."""
        self._measure(epoch + 1)

    def _measure(self, epoch: int) -> None:
        loss, norms = gradient_norms(self.model, self._pictures, self._labels, self._below)
        known = {name: norm if math.isfinite(norm) else None for name, norm in norms.items()}
        event = {"type": "gradients", "epoch": epoch, "pictures": len(self._pictures), "loss": loss, "norms": known}
        self._write(event | self._lag.measured(self.model))


def gradient_norms(
    model: keras.Model, pictures: npt.NDArray[np.float32], labels: npt.NDArray[np.generic], below: int = 0
) -> tuple[float, dict[str, float]]:
    """Return the loss of a compiled model for pictures (n, height, width, channels), and each layer's gradient norm.

    The norm is the square root of the sum of squares over all trainable weights of a layer, as
    `tf.linalg.global_norm` computes it; layers without any are left out. The loss includes the model's penalties.
    """
    layers = [layer for layer in model.layers[below:] if layer.trainable_variables]
    weights = [[variable.value for variable in layer.trainable_variables] for layer in layers]
    parts = [slice(first, first + AT_ONCE) for first in range(0, len(pictures), AT_ONCE)]
    loss, gradients = _of_part(model, weights, pictures[parts[0]], labels[parts[0]], len(pictures))
    for part in parts[1:]:
        more, others = _of_part(model, weights, pictures[part], labels[part], len(pictures))
        loss, gradients = loss + more, tf.nest.map_structure(tf.add, gradients, others)
    norms = [float(tf.linalg.global_norm(of_layer)) for of_layer in gradients]
    return loss, dict(zip((layer.name for layer in layers), norms, strict=True))


def _of_part(
    model: keras.Model,
    weights: list[list[tf.Variable]],
    pictures: npt.NDArray[np.float32],
    labels: npt.NDArray[np.generic],
    count: int,
) -> tuple[float, list[list[tf.Tensor]]]:
    """Return what some of `count` pictures add to the mean loss and to its gradient."""
    with tf.GradientTape() as tape:
        output = model(pictures, training=False)
        loss = tf.reduce_mean(keras.losses.get(model.loss)(labels, output))
        if model.losses:
            loss += tf.add_n(model.losses)
        loss *= len(pictures) / count
    return float(loss), tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
