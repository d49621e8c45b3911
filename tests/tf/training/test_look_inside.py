"""What a look inside reports does not depend on how many pictures it takes at once."""

import keras
import numpy as np
import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.runs.record.events import Event
from cnnlab.tf.build import build_model
from cnnlab.tf.callbacks import look_inside
from cnnlab.tf.callbacks.look_inside import LookInside
from cnnlab.tf.data.batches import Batches

LAYERS = (
    Layer.make("Conv2D", filters=6, kernel_size=3),
    Layer.make("Activation", activation="relu"),
    Layer.make("Conv2D", filters=4, kernel_size=3, activation="tanh"),
    Layer.make("Flatten"),
    Layer.make("Dense", units=3, activation="softmax"),
)


def looked(model: keras.Model, validation: Batches) -> Event:
    written: list[Event] = []
    look = LookInside(validation, 3, written.append, None, None, 1.0)  # type: ignore[arg-type]
    look.set_model(model)
    look.set_params({"epochs": 1})
    look.on_epoch_end(0)
    return written[0]


def test_dead_channels_saturation_and_answers_are_those_of_all_pictures_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = build_model(Network((12, 12, 3), LAYERS), 0)
    kernel, bias = model.layers[0].get_weights()
    # One channel is silent for all pictures, another for all but the last.
    bias[:2] = -1e6, -254.0 * kernel[..., 1].clip(0).sum()
    model.layers[0].set_weights([kernel, bias])
    images = np.random.default_rng(0).integers(0, 40, (21, 12, 12, 3), np.uint8)
    images[-1] = np.where(kernel[1, 1, :, 1] > 0, 255, 0)
    images[-1, 4:7, 4:7] = np.where(kernel[..., 1] > 0, 255, 0)
    validation = Batches(images, np.zeros(21, np.int64), Augmentation(rescale=1.0), 32, shuffle=False)
    parts = looked(model, validation)
    monkeypatch.setattr(look_inside, "AT_ONCE", len(images))
    whole = looked(model, validation)
    assert parts == whole | {"saturated": pytest.approx(whole["saturated"])}
    assert parts["dead"] == {"activation": pytest.approx(1 / 6)}
    assert 0 < parts["saturated"]["conv2d_1"] <= 1
    assert sum(parts["predicted"]) == 21
