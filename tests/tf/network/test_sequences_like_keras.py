"""Hold the arithmetic of one dimension against Keras and TensorFlow on random networks, possible and impossible."""

import random
from collections import Counter
from itertools import product
from math import ceil

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.exchange.keras_code import keras_script
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.height_one import with_height_one
from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.shapes import check, layer_names, trace, trace_until_problem
from cnnlab.core.teach.network_doctor import fixes
from cnnlab.tf.build import build_model
from tests.random_networks import edge_network, grid_network, mixed_networks, random_sequence_network, within_one_pixel
from tests.tf.network.test_trace_like_keras import (
    build_in_keras,
    keras_layers,
    layers_that_keras_takes,
    performed,
    profiled,
)

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
SOME, ALL = (60, 1), (600, 10)
"""How many random networks, and how often every class, padding, strides and dilation is at least among them."""
EITHER = pytest.mark.parametrize("networks", [SOME, pytest.param(ALL, marks=pytest.mark.slow)], indirect=True)
CONVOLUTIONS = ("Conv1D", "DepthwiseConv1D", "SeparableConv1D")
POOLS = ("MaxPooling1D", "AveragePooling1D")
GRID = (
    *product(CONVOLUTIONS, ("valid", "same"), (1, 2, 3), (1,)),
    *product(CONVOLUTIONS, ("valid", "same"), (1,), (2, 3)),
    *product(("Conv1D",), ("causal",), (1, 2, 3), (1,)),
    *product(("Conv1D",), ("causal",), (1,), (2, 3)),
    *product(POOLS, ("valid", "same"), (1, 2, 3), (1,)),
)


def windows(network: Network) -> list[tuple[str, str, int, int]]:
    """Return class, padding, strides and dilation of every layer with a window, up to the first impossible layer."""
    reached = network.layers[: len(trace_until_problem(network)[0])]
    return [
        (x.class_name, x.config["padding"], x.config["strides"][0], x.config.get("dilation_rate", (1,))[0])
        for x in reached
        if "strides" in x.config
    ]


def grid(rng: random.Random, class_name: str, padding: str, strides: int, dilation: int) -> Network:
    """Return a possible network of one layer like this."""
    while True:
        one = grid_network(rng, class_name, "valid", 1)
        layer = one.layers[0].with_option("padding", padding)
        layer = layer.with_option("dilation_rate", dilation) if "dilation_rate" in layer.config else layer
        network = Network(one.input_shape, (layer.with_option("strides", strides),))
        if check(network) is None:
            return network


@pytest.fixture(scope="module")
def networks(request: pytest.FixtureRequest) -> list[Network]:
    """Return random networks, and single layers until every window is there often."""
    count, at_least = request.param
    rng = random.Random(20190612)
    drawn = mixed_networks(rng, count, rank=1)
    seen = Counter(window for network in drawn for window in windows(network))
    return drawn + [grid(rng, *each) for each in GRID for _ in range(max(0, at_least - seen[each]))]


@pytest.mark.parametrize(
    ("networks", "at_least"),
    [(SOME, SOME[1]), pytest.param(ALL, ALL[1], marks=pytest.mark.slow)],
    indirect=["networks"],
)
def test_the_random_networks_are_as_hard_as_they_are_meant_to_be(networks: list[Network], at_least: int) -> None:
    assert sum(check(network) is not None for network in networks) >= len(networks) / 4
    assert sum(map(within_one_pixel, networks)) >= len(networks) / 6
    seen = Counter(window for network in networks for window in windows(network))
    assert all(seen[window] >= at_least for window in GRID)
    reached = Counter(row.class_name for network in networks for row in trace_until_problem(network)[0])
    assert all(reached[name] >= at_least for name, kind in KINDS.items() if kind.rank != 2)


@EITHER
def test_every_possible_network_has_the_shapes_and_parameters_keras_gives_it(networks: list[Network]) -> None:
    possible = [network for network in networks if check(network) is None]
    assert len(possible) > 0.3 * len(networks)
    for network in possible:
        model = build_in_keras(network)
        for row, layer in zip(trace(network), model.layers, strict=True):
            assert row.output_shape == layer.output.shape[1:], (network, row)
            assert row.params == layer.count_params(), (network, row)
            trainable = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
            assert row.weights + row.biases == trainable, (network, row)


@EITHER
def test_keras_stumbles_over_the_very_layer_that_we_call_impossible(networks: list[Network]) -> None:
    later = 0
    for network in networks:
        problem = check(network)
        if problem is not None:
            assert layers_that_keras_takes(network) == problem.index, (network, problem)
            later += problem.index > 0
    assert later > 0.12 * len(networks)


def test_twice_our_multiply_adds_are_the_profilers_float_operations() -> None:
    rng = random.Random(5)
    for class_name, padding, (length, kernel, strides) in product(
        CONVOLUTIONS, ("valid", "same", "causal"), ((9, 3, 1), (12, 4, 1), (11, 1, 2), (13, 5, 2), (10, 3, 3))
    ):
        if padding == "causal" and class_name != "Conv1D":
            continue
        options = {"kernel_size": kernel, "strides": strides, "padding": padding, "use_bias": False}
        options |= {} if class_name == "DepthwiseConv1D" else {"filters": rng.randint(1, 4)}
        network = Network((length, rng.randint(1, 4)), (Layer.make(class_name, **options),))
        assert profiled(network) == 2 * trace(network)[-1].macs == 2 * performed(network), network


def field_networks(count: int) -> list[Network]:
    """Return networks of one to four windowed layers on sequences with much room around the middle output."""
    rng = random.Random(13)
    found: list[Network] = []
    while len(found) < count:
        layers: list[Layer] = []
        for _ in range(rng.randint(1, 4)):
            layers.append(grid(rng, *rng.choice(GRID)).layers[0])
            if rng.random() < 0.3:
                padding = Layer.make("ZeroPadding1D", padding=rng.choice((1, (1, 2))))
                layers.append(rng.choice((padding, Layer.make("Cropping1D", cropping=rng.choice((1, (0, 2)))))))
        plain = tuple(x.with_option("activation", "linear") if "activation" in x.config else x for x in layers)
        rows, problem = trace_until_problem(Network((2_000, 1), plain))
        if problem is None and rows[-1].jump is not None and rows[-1].receptive_field[0] <= 60:
            if any(max(x.config.get("kernel_size", (2,))) == 1 < max(x.config.get("strides", (1,))) for x in plain):
                continue  # its gradient can end the process (oneDNN)
            room = 3 * rows[-1].receptive_field[0] + 4 * ceil(rows[-1].jump[0])
            found.append(Network((room, rng.choice((1, 2))), plain))
    return found


def seen_positions(network: Network) -> np.ndarray:
    """Return which positions of a rising and of a falling sequence change the output in the middle."""
    model = keras.Sequential([keras.Input(network.input_shape), *keras_layers(network)])
    model.set_weights([np.abs(w) / max(1, np.prod(w.shape[:-1])) ** 0.5 + 0.01 for w in model.get_weights()])
    length, channels = network.input_shape
    ramp = np.linspace(0.1, 1, length)[:, None] + np.zeros((1, channels))
    both = tf.constant(np.stack([ramp, ramp[::-1]]), "float32")
    with tf.GradientTape() as tape:
        tape.watch(both)
        out = model(both)
        middle = tf.reduce_sum(out[:, out.shape[1] // 2])
    return np.flatnonzero(np.abs(tape.gradient(middle, both).numpy()).sum(axis=(0, 2)) > 1e-6)


@pytest.mark.parametrize("count", [12, pytest.param(120, marks=pytest.mark.slow)])
def test_receptive_fields_are_what_the_gradient_reaches(count: int) -> None:
    for network in field_networks(count):
        touched = seen_positions(network)
        assert 0 < touched[0] <= touched[-1] < network.input_shape[0] - 1, f"at the border: {network}"
        assert (touched[-1] - touched[0] + 1,) == trace(network)[-1].receptive_field, network


def test_names_and_configs_are_those_of_a_fresh_keras_session() -> None:
    rng = random.Random(8)
    for _ in range(25):
        network = random_sequence_network(rng)
        if check(network):
            continue
        keras.backend.clear_session()
        model = keras.Sequential([keras.Input(network.input_shape)])
        for layer in network.layers:
            model.add(getattr(keras.layers, layer.class_name)(**layer.config))
        assert tuple(layer.name for layer in model.layers) == layer_names(network)
        layers = [{"class_name": type(x).__name__, "config": x.get_config()} for x in model.layers]
        again = Network.from_dict({"input_shape": list(network.input_shape), "layers": layers})
        assert trace(again) == trace(network)


def test_scripts_of_random_networks_build_the_same_model() -> None:
    rng = random.Random(9)
    for _ in range(12):
        network = random_sequence_network(rng)
        if check(network):
            continue
        names: dict[str, keras.Model] = {}
        exec(keras_script(network).replace("model.summary()", ""), names)
        shapes = [layer.output.shape[1:] for layer in names["model"].layers]
        assert shapes == [row.output_shape for row in trace(network)]


def test_what_the_doctor_calls_whole_is_built_and_run_by_keras() -> None:
    rng = random.Random(10)
    tried = 0
    while tried < 25:
        network = edge_network(rng, rank=1) if rng.random() < 0.4 else random_sequence_network(rng)
        problem = check(network)
        for fix in fixes(network, problem)[:2] if problem else ():
            if fix.whole:
                build_in_keras(fix.network)
                tried += 1


def test_a_convolution_in_one_dimension_is_one_of_height_one() -> None:
    causal = Layer.make("Conv1D", filters=5, kernel_size=3, padding="causal", dilation_rate=2)
    for one in (primer(), Network((50, 4), (causal, *primer().layers))):
        flat = with_height_one(one)
        assert flat.input_shape == (1, *one.input_shape)
        model, other = build_model(one, seed=1), build_model(flat)
        weights = model.get_weights()
        other.set_weights([w[None] if w.ndim == 3 else w for w in weights])
        letters = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (8, 50))]
        np.testing.assert_allclose(model(letters), other(letters[:, None]), atol=1e-6)


def test_every_preset_for_sequences_runs() -> None:
    presets = [preset for preset in PRESETS if preset.network.rank == 1]
    assert len(presets) >= 4
    for preset in presets:
        build_in_keras(preset.network)
