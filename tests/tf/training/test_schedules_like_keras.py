"""Schedules and L2 are Keras' own: the same rate at every step, the same loss with the penalty."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.training.schedules import COSINE, EXPONENTIAL, Schedule
from cnnlab.tf.build import build_model
from cnnlab.tf.inside.maps import MapsError, load_weights_of, network_of

SCHEDULES = (
    Schedule(EXPONENTIAL, 40, 0.5),
    Schedule(EXPONENTIAL, 40, 0.1, staircase=True),
    Schedule(COSINE, 90),
    Schedule(COSINE, 30, alpha=0.2),
)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_the_rate_of_every_step_is_that_of_keras(schedule: Schedule) -> None:
    theirs = getattr(keras.optimizers.schedules, schedule.class_name)(0.02, **schedule.config)
    steps = range(0, 130, 3)
    np.testing.assert_allclose([schedule.rate_at(0.02, s) for s in steps], [float(theirs(s)) for s in steps], rtol=1e-5)
    serialized = keras.optimizers.schedules.serialize(theirs)
    assert schedule.to_dict()["class_name"] == serialized["class_name"]
    assert schedule.config.items() <= serialized["config"].items()


def test_l2_adds_the_squares_of_every_kernel_and_of_no_bias_to_the_loss() -> None:
    network = Network(
        (9, 9, 3),
        (
            Layer.make("Conv2D", filters=4, kernel_size=3),
            Layer.make("BatchNormalization"),
            Layer.make("DepthwiseConv2D", kernel_size=2),
            Layer.make("SeparableConv2D", filters=3, kernel_size=2),
            Layer.make("Flatten"),
            Layer.make("Dense", units=1, activation="sigmoid"),
        ),
    )
    model, plain = build_model(network, 0, 0.01), build_model(network, 0)
    for layer in model.layers:
        if getattr(layer, "bias", None) is not None:
            layer.bias.assign(layer.bias + 0.5)
    plain.set_weights(model.get_weights())
    kernels = [v for v in model.trainable_variables if "kernel" in v.name]
    assert len(kernels) == 5
    penalty = 0.01 * sum(float(np.sum(v.numpy() ** 2)) for v in kernels)
    assert float(sum(model.losses)) == pytest.approx(penalty, rel=1e-5)
    pictures, labels = np.random.default_rng(0).random((8, 9, 9, 3), np.float32), np.array([0.0, 1.0] * 4)[:, None]
    for each in (model, plain):
        each.compile(loss="binary_crossentropy")
    with_penalty, without = (each.evaluate(pictures, labels, verbose=0) for each in (model, plain))
    assert with_penalty - without == pytest.approx(penalty, rel=1e-4)


def test_weights_that_were_trained_with_l2_belong_to_the_same_network(tmp_path: Path) -> None:
    network = Network.seed().with_image_size(24, 24)
    build_model(network, 3, 0.01).save(tmp_path / "model.keras")
    loaded = load_weights_of(network, tmp_path / "model.keras")
    pictures = np.random.default_rng(1).random((2, 24, 24, 3), np.float32)
    np.testing.assert_array_equal(
        loaded.predict(pictures, verbose=0), build_model(network, 3).predict(pictures, verbose=0)
    )
    assert network_of(loaded).with_image_size(24, 24).layers[0].config == network.layers[0].config
    with pytest.raises(MapsError, match="belong to another network"):
        load_weights_of(network.with_option(0, "filters", 8), tmp_path / "model.keras")
