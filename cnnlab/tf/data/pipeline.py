"""Hand batches to `fit`, made while the network works on the ones before."""

import tensorflow as tf

from cnnlab.tf.data.batches import Batches

PREFETCH = 2  # batches made while the network works on one


def as_dataset(batches: Batches, threads: int, first_epoch: int = 0) -> tf.data.Dataset:
    """Return the batches of all epochs after `first_epoch` as a dataset of (pictures, labels)."""
    label_type = tf.as_dtype(batches.labels.dtype)

    def make(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pictures, labels = tf.numpy_function(batches.at, [step], (tf.float32, label_type))
        return (
            tf.ensure_shape(pictures, (None, *batches.images.shape[1:])),
            tf.ensure_shape(labels, (None, *batches.labels.shape[1:])),
        )

    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    # Nothing here is left to tuning, and its thread sleeps for up to a minute before a training can end.
    options.autotune.enabled = False
    # One numpy call a batch costs half of what from_generator does.
    steps = tf.data.Dataset.range(len(batches) * first_epoch, len(batches) * batches.epochs)
    return steps.map(make).prefetch(PREFETCH).with_options(options)
