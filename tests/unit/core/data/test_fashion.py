"""The ten classes of Fashion-MNIST are balanced, sorted as Keras sorts folders, and share the shoes' pictures."""

import numpy as np

from cnnlab.core.data.bundled import fashion
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import load


def test_the_ten_classes_are_balanced_and_in_keras_order() -> None:
    data = load("fashion", 1 << 20)
    assert len(data.classes) == 10
    assert data.classes == tuple(sorted(data.classes))
    assert np.bincount(data.train.labels).tolist() == [300] * 10
    assert np.bincount(data.validation.labels).tolist() == [100] * 10
    assert data.train.arrays(28, 28, 3).shape == (3000, 28, 28, 3)


def test_both_sets_begin_with_the_same_pictures_of_a_class() -> None:
    for name in fashion.CLASSES[fashion.SHOES]:
        found = []
        for key in (fashion.SHOES, fashion.TEN):
            images, labels = fashion.load(key, "train")
            found.append(images[labels == fashion.CLASSES[key].index(name)][:300])
        np.testing.assert_array_equal(*found)
    assert SETS["fashion"].fingerprint() != SETS["shoes"].fingerprint()
