"""What an imported model is taken for: a network or something to look at, with pixels as it expects them."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.tf.inside.maps import load_weights_of
from cnnlab.tf.inside.models import Imported

layers = keras.layers
Build = Callable[[keras.KerasTensor], keras.KerasTensor]


def saved(build: Build, folder: Path) -> Path:
    entry = keras.Input((16, 14, 3))
    path = folder / "theirs.keras"
    keras.Model(entry, build(entry)).save(path)
    return path


def described(build: Build, folder: Path) -> dict:
    return Imported(saved(build, folder), "theirs.keras").describe()


def conv(filters: int = 2, **options: object) -> keras.Layer:
    return layers.Conv2D(filters, 3, **options)


def frozen() -> keras.Layer:
    layer = conv(kernel_initializer="he_normal", kernel_constraint="max_norm", bias_initializer="ones")
    layer.trainable = False
    return layer


def twice(value: keras.KerasTensor) -> keras.KerasTensor:
    layer = layers.Conv2D(3, 1)
    return layer(layer(value))


NO_NETWORK: dict[str, tuple[Build, str]] = {
    "an operation in front": (lambda x: conv()(x * 2 - 1), "Multiply in it is an operation and no layer"),
    "an operation behind": (lambda x: keras.ops.softmax(conv()(x)), "Softmax in it is an operation and no layer"),
    "an operation between": (lambda x: conv()(conv()(x) + 1), "Add in it is an operation and no layer"),
    "a layer called twice": (twice, "do not follow one another in a single row"),
    "a second output": (lambda x: [y := conv()(x), layers.Flatten()(y)], "do not follow one another"),
    "dropout that goes on": (lambda x: layers.Dropout(0.5)(conv()(x), training=True), "works as in training"),
    "a nested model": (lambda x: keras.Sequential([conv()])(x), "'Sequential' is not one CNN Lab knows"),
}


@pytest.mark.parametrize("kind", NO_NETWORK)
def test_what_a_row_of_layers_would_not_compute_stays_read_only(kind: str, tmp_path: Path) -> None:
    build, why = NO_NETWORK[kind]
    found = described(build, tmp_path)
    assert found["network"] is None
    assert why in found["why"]


def test_how_its_weights_came_about_keeps_no_sequence_from_being_edited(tmp_path: Path) -> None:
    def build(value: keras.KerasTensor) -> keras.KerasTensor:
        normalized = layers.BatchNormalization(axis=3, gamma_initializer="zeros", beta_constraint="non_neg")
        last = layers.Dense(2, kernel_initializer="orthogonal", kernel_regularizer="l2")
        return last(layers.Flatten()(normalized(frozen()(value))))

    path = saved(build, tmp_path)
    network = Network.from_dict(Imported(path, "theirs.keras").describe()["network"])
    assert [layer.class_name for layer in network.layers] == ["Conv2D", "BatchNormalization", "Flatten", "Dense"]
    picture = np.random.default_rng(0).uniform(0, 1, (1, 16, 14, 3)).astype(np.float32)
    theirs = keras.models.load_model(path)(picture, training=False)
    np.testing.assert_array_equal(load_weights_of(network, path)(picture, training=False), theirs)


RESCALES: dict[str, tuple[Build, bool]] = {
    "nothing": (conv(), False),
    "Rescaling first": (lambda x: conv()(layers.Rescaling(1 / 255)(x)), True),
    "Resizing before it": (lambda x: conv()(layers.Rescaling(1 / 255)(layers.Resizing(8, 8)(x))), True),
    "RandomFlip before it": (lambda x: conv()(layers.Rescaling(1 / 255)(layers.RandomFlip()(x))), True),
    "ZeroPadding2D before it": (lambda x: conv()(layers.Rescaling(1 / 255)(layers.ZeroPadding2D(1)(x))), True),
    "in a nested block": (lambda x: conv()(keras.Sequential([layers.Rescaling(1 / 127.5, -1)])(x)), True),
    "in a nested block with weights": (lambda x: keras.Sequential([layers.Rescaling(1 / 255), conv()])(x), True),
    "arithmetic": (lambda x: conv()(x / 127.5 - 1), True),
    "means subtracted": (lambda x: conv()(keras.applications.resnet50.preprocess_input(x)), True),
    "twice the value": (lambda x: conv()(x * 2 - 1), False),
    "moving statistics": (lambda x: conv()(layers.BatchNormalization()(x)), False),
}


@pytest.mark.parametrize("kind", RESCALES)
def test_a_model_that_rescales_itself_is_known_by_what_its_first_weights_meet(kind: str, tmp_path: Path) -> None:
    build, rescales = RESCALES[kind]
    assert described(build, tmp_path)["rescales"] is rescales
