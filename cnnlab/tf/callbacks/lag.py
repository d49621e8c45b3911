"""Measure whether the moving averages of batch normalization lag: training pictures, answered both ways."""

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.tf.data.batches import Batches

COMPARED = 64  # training pictures


class Lag:
    """Count right answers to a few fixed training pictures, without augmentation; it changes nothing of the model."""

    def __init__(self, training: Batches) -> None:
        chosen = np.unique(np.linspace(0, len(training.images) - 1, COMPARED).astype(int))
        self._pictures = training.images[chosen].astype(np.float32) * np.float32(training.augmentation.rescale)
        self._labels = training.labels[chosen].astype(np.int64).ravel()

    def measured(self, model: keras.Model) -> dict[str, int]:
        """Return the number of pictures, and how many are right by moving averages and by their own statistics."""
        own = by_own_statistics(model, self._pictures)
        if own is None:
            return {}
        moving = np.asarray(model(self._pictures, training=False))
        right = [int(np.sum(_classes_of(output) == self._labels)) for output in (moving, own)]
        return {"compared": len(self._labels), "right_by_moving": right[0], "right_by_own": right[1]}


def _classes_of(output: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return the class that each row of a network's output (n, 1) or (n, classes) gives, as Keras' metrics do."""
    given = output[:, 0] > 0.5 if output.shape[-1] == 1 else np.argmax(output, axis=-1)
    return np.asarray(given, np.int64)


def by_own_statistics(model: keras.Model, pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """Return the output for pictures (n, height, width, channels) when batch normalization uses their own statistics.

    All else is as when predicting, and the moving averages stay as they are. None without batch normalization.
    """
    value = keras.ops.convert_to_tensor(pictures)
    lags = False
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            lags = True
            mean, variance = keras.ops.moments(value, axes=tuple(range(len(value.shape) - 1)))
            value = keras.ops.batch_normalization(
                value, mean, variance, axis=-1, offset=layer.beta, scale=layer.gamma, epsilon=layer.epsilon
            )
        elif not isinstance(layer, keras.layers.InputLayer):
            value = layer(value, training=False)
    return np.asarray(value.numpy()) if lags else None
