"""The bundled data set needs a convolutional network: a linear model of the pixels hardly learns it."""

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from cnnlab.core.data.bundled import silhouettes

EPOCHS = 5


def seed_network() -> keras.Model:
    layers = keras.layers
    model = keras.Sequential([keras.Input((64, 64, 3))])
    for filters in (32, 32, 64):
        model.add(layers.Conv2D(filters, 3))
        model.add(layers.Activation("relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.RMSprop(0.001), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def shrunk(images: np.ndarray, side: int, *, grey: bool) -> np.ndarray:
    """Average blocks of pixels: `(n, 64, 64, 3)` to rows of `side * side` (grey) or three times as many values."""
    block = 64 // side
    means = images.reshape(len(images), side, block, side, block, 3).mean(axis=(2, 4))
    return (means.mean(axis=-1) if grey else means).reshape(len(images), -1)


def logistic_regression_accuracy() -> float:
    """Return the best validation accuracy of six fits, each free to pick its pixels and its penalty."""
    (x, y), (v, w) = silhouettes.load("train"), silhouettes.load("validation")
    scores = []
    for side, grey in ((32, True), (16, False)):
        a, b = shrunk(x, side, grey=grey), shrunk(v, side, grey=grey)
        scale = StandardScaler().fit(a)
        for penalty in (1e-4, 1e-3, 1e-2):
            model = LogisticRegression(C=penalty, max_iter=300).fit(scale.transform(a), y)
            scores.append(model.score(scale.transform(b), w))
    return max(scores)


@pytest.mark.slow
def test_the_seed_network_beats_logistic_regression_by_ten_points():
    (x, y), (v, w) = silhouettes.load("train"), silhouettes.load("validation")
    keras.utils.set_random_seed(0)
    model = seed_network()
    history = model.fit(
        x / np.float32(255),
        y,
        batch_size=32,
        epochs=EPOCHS,
        validation_data=(v / np.float32(255), w),
        verbose=0,
    )
    linear = logistic_regression_accuracy()
    assert linear < 0.62
    assert history.history["val_accuracy"][-1] >= linear + 0.10
