"""Measure whether the moving averages of batch normalization lag: training pictures, answered both ways."""

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.tf.data.batches import Batches

COMPARED = 64  # training pictures
AT_ONCE = 16  # of them, spread over all of them: the maps of all would take more memory than a step of the training


class Lag:
    """Count right answers to a few fixed training pictures, without augmentation; it changes nothing of the model."""

    def __init__(self, training: Batches) -> None:
        chosen = np.unique(np.linspace(0, len(training.images) - 1, COMPARED).astype(int))
        self._pictures = training.images[chosen].astype(np.float32) * np.float32(training.augmentation.rescale)
        self._labels = training.labels[chosen].astype(np.int64).ravel()

    def measured(self, model: keras.Model) -> dict[str, int]:
        """Return the number of pictures, and how many are right by moving averages and by their own statistics."""
        if not any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers):
            return {}
        by_moving = by_own = 0
        parts = max(1, len(self._labels) // AT_ONCE)
        for first in range(parts):
            pictures, labels = self._pictures[first::parts], self._labels[first::parts]
            by_moving += int(np.sum(_classes_of(np.asarray(model(pictures, training=False))) == labels))
            by_own += int(np.sum(_classes_of(by_own_statistics(model, pictures)) == labels))
        return {"compared": len(self._labels), "right_by_moving": by_moving, "right_by_own": by_own}


def _classes_of(output: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return the class that each row of a network's output (n, 1) or (n, classes) gives, as Keras' metrics do."""
    given = output[:, 0] > 0.5 if output.shape[-1] == 1 else np.argmax(output, axis=-1)
    return np.asarray(given, np.int64)


def by_own_statistics(model: keras.Model, pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the output for pictures (n, height, width, channels) when batch normalization uses their own statistics.

    All else is as when predicting, and the moving averages stay as they are.
    """
    value = keras.ops.convert_to_tensor(pictures)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            mean, variance = keras.ops.moments(value, axes=tuple(range(len(value.shape) - 1)))
            value = keras.ops.batch_normalization(
                value, mean, variance, axis=-1, offset=layer.beta, scale=layer.gamma, epsilon=layer.epsilon
            )
        elif not isinstance(layer, keras.layers.InputLayer):
            value = layer(value, training=False)
    return np.asarray(value.numpy())
