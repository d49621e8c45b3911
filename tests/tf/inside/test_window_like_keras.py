"""The parts of one output add up to what Keras computes, on random networks at random places."""

import random
from itertools import product

import numpy as np
import pytest

from cnnlab.core.inside.graph import behind, nodes_of, windowed, windowed_nodes
from cnnlab.core.inside.sliding import Sliding, fields, pools, sliding
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import check, trace
from cnnlab.tf.build import build_model
from cnnlab.tf.built import Subject
from cnnlab.tf.inside.answers import look, window
from cnnlab.tf.inside.maps import Networks
from cnnlab.viz.inside.window_facts import window_facts
from tests.random_networks import grid_network, random_network

TOLERANCE = 1e-5  # of the map's largest value
NETWORKS = 60
PLACES = 6


def windowed_network(rng: random.Random) -> Network:
    """Return a possible random network with a window in it, whose kernels have biases that are not zero."""
    while True:
        network = random_network(rng)
        if check(network) is None and windowed_nodes(nodes_of(network)):
            return network


def pixels_for(network: Network, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, network.input_shape, dtype=np.uint8)


def close(got: np.ndarray, wanted: np.ndarray, scale: np.ndarray | None = None) -> None:
    limit = float(np.abs(wanted if scale is None else scale).max(initial=0)) or 1.0
    np.testing.assert_allclose(got, wanted, rtol=0, atol=TOLERANCE * limit)


def opened(network: Network, seed: int) -> Subject:
    return Networks().open(network, {"kind": "random", "seed": seed, "rescale": 1 / 255})


def with_biases(network: Network, seed: int) -> Subject:
    """Return a network that has random biases too, as a trained one has."""
    subject = opened(network, seed)
    rng = np.random.default_rng(seed)
    for layer in subject.built.layers:
        for variable in layer.trainable_variables:
            if variable.name in ("bias", "beta"):
                variable.assign(rng.normal(0, 0.5, variable.shape))
    return subject


def inside(slide: Sliding, output: int) -> list[int]:
    """Return which elements of the kernel stand on the input and not on padding."""
    return [k for k, _ in slide.met(output)]


@pytest.mark.parametrize("seed", range(24))
def test_what_a_transposed_convolution_lays_down_adds_up_at_every_output(seed: int) -> None:
    rng = random.Random(seed)
    one = grid_network(rng, "Conv2DTranspose", rng.choice(("valid", "same")), rng.choice((1, 2, 3)))
    network, pixels = one.with_option(0, "activation", "linear"), pixels_for(one, seed)
    subject, row = with_biases(one, seed), trace(network)[0]
    channel = rng.randrange(row.output_shape[2])
    found, (inputs, kernel, others, before, *_) = window(subject, pixels, 0, channel, 0, rng.choice((1, 10**6)))
    bias = found["bias"]
    down, along = sliding(network.layers[0], row)
    for y, x in product(range(len(down.starts)), range(len(along.starts))):
        cells = product(down.met(y), along.met(x))
        met = sum((inputs[p, q] * kernel[k, m]).sum() for (k, p), (m, q) in cells)
        close(np.array(met + others[y, x] + bias), before[y, x], before)
    laid = np.zeros((row.output_shape[0] + 40, row.output_shape[1] + 40))
    given, weight = pixels / np.float32(255), subject.built.layers[0].kernel.numpy()[:, :, channel]
    (step, side), (gap, beside) = one.layers[0].config["strides"], one.layers[0].config["dilation_rate"]
    for (p, q), (k, m) in product(np.ndindex(given.shape[:2]), np.ndindex(weight.shape[:2])):
        laid[p * step + k * gap, q * side + m * beside] += given[p, q] @ weight[k, m]
    cut = [axis.reach - 1 - axis.before for axis in row.axes]
    held = laid[cut[0] :, cut[1] :][: row.output_shape[0], : row.output_shape[1]]
    close(held + bias, before, before)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_patch_times_kernel_and_the_others_and_bias_are_the_layers_output(seed: int) -> None:
    rng = random.Random(seed)
    network = windowed_network(rng)
    rows, pixels = trace(network), pixels_for(network, seed)
    subject = with_biases(network, seed)
    index = rng.choice(windowed_nodes(nodes_of(network)))
    layer, row = network.layers[index], rows[index]
    channel = rng.randrange(row.output_shape[2])
    most = rng.choice((1, 200, 10**6))
    first = rng.randrange(row.input_shape[2])
    found, arrays = window(subject, pixels, index, channel, first, most)
    inputs, kernel, others, before, *after = arrays
    outputs = look(subject, pixels)[1]
    close(after[0], outputs[index][:, :, channel])
    following, pool = behind(nodes_of(network), index)
    places = [*following, *([] if pool is None else [pool])]
    assert len(after) == 1 + len(places)
    for each, position in zip(after[1:], places, strict=True):
        close(each, outputs[position][:, :, channel])
    given = outputs[index - 1] if index else pixels / np.float32(255)
    close(inputs, given[:, :, found["first"] : found["first"] + inputs.shape[2]], given)
    down, along = sliding(layer, row)
    for _ in range(PLACES):
        y, x = rng.randrange(row.output_shape[0]), rng.randrange(row.output_shape[1])
        patch = inputs[np.ix_(down.seen(y), along.seen(x))]
        if pools(layer.class_name):
            reduce = np.max if layer.class_name == "MaxPooling2D" else np.mean
            close(np.array(reduce(patch)), before[y, x], before)
            continue
        met = kernel[np.ix_(inside(down, y), inside(along, x))]
        close(np.array((patch * met).sum() + others[y, x] + found["bias"]), before[y, x], before)


def test_a_layer_keeps_its_activation_after_it_was_taken_apart() -> None:
    network = Network((6, 6, 1), (Layer.make("Conv2D", filters=2, kernel_size=3, activation="relu"),))
    subject = opened(network, 0)
    pixels = pixels_for(network, 0)
    *_, before, after = window(subject, pixels, 0, 1, 0, 10**6)[1]
    assert before.min() < 0
    np.testing.assert_array_equal(after, np.maximum(before, 0))
    assert look(subject, pixels)[1][0].min() == 0


@pytest.mark.parametrize("seed", range(30))
def test_the_receptive_field_is_where_a_changed_pixel_changes_the_output(seed: int) -> None:
    rng = random.Random(1000 + seed)
    while True:
        network = windowed_network(rng)
        index = max(windowed_nodes(nodes_of(network)))
        kept = Network(network.input_shape, tuple(linear(layer) for layer in network.layers[: index + 1]))
        if check(kept) is None and max(kept.input_shape[:2]) <= 14:
            down, along = fields(kept, index)
            if any(down) and any(along):  # else a window stands in padding alone and nothing changes anything
                break
    model = build_model(kept, seed)
    for layer in model.layers:
        for variable in layer.trainable_variables:
            variable.assign(np.random.default_rng(seed).uniform(0.1, 1, variable.shape))
    height, width, _ = kept.input_shape
    pictures = np.zeros((1 + height + width, *kept.input_shape), np.float32)
    for i in range(height):
        pictures[1 + i, i] = 1
    for i in range(width):
        pictures[1 + height + i, :, i] = 1
    outputs = np.asarray(model(pictures, training=False))
    changed = np.abs(outputs - outputs[0]).max(axis=3) > 1e-7
    for y, seen in enumerate(down):
        touched = np.flatnonzero(changed[1 : 1 + height, y].any(axis=1))
        assert ((int(touched[0]), int(touched[-1])) if touched.size else None) == seen
    for x, seen in enumerate(along):
        touched = np.flatnonzero(changed[1 + height :, :, x].any(axis=1))
        assert ((int(touched[0]), int(touched[-1])) if touched.size else None) == seen


def linear(layer: Layer) -> Layer:
    """Return the layer without what would hide a change: activations are linear, dropout drops nothing."""
    if layer.class_name == "Activation" or "activation" in layer.config:
        layer = layer.with_option("activation", "linear")
    hides = layer.class_name in ("ReLU", "LayerNormalization", "Rescaling")
    return Layer.make("Activation", activation="linear") if hides else layer


def test_batch_normalization_is_taken_apart_with_the_numbers_that_it_uses() -> None:
    network = Network(
        (9, 8, 3),
        (
            Layer.make("Conv2D", filters=4, kernel_size=3, activation="tanh"),
            Layer.make("BatchNormalization", epsilon=0.01),
            Layer.make("BatchNormalization", scale=False, center=False),
            Layer.make("Activation", activation="relu"),
        ),
    )
    subject, rng = opened(network, 3), np.random.default_rng(3)
    for layer in subject.built.layers[1:3]:
        for variable in layer.variables:
            variable.assign(rng.uniform(0.2, 2, variable.shape))
    facts, (*_, after, first, second, relu) = window(subject, pixels_for(network, 3), 0, 2, 0, 10**6)
    *norms, none = facts["norms"]
    assert none is None
    for before, norm, got in ((after, norms[0], first), (first, norms[1], second)):
        scaled = (before - norm["mean"]) / np.sqrt(norm["variance"] + norm["epsilon"])
        close(norm["gamma"] * scaled + norm["beta"], got)
    assert (norms[1]["gamma"], norms[1]["beta"]) == (1.0, 0.0)
    place = windowed(nodes_of(network), network.input_shape, 0)
    maps, held = (after, first, second, relu), dict.fromkeys(("kernel", "before"), relu)
    arrays = {"inputs": relu[..., None], "picture": np.zeros((9, 8, 3), np.uint8), "others": relu} | held
    arrays["kernel"] = relu[..., None]
    shown, _ = window_facts(place, 2, 0, 0.0, arrays, maps, norms=facts["norms"])
    assert [stage["norm"] for stage in shown["stages"]] == [None, *norms, None]
