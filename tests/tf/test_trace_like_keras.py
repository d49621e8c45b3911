"""Hold our shape arithmetic against Keras on random networks, possible and impossible."""

import random

import keras
import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.core.shapes import check, layer_names, trace
from cnnlab.tf.build import build_model
from tests.random_networks import random_network

COUNT = 300


def build_in_keras(network: Network) -> keras.Model:
    """Build with Keras alone, so that our own check cannot hide a difference."""
    model = keras.Sequential([keras.Input(network.input_shape)])
    for layer, name in zip(network.layers, layer_names(network), strict=True):
        model.add(getattr(keras.layers, layer.class_name)(name=name, **layer.config))
    model(np.zeros((1, *network.input_shape), "float32"))
    return model


@pytest.fixture(scope="module")
def networks() -> list[Network]:
    rng = random.Random(20190529)
    return [random_network(rng) for _ in range(COUNT)]


def test_every_random_network_is_valid_exactly_when_keras_builds_and_runs_it(networks: list[Network]) -> None:
    invalid = 0
    for network in networks:
        problem = check(network)
        if problem is None:
            model = build_in_keras(network)
            rows = trace(network)
            for row, layer in zip(rows, model.layers, strict=True):
                assert row.output_shape == layer.output.shape[1:], (network, row)
                assert row.params == layer.count_params(), (network, row)
                trainable = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
                assert row.weights + row.biases == trainable, (network, row)
        else:
            invalid += 1
            with pytest.raises(Exception):  # noqa: B017, PT011 - Keras and TensorFlow raise many kinds
                build_in_keras(network)
    assert invalid >= COUNT // 4


def test_the_first_impossible_layer_is_the_one_keras_stumbles_over(networks: list[Network]) -> None:
    seen = 0
    for network in networks:
        problem = check(network)
        if problem is None or problem.index == 0:
            continue
        build_in_keras(Network(network.input_shape, network.layers[: problem.index]))
        seen += 1
    assert seen > 10


def test_automatic_names_are_those_of_a_fresh_keras_session() -> None:
    rng = random.Random(7)
    for _ in range(20):
        network = random_network(rng)
        if check(network):
            continue
        keras.backend.clear_session()
        model = keras.Sequential([keras.Input(network.input_shape)])
        for layer in network.layers:
            model.add(getattr(keras.layers, layer.class_name)(**layer.config))
        assert tuple(layer.name for layer in model.layers) == layer_names(network)


def test_the_seed_model_is_keras_own_down_to_the_last_parameter() -> None:
    model = build_model(Network.seed(), seed=0)
    assert model.count_params() == 1_212_513
    assert [layer.name for layer in model.layers] == [row.name for row in trace(Network.seed())]


def test_the_same_seed_gives_the_same_weights() -> None:
    network = Network.seed().with_image_size(30, 30)
    one, two, other = (build_model(network, seed=s).get_weights() for s in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other[0])


def test_a_network_survives_the_way_through_keras_get_config() -> None:
    rng = random.Random(11)
    for _ in range(40):
        network = random_network(rng)
        if check(network):
            continue
        model = build_model(network)
        layers = [{"class_name": type(x).__name__, "config": x.get_config()} for x in model.layers]
        again = Network.from_dict({"input_shape": list(network.input_shape), "layers": layers})
        assert trace(again) == trace(network)
