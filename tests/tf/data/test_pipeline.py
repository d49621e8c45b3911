"""Batches as `fit` takes them."""

import numpy as np

from cnnlab.core.augment import Augmentation
from cnnlab.tf.data.batches import Batches
from cnnlab.tf.data.pipeline import as_dataset


def test_it_gives_the_batches_in_order_and_leaves_nothing_to_tuning_whose_thread_sleeps_before_it_ends() -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 4, 5, 3), np.uint8)
    batches = Batches(images, np.arange(7), Augmentation(), batch_size=3, epochs=2, seed=1)
    made = as_dataset(batches, threads=2, first_epoch=1)
    assert not made.options().autotune.enabled
    for (pictures, labels), number in zip(made.as_numpy_iterator(), range(3, 6), strict=True):
        expected = batches.at(number)
        np.testing.assert_array_equal(pictures, expected[0])
        np.testing.assert_array_equal(labels, expected[1])
