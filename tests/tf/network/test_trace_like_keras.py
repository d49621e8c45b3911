"""Hold our shape arithmetic against Keras and TensorFlow on random networks, possible and impossible."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import ceil, prod
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.shapes import check, layer_names, trace, trace_until_problem
from cnnlab.processes.environment import needs_onednn_off
from cnnlab.tf.build import build_model
from tests.random_networks import grid_network, mixed_networks, random_network, within_one_pixel

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
ROOT = Path(__file__).resolve().parents[3]
SOME, ALL = (240, 5), (1_000, 20)
"""How many random networks, and how often every class, padding and strides is at least among them."""
EITHER = pytest.mark.parametrize("networks", [SOME, pytest.param(ALL, marks=pytest.mark.slow)], indirect=True)
SOME_FIELDS, ALL_FIELDS = 8, 100
MOST_NEIGHBOURS = 9
CONVOLUTIONS = ("Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D")
WINDOWED = (*CONVOLUTIONS, "MaxPooling2D", "AveragePooling2D")
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
def networks(request: pytest.FixtureRequest) -> list[Network]:
    """Return random networks, and single layers until every class, padding and strides is there often."""
    count, at_least = request.param
    rng = random.Random(20190529)
    drawn = mixed_networks(rng, count)
    seen = Counter(window for network in drawn for window in windows(network))
    for class_name, padding, strides in GRID:
        missing = max(0, at_least - seen[class_name, padding, strides])
        drawn += [grid_network(rng, class_name, padding, strides) for _ in range(missing)]
    return drawn


@pytest.mark.parametrize(
    ("networks", "at_least"),
    [(SOME, SOME[1]), pytest.param(ALL, ALL[1], marks=pytest.mark.slow)],
    indirect=["networks"],
)
def test_the_random_networks_are_as_hard_as_they_are_meant_to_be(networks: list[Network], at_least: int) -> None:
    assert sum(check(network) is not None for network in networks) >= len(networks) / 4
    assert sum(map(within_one_pixel, networks)) >= len(networks) / 5
    assert sum(network.input_shape[0] != network.input_shape[1] for network in networks) >= len(networks) / 2
    seen = Counter(window for network in networks for window in windows(network))
    assert all(seen[window] >= at_least for window in GRID)
    reached = Counter(row.class_name for network in networks for row in trace_until_problem(network)[0])
    assert all(reached[name] >= at_least for name, kind in KINDS.items() if kind.rank != 1)


@EITHER
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
    assert len(possible) > 0.3 * len(networks)


@EITHER
def test_keras_stumbles_over_the_very_layer_that_we_call_impossible(networks: list[Network]) -> None:
    later = 0
    for network in networks:
        problem = check(network)
        if problem is not None:
            assert layers_that_keras_takes(network) == problem.index, (network, problem)
            later += problem.index > 0
    assert later > 0.12 * len(networks)


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
    for class_name, padding, (size, kernel, strides) in product(CONVOLUTIONS, ("valid", "same"), sizes):
        for dilation in (1, 2) if strides == 1 else (1,):
            options = {"kernel_size": kernel, "strides": strides, "padding": padding, "dilation_rate": dilation}
            options |= {"filters": rng.randint(1, 7)} if class_name != "DepthwiseConv2D" else {}
            options |= {"depth_multiplier": rng.randint(1, 3)} if class_name[:6] != "Conv2D" else {}
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


def performed(network: Network) -> float:
    """Count the multiply-adds that TensorFlow performs for a network whose last layer may be dilated or transposed.

    It splits a dilated convolution into dilation × dilation interleaved pictures of one size
    (`space_to_batch`), so the sides of what it computes are rounded up to a multiple of the dilation; what is
    beyond the true output is thrown away.
    """
    rows, layer = trace(network), network.layers[-1]
    if layer.class_name == "Conv2DTranspose":
        # Counted by the profiler as if every output met as many inputs, also those at the border that meet fewer.
        return round(rows[-1].weights * prod(rows[-1].output_shape[:2]) / prod(layer.config["strides"]), 1)
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
        assert count == int(2 * performed(network)), network
        if network.layers[-1].class_name == "Conv2DTranspose":
            assert count == 2 * macs or network.layers[-1].config["padding"] == "valid"
        elif max(network.layers[-1].config.get("dilation_rate", (1, 1))) == 1:
            assert count == 2 * macs, network
        else:
            dilated += count == 2 * macs
    assert dilated >= 6  # where the sides are multiples of the dilation


def field_networks(count: int) -> list[Network]:
    """Return so many networks of one to four windowed layers, on pictures with much room around the middle output."""
    rng = random.Random(12)
    found: list[Network] = []
    while len(found) < count:
        layers: list[Layer] = []
        for _ in range(rng.randint(1, 4)):
            one = grid_network(rng, rng.choice(WINDOWED), rng.choice(("valid", "same")), rng.choice((1, 1, 2, 3)))
            layers.append(one.layers[0])
            if rng.random() < 0.3:
                smooth = rng.choice(("relu", "sigmoid", "tanh", "elu", "gelu"))
                layers.append(Layer.make("Activation", activation=smooth))
            if rng.random() < 0.2:
                layers.append(Layer.make("ZeroPadding2D", padding=rng.choice((1, 2, (1, 2)))))
            if rng.random() < 0.2:
                how = rng.choice(("nearest", "bilinear"))
                layers.append(Layer.make("UpSampling2D", size=rng.choice((2, 3, (1, 2))), interpolation=how))
        plain = tuple(x.with_option("activation", "linear") if "activation" in x.config else x for x in layers)
        large = Network((400, 400, 1), plain)
        rows, problem = trace_until_problem(large)
        if problem is None and rows[-1].jump is not None and max(rows[-1].receptive_field) <= 40:
            height, width = rows[-1].receptive_field
            down, right = (ceil(n * jump) for n, jump in zip(neighbours(large), rows[-1].jump, strict=True))
            if max(neighbours(large)) <= MOST_NEIGHBOURS and runs_on_a_cpu(large):
                found.append(Network((3 * height + 4 * down, 3 * width + 4 * right, rng.choice((1, 2))), plain))
    return found


def neighbours(network: Network) -> tuple[int, int]:
    """Return after how many outputs along each axis the same is seen again, as many inputs further on."""
    spread = [[axis.spread for axis in row.axes] for row in trace(network) if row.axes]
    return prod(down for down, _ in spread), prod(along for _, along in spread)


def averaged(network: Network) -> Network:
    """Return the network with mean pooling in place of the largest value, behind the first layer that enlarges maps."""
    layers, enlarged = [], False
    for layer, row in zip(network.layers, trace(network), strict=True):
        enlarged = enlarged or any(axis.spread > 1 for axis in row.axes)
        swap = enlarged and layer.class_name == "MaxPooling2D"
        layers.append(Layer.make("AveragePooling2D", **layer.config) if swap else layer)
    return Network(network.input_shape, tuple(layers))


def seen_box(network: Network) -> list[list[list[int]]]:
    """Return the first and last row that change each row of outputs in the middle, and the same for columns.

    As many neighbours are looked at as may see differently far; one that nothing changes has an empty list.

    The weights are positive and the pictures rise towards a corner, so that a maximum is at every side once and no
    gradient is cancelled or dead. Enlarged maps do not rise evenly, so that their largest values tell nothing: they
    are averaged instead, over the same windows.
    """
    model = keras.Sequential([keras.Input(network.input_shape), *keras_layers(averaged(network))])
    model.set_weights([np.abs(w) / max(1, np.prod(w.shape[:-1])) ** 0.5 + 0.01 for w in model.get_weights()])
    height, width, channels = network.input_shape
    down, right = np.linspace(0.1, 1, height)[:, None, None], np.linspace(0.1, 1, width)[None, :, None]
    ramps = [a + b + np.zeros((1, 1, channels)) for a in (down, down[::-1]) for b in (right, right[:, ::-1])]
    pictures = tf.constant(np.stack([ramp / 2 for ramp in ramps]), "float32")
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(pictures)
        out = model(pictures)
        (row, column), (down, right) = (out.shape[1] // 2, out.shape[2] // 2), neighbours(network)
        middle = out[:, row : row + down, column : column + right]
        sums = [tf.unstack(tf.reduce_sum(middle, axis=others)) for others in ((0, 2, 3), (0, 1, 3))]
    boxes: list[list[list[int]]] = []
    for axis, neighbour in enumerate(sums):
        boxes.append([])
        for each in neighbour:
            found = np.abs(tape.gradient(each, pictures).numpy()).sum(axis=(0, 2 - axis, 3))
            touched = np.flatnonzero(found > 1e-6)
            boxes[-1].append([int(touched[0]), int(touched[-1])] if touched.size else [])
    return boxes


def runs_on_a_cpu(network: Network) -> bool:
    """Tell whether TensorFlow can train a network: without oneDNN it has no dilated transposed convolution."""
    dilated = any(x.kind.scatters and max(x.config["dilation_rate"]) > 1 for x in network.layers)
    return not (dilated and needs_onednn_off(network))


def write_seen_boxes(path: str, onednn_off: bool, count: int) -> None:
    """Measure the networks of `field_networks` that need oneDNN off, or the others, and write the boxes as JSON."""
    chosen = [network for network in field_networks(count) if needs_onednn_off(network) == onednn_off]
    Path(path).write_text(json.dumps([seen_box(network) for network in chosen]), encoding="utf-8")


def measured(folder: Path, onednn_off: bool, count: int) -> list[list[list[list[int]]]]:
    """Measure in a child: the gradient of a 1 × 1 convolution with strides can end the process (oneDNN)."""
    path = folder / f"boxes{onednn_off}"
    asked = f"{str(path)!r}, {onednn_off}, {count}"
    code = f"from tests.tf.network.test_trace_like_keras import write_seen_boxes as f; f({asked})"
    environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": str(int(not onednn_off)), "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("count", [SOME_FIELDS, pytest.param(ALL_FIELDS, marks=pytest.mark.slow)])
def test_receptive_fields_are_the_boxes_that_the_gradient_reaches(tmp_path: Path, count: int) -> None:
    boxes = {off: iter(measured(tmp_path, off, count)) for off in (True, False)}
    strided = enlarged = 0
    for network in field_networks(count):
        found = next(boxes[needs_onednn_off(network)])
        height, width, _ = network.input_shape
        last = trace(network)[-1]
        for side, boxes_of, field in zip((height, width), found, last.receptive_field, strict=True):
            seen = [box for box in boxes_of if box]
            assert all(0 < first <= end < side - 1 for first, end in seen), f"at the border: {network}"
            assert max((end - first + 1 for first, end in seen), default=0) == field, network
        strided += max(last.jump or (1, 1)) > 1
        enlarged += max(map(len, found)) > 1
    assert strided > 0.35 * count
    assert enlarged > 0.1 * count


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
