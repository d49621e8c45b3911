"""Hold our shape arithmetic against Keras and TensorFlow on random networks, possible and impossible."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.shapes import check, layer_names, trace, trace_until_problem
from cnnlab.tf.build import build_model
from tests.random_networks import grid_network, mixed_networks, random_network, within_one_pixel

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
ROOT = Path(__file__).resolve().parents[3]
COUNT = 1_000
AT_LEAST = 20
WINDOWED = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")
GRID = tuple(product(WINDOWED, ("valid", "same"), (1, 2, 3)))


def keras_layers(network: Network) -> Iterator[keras.Layer]:
    for layer, name in zip(network.layers, layer_names(network), strict=True):
        yield getattr(keras.layers, layer.class_name)(name=name, **layer.config)


def build_in_keras(network: Network) -> keras.Model:
    """Build and run with Keras alone, so that our own check cannot hide a difference."""
    model = keras.Sequential([keras.Input(network.input_shape), *keras_layers(network)])
    model(np.zeros((1, *network.input_shape), "float32"))
    return model


def layers_that_keras_takes(network: Network) -> int:
    """Count the layers that Keras builds and runs, one after the other, before the first it refuses."""
    built = keras.KerasTensor((None, *network.input_shape))
    value = np.zeros((1, *network.input_shape), "float32")
    taken = 0
    try:
        for layer in keras_layers(network):
            built, value = layer(built), layer(value)
            taken += 1
    except Exception:  # Keras and TensorFlow raise many kinds
        return taken
    return taken


def windows(network: Network) -> list[tuple[str, str, int]]:
    """Return class, padding and strides of every layer that has a window, up to the first impossible layer."""
    reached = network.layers[: len(trace_until_problem(network)[0])]
    return [
        (layer.class_name, layer.config["padding"], layer.config["strides"][0])
        for layer in reached
        if "strides" in layer.config and layer.config["strides"][0] == layer.config["strides"][1]
    ]


@pytest.fixture(scope="module")
def networks() -> list[Network]:
    """Return a thousand random networks, and single layers until every class, padding and strides is there often."""
    rng = random.Random(20190529)
    drawn = mixed_networks(rng, COUNT)
    seen = Counter(window for network in drawn for window in windows(network))
    for class_name, padding, strides in GRID:
        missing = max(0, AT_LEAST - seen[class_name, padding, strides])
        drawn += [grid_network(rng, class_name, padding, strides) for _ in range(missing)]
    return drawn


def test_the_random_networks_are_as_hard_as_they_are_meant_to_be(networks: list[Network]) -> None:
    assert len(networks) >= 1_000
    assert sum(check(network) is not None for network in networks) >= len(networks) / 4
    assert sum(map(within_one_pixel, networks)) >= len(networks) / 5
    assert sum(network.input_shape[0] != network.input_shape[1] for network in networks) >= len(networks) / 2
    seen = Counter(window for network in networks for window in windows(network))
    assert all(seen[window] >= AT_LEAST for window in GRID)
    reached = Counter(row.class_name for network in networks for row in trace_until_problem(network)[0])
    assert all(reached[class_name] >= AT_LEAST for class_name in KINDS)


def test_every_possible_network_has_the_shapes_and_parameters_keras_gives_it(networks: list[Network]) -> None:
    possible = [network for network in networks if check(network) is None]
    for network in possible:
        model = build_in_keras(network)
        for row, layer in zip(trace(network), model.layers, strict=True):
            assert row.output_shape == layer.output.shape[1:], (network, row)
            assert row.params == layer.count_params(), (network, row)
            trainable = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
            assert row.weights + row.biases == trainable, (network, row)
            assert row.non_trainable == layer.count_params() - trainable, (network, row)
    assert len(possible) > 300


def test_keras_stumbles_over_the_very_layer_that_we_call_impossible(networks: list[Network]) -> None:
    later = 0
    for network in networks:
        problem = check(network)
        if problem is not None:
            assert layers_that_keras_takes(network) == problem.index, (network, problem)
            later += problem.index > 0
    assert later > 150


def single_layers() -> list[Network]:
    """Return bias-free single layers: every class that multiplies, with windows, strides, dilation and padding."""
    rng = random.Random(4)
    found = []
    sizes = (
        ((9, 12), 3, 1),
        ((12, 8), 3, 1),
        ((12, 9), (2, 3), 1),
        ((11, 11), 1, 2),
        ((13, 10), (3, 5), 2),
        ((10, 15), 3, (2, 2)),
    )
    for class_name, padding, (size, kernel, strides) in product(WINDOWED[:3], ("valid", "same"), sizes):
        for dilation in (1, 2) if strides == 1 else (1,):
            options = {"kernel_size": kernel, "strides": strides, "padding": padding, "dilation_rate": dilation}
            options |= {"filters": rng.randint(1, 7)} if class_name != "DepthwiseConv2D" else {}
            options |= {"depth_multiplier": rng.randint(1, 3)} if class_name != "Conv2D" else {}
            layer = Layer.make(class_name, use_bias=False, **options)
            found.append(Network((*size, rng.randint(1, 4)), (layer,)))
    for units in range(1, 9):
        flat = Layer.make("Flatten")
        found.append(Network((units, 3, 2), (flat, Layer.make("Dense", units=units + 2, use_bias=False))))
        found.append(Network((units, 3, 4), (Layer.make("Dense", units=9 - units, use_bias=False),)))
    return found


def profiled(network: Network) -> int:
    """Count the floating-point operations of one forward pass with TensorFlow's profiler."""
    model = keras.Sequential([keras.Input(network.input_shape), *keras_layers(network)])
    run = tf.function(lambda x: model(x))
    graph = run.get_concrete_function(tf.TensorSpec((1, *network.input_shape))).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    silent = options.with_empty_output().build()
    return int(tf.compat.v1.profiler.profile(graph, options=silent).total_float_ops)


def performed(network: Network) -> int:
    """Count the multiply-adds that TensorFlow performs for a network whose last layer may be dilated.

    It splits a dilated convolution into dilation × dilation interleaved pictures of one size
    (`space_to_batch`), so the sides of what it computes are rounded up to a multiple of the dilation; what is
    beyond the true output is thrown away.
    """
    rows, layer = trace(network), network.layers[-1]
    extra = 0
    if max(layer.config.get("dilation_rate", (1, 1))) > 1:
        height, width, channels = rows[-1].output_shape
        down, right = (-(-n // d) * d for n, d in zip((height, width), layer.config["dilation_rate"], strict=True))
        copies = channels if layer.class_name == "Conv2D" else layer.config["depth_multiplier"]
        weights = prod(layer.config["kernel_size"]) * rows[-1].input_shape[-1] * copies
        extra = weights * (down * right - height * width)
    return sum(row.macs for row in rows) + extra


def test_twice_our_multiply_adds_are_the_profilers_float_operations() -> None:
    networks = single_layers()
    assert len(networks) >= 50
    dilated = 0
    for network in networks:
        macs, count = sum(row.macs for row in trace(network)), profiled(network)
        assert count == 2 * performed(network), network
        if max(network.layers[-1].config.get("dilation_rate", (1, 1))) == 1:
            assert count == 2 * macs, network
        else:
            dilated += count == 2 * macs
    assert dilated >= 6  # where the sides are multiples of the dilation


def field_networks() -> list[Network]:
    """Return networks of one to four layers with windows, on pictures with much room around the middle output."""
    rng = random.Random(12)
    found: list[Network] = []
    while len(found) < 80:
        layers: list[Layer] = []
        for _ in range(rng.randint(1, 4)):
            one = grid_network(rng, rng.choice(WINDOWED), rng.choice(("valid", "same")), rng.choice((1, 1, 2, 3)))
            layers.append(one.layers[0])
            if rng.random() < 0.3:
                smooth = rng.choice(("relu", "sigmoid", "tanh", "elu", "gelu"))
                layers.append(Layer.make("Activation", activation=smooth))
            if rng.random() < 0.2:
                layers.append(Layer.make("ZeroPadding2D", padding=rng.choice((1, 2, (1, 2)))))
        plain = tuple(x.with_option("activation", "linear") if "activation" in x.config else x for x in layers)
        rows, problem = trace_until_problem(Network((400, 400, 1), plain))
        if problem is None and rows[-1].jump is not None and max(rows[-1].receptive_field) <= 40:
            (height, width), (down, right) = rows[-1].receptive_field, rows[-1].jump
            found.append(Network((3 * height + 4 * down, 3 * width + 4 * right, rng.choice((1, 2))), plain))
    return found


def seen_box(network: Network) -> list[int]:
    """Return first and last row, first and last column that change the middle output, over several pictures.

    The weights are positive and the pictures rise towards a corner, so that a maximum is at every side once and no
    gradient is cancelled or dead.
    """
    model = keras.Sequential([keras.Input(network.input_shape), *keras_layers(network)])
    model.set_weights([np.abs(w) / max(1, np.prod(w.shape[:-1])) ** 0.5 + 0.01 for w in model.get_weights()])
    height, width, channels = network.input_shape
    down, right = np.linspace(0.1, 1, height)[:, None, None], np.linspace(0.1, 1, width)[None, :, None]
    ramps = [a + b + np.zeros((1, 1, channels)) for a in (down, down[::-1]) for b in (right, right[:, ::-1])]
    pictures = tf.constant(np.stack([ramp / 2 for ramp in ramps]), "float32")
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        out = model(pictures)
        middle = tf.reduce_sum(out[:, out.shape[1] // 2, out.shape[2] // 2, :])
    touched = np.abs(tape.gradient(middle, pictures).numpy()).sum(axis=(0, 3)) > 0
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    return [int(n) for n in (rows[0], rows[-1], columns[0], columns[-1])]


def write_seen_boxes(path: str) -> None:
    """Measure every network of `field_networks` and write the boxes as JSON; for a process of its own."""
    Path(path).write_text(json.dumps([seen_box(network) for network in field_networks()]), encoding="utf-8")


def test_receptive_fields_are_the_boxes_that_the_gradient_reaches(tmp_path: Path) -> None:
    """Measure in a child: the gradient of a 1 × 1 convolution with strides can end the process (oneDNN)."""
    code = f"from tests.tf.network.test_trace_like_keras import write_seen_boxes as f; f({str(tmp_path / 'boxes')!r})"
    environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    boxes = json.loads((tmp_path / "boxes").read_text(encoding="utf-8"))
    strided = 0
    for network, (top, bottom, left, right) in zip(field_networks(), boxes, strict=True):
        height, width, _ = network.input_shape
        assert min(top, left, height - 1 - bottom, width - 1 - right) > 0, f"at the border: {network}"
        last = trace(network)[-1]
        assert (bottom - top + 1, right - left + 1) == last.receptive_field, network
        strided += max(last.jump or (1, 1)) > 1
    assert strided > 35


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
