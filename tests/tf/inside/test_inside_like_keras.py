"""What is seen inside a network or model is what Keras computes: outputs, logits, activity, kernels."""

import random
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check, trace
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Opened, RandomWeights, Weighted
from cnnlab.tf.build import build_model
from tests.random_networks import random_network

CASES = 12


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    client = Inside(Settings(tmp_path_factory.mktemp("home")))
    yield client
    client.close()


@pytest.fixture(scope="module")
def importer(client: Inside, tmp_path_factory: pytest.TempPathFactory) -> ModelImporter:
    return ModelImporter(Settings(tmp_path_factory.mktemp("home")), client)


def close(got: np.ndarray, expected: np.ndarray) -> None:
    """Compare relative to the largest value of the whole map."""
    assert got.shape == expected.shape
    assert np.abs(got - expected).max() <= 1e-5 * max(np.abs(expected).max(), 1e-6)


def valid_networks(count: int) -> list[tuple[int, Network]]:
    found = []
    for seed in range(1000):
        network = random_network(random.Random(seed))
        if is_small(network):
            found.append((seed, network))
        if len(found) == count:
            return found
    raise AssertionError("too few")


def is_small(network: Network) -> bool:
    return (
        check(network) is None
        and network.input_shape[2] in (1, 3)
        and sum(row.params for row in trace(network)) < 2_000_000
        and max(network.input_shape) <= 64
    )


def test_every_map_of_random_networks_equals_keras(client: Inside) -> None:
    for seed, network in valid_networks(CASES):
        pixels = np.random.default_rng(seed).integers(0, 256, network.input_shape, dtype=np.uint8)
        model = build_model(network, seed)
        whole = keras.Model(model.inputs, [layer.output for layer in model.layers])
        expected = whole([pixels[None].astype(np.float32) / np.float32(255)], training=False)
        expected = expected if isinstance(expected, list) else [expected]
        look = client.look(Weighted(network, RandomWeights(seed)), pixels)
        assert len(look.outputs) == len(expected)
        for got, wanted in zip(look.outputs, expected, strict=True):
            close(got, wanted.numpy()[0])


@pytest.mark.parametrize("activation", ["sigmoid", "softmax", "tanh"])
@pytest.mark.parametrize("separate", [True, False])
def test_logits_are_what_went_into_the_last_activation(client: Inside, activation: str, separate: bool) -> None:
    last = (
        (Layer.make("Dense", units=3), Layer.make("Activation", activation=activation))
        if separate
        else (Layer.make("Dense", units=3, activation=activation),)
    )
    network = Network((5, 6, 3), (Layer.make("Flatten"), *last))
    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    look = client.look(Weighted(network, RandomWeights(1)), pixels)
    assert look.logits is not None
    close(keras.ops.convert_to_numpy(keras.activations.get(activation)(look.logits[None]))[0], look.outputs[-1])


def test_a_network_without_a_closing_activation_has_no_logits(client: Inside) -> None:
    network = Network((5, 6, 3), (Layer.make("Flatten"), Layer.make("Dense", units=3)))
    assert client.look(Weighted(network, RandomWeights(1)), np.zeros((5, 6, 3), np.uint8)).logits is None


def test_activity_and_kernels_are_those_of_the_model(client: Inside) -> None:
    network = Network(
        (12, 10, 3),
        (
            Layer.make("Conv2D", filters=5, kernel_size=3, activation="relu"),
            Layer.make("SeparableConv2D", filters=4, kernel_size=(3, 1)),
            Layer.make("DepthwiseConv2D", kernel_size=2, use_bias=False),
            Layer.make("GlobalAveragePooling2D"),
        ),
    )
    batch = np.random.default_rng(1).integers(0, 256, (4, 12, 10, 3), dtype=np.uint8)
    looks = [client.look(Weighted(network, RandomWeights(2)), pixels).outputs for pixels in batch]
    for index, largest in enumerate(client.activity(Weighted(network, RandomWeights(2)), batch)):
        values = np.stack([look[index] for look in looks])
        close(largest, np.abs(values).max(axis=tuple(range(values.ndim - 1))))
    model = build_model(network, 2)
    found = client.kernels(Weighted(network, RandomWeights(2)))
    assert [(kernel.index, kernel.part) for kernel in found] == [
        (0, "kernel"),
        (1, "depthwise_kernel"),
        (1, "pointwise_kernel"),
        (2, "kernel"),
    ]
    for kernel in found:
        np.testing.assert_array_equal(kernel.values, getattr(model.layers[kernel.index], kernel.part).numpy())
        assert kernel.shape == kernel.values.shape


def residual() -> keras.Model:
    entry = keras.Input((16, 12, 3))
    value = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(entry)
    inner = keras.Sequential([keras.Input((16, 12, 4)), keras.layers.Conv2D(4, 3, padding="same"), keras.layers.ReLU()])
    value = keras.layers.Add(name="sum")([value, inner(value)])
    shared = keras.layers.Conv2D(4, 1, name="shared")
    value = shared(shared(value))
    pooled = keras.layers.GlobalAveragePooling2D()(value)
    kinds = keras.layers.Dense(3, activation="softmax", name="kinds")(pooled)
    return keras.Model(entry, [keras.layers.Dense(1, name="age")(pooled), kinds])


def grey() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((9, 9, 1)), layers.Conv2D(2, 3), layers.LeakyReLU(), layers.Flatten(), layers.Dense(2)]
    )


def free_size() -> keras.Model:
    entry = keras.Input((None, None, 3))
    value = keras.layers.Conv2D(2, 3, strides=2)(keras.layers.Rescaling(1 / 255)(entry))
    return keras.Model(entry, keras.layers.GlobalMaxPooling2D()(value))


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("make", [residual, grey, free_size])
def test_a_model_of_any_form_is_shown_as_keras_computes_it(
    importer: ModelImporter, client: Inside, make: object, ending: str, tmp_path: Path
) -> None:
    assert callable(make)
    model = make()
    path = tmp_path / f"theirs.{ending}"
    model.save(path)
    opened = importer.open(path.read_bytes(), path.name)
    assert opened.network is None
    assert opened.why.endswith(".")
    assert opened.params == model.count_params()
    assert opened.free_size == (make is free_size)
    pixels = np.random.default_rng(0).integers(0, 256, opened.input_shape, dtype=np.uint8)
    scale, offset = 2 / 255, -1.0
    theirs = Opened(opened, scale, offset)
    look = client.look(theirs, pixels)
    assert [values.shape for values in look.outputs] == [row.output_shape for row in opened.rows]
    expected = model(pixels[None].astype(np.float32) * np.float32(scale) + np.float32(offset), training=False)
    names = [row.name for row in opened.rows]
    for name, wanted in zip(opened.outputs, expected if isinstance(expected, list) else [expected], strict=True):
        close(look.outputs[names.index(name)], wanted.numpy()[0])
    if make is residual:
        assert sum(name.startswith("sequential") and "/" in name for name in names) == 2, "the nested model's layers"
        assert names.count("shared") == 2
        assert set(opened.rows[names.index("sum")].inputs) >= {"stem"}
        assert len(client.kernels(theirs)) >= 3
        assert client.activity(theirs, pixels[None])[0].shape == (4,)
        twins = client.twins(theirs, pixels[None], 0.3)
        for values, found in zip(look.outputs, twins, strict=True):
            assert found.of.size == (values.shape[2] if values.ndim == 3 else 0)
            for channel, other in enumerate(found.of):
                if other >= 0:
                    pair = (values[..., i].ravel().astype(np.float64) for i in (channel, other))
                    assert np.corrcoef(*pair)[0, 1] == pytest.approx(found.correlation[channel], abs=1e-4)


def test_a_plain_sequence_becomes_a_network(importer: ModelImporter, tmp_path: Path) -> None:
    network = Network((8, 8, 1), (Layer.make("Conv2D", filters=2, kernel_size=3), Layer.make("Flatten")))
    path = tmp_path / "plain.keras"
    build_model(network, 0).save(path)
    opened = importer.open(path.read_bytes(), "plain.keras")
    assert opened.network is not None
    assert [layer.class_name for layer in opened.network.layers] == ["Conv2D", "Flatten"]
    assert opened.why == ""


def test_a_transposed_kernel_is_shown_with_its_inputs_before_its_filters(client: Inside) -> None:
    network = Network((6, 6, 3), (Layer.make("Conv2DTranspose", filters=5, kernel_size=(3, 2)),))
    (kernel,) = client.kernels(Weighted(network, RandomWeights(4)))
    assert kernel.shape == (3, 2, 3, 5)
    kept = build_model(network, 4).layers[0].kernel.numpy()
    np.testing.assert_array_equal(kernel.values, kept.swapaxes(2, 3))
