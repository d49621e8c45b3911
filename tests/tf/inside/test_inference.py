"""The process that computes feature maps, over its real connection."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import psutil
import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import trace
from cnnlab.processes.inference import InferenceError, Inside
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.tf.build import build_model
from cnnlab.tf.inside import summary
from cnnlab.tf.inside.maps import network_of
from cnnlab.tf.sparing import UNUSED

NETWORK = Network(
    (10, 14, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=3),
        Layer.make("BatchNormalization"),
        Layer.make("Activation", activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("Flatten"),
        Layer.make("Dropout", rate=0.5),
        Layer.make("Dense", units=2, activation="softmax"),
    ),
)
PIXELS = np.random.default_rng(0).integers(0, 256, (10, 14, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    client = Inside(Settings(tmp_path_factory.mktemp("home")), timeout=120)
    yield client
    client.close()


def outputs_of(model: keras.Model, pixels: np.ndarray) -> list[np.ndarray]:
    """Return every layer's output in one pass of the whole model."""
    whole = keras.Model(model.inputs, [layer.output for layer in model.layers])
    outputs = whole([pixels[None].astype(np.float32) / np.float32(255)], training=False)
    return [output.numpy()[0] for output in outputs]


def same(maps: tuple[np.ndarray, ...], expected: list[np.ndarray]) -> None:
    assert [each.shape for each in maps] == [each.shape for each in expected]
    for got, wanted in zip(maps, expected, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_maps_with_random_weights_are_what_keras_layers_compute(client: Inside) -> None:
    same(client.look(Weighted(NETWORK, RandomWeights(3)), PIXELS).outputs, outputs_of(build_model(NETWORK, 3), PIXELS))
    other = client.look(Weighted(NETWORK, RandomWeights(4)), PIXELS).outputs
    assert not np.allclose(other[0], client.look(Weighted(NETWORK, RandomWeights(3)), PIXELS).outputs[0])


def test_the_process_holds_no_package_that_it_never_uses(client: Inside) -> None:
    client.look(Weighted(NETWORK, RandomWeights(3)), PIXELS)
    files = {mapped.path for mapped in psutil.Process(client.networks.pid).memory_maps()}
    assert any("tensorflow" in path for path in files)
    for package in UNUSED:
        assert not [path for path in files if f"/{package}/" in path]


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_maps_with_weights_from_a_file_are_those_of_the_saved_model(
    client: Inside, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"model.{ending}"
    for seed in (5, 6):
        model = build_model(NETWORK, seed)
        model.save(path)
        os.utime(path, (seed, seed))
        same(client.look(Weighted(NETWORK, FileWeights(path)), PIXELS).outputs, outputs_of(model, PIXELS))
    # A training that was told not to rescale saw 0 to 255, and so do its maps.
    unscaled = client.look(Weighted(NETWORK, FileWeights(path, rescale=1.0)), PIXELS).outputs
    same(unscaled, outputs_of(model, PIXELS.astype(np.float32) * np.float32(255)))
    read = network_of(keras.models.load_model(path))
    assert build_model(read).count_params() == build_model(NETWORK).count_params()
    same(client.look(Weighted(read, FileWeights(path)), PIXELS).outputs, outputs_of(model, PIXELS))


def test_a_functional_model_that_is_one_row_is_a_network_too(client: Inside, tmp_path: Path) -> None:
    entry = value = keras.Input((10, 14, 3))
    for layer in build_model(NETWORK, 1).layers:
        value = layer.__class__.from_config(layer.get_config())(value)
    model = keras.Model(entry, value)
    model.save(tmp_path / "functional.keras")
    maps = client.look(Weighted(NETWORK, FileWeights(tmp_path / "functional.keras")), PIXELS).outputs
    np.testing.assert_allclose(maps[-1], model(PIXELS[None] / np.float32(255)).numpy()[0], rtol=1e-5)


def test_a_file_of_another_network_is_refused(client: Inside, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    build_model(NETWORK, 0).save(path)
    other = NETWORK.with_option(0, "padding", "same")
    with pytest.raises(InferenceError, match="belong to another network"):
        client.look(Weighted(other, FileWeights(path)), PIXELS)


def test_every_error_is_one_sentence_and_the_process_lives_on(client: Inside, tmp_path: Path) -> None:
    client.look(Weighted(NETWORK, RandomWeights()), PIXELS)
    pid = client.networks.pid
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"no model")
    inputs = [keras.Input((4, 4, 1)), keras.Input((4, 4, 1))]
    joined = tmp_path / "joined.keras"
    keras.Model(inputs, keras.layers.Add()(inputs)).save(joined)
    entry = keras.Input((4, 4, 1))
    residual = tmp_path / "residual.keras"
    keras.Model(entry, keras.layers.Add()([entry, keras.layers.Activation("relu")(entry)])).save(residual)
    wrong = {
        "is not there": lambda: client.look(Weighted(NETWORK, FileWeights(tmp_path / "gone.keras")), PIXELS),
        "cannot be read as a Keras model": lambda: client.look(Weighted(NETWORK, FileWeights(broken)), PIXELS),
        "can only be looked at": lambda: client.look(Weighted(NETWORK, FileWeights(joined)), PIXELS),
        "not a plain sequence": lambda: client.look(Weighted(NETWORK, FileWeights(residual)), PIXELS),
        "takes a picture of": lambda: client.look(Weighted(NETWORK, RandomWeights()), PIXELS[:5]),
        "the kernel": lambda: client.look(Weighted(NETWORK.with_option(0, "kernel_size", 12), RandomWeights()), PIXELS),
        "at most 20,000,000": lambda: client.look(
            Weighted(NETWORK.with_option(0, "filters", 10**6), RandomWeights()), PIXELS
        ),
    }
    for said, call in wrong.items():
        with pytest.raises(InferenceError, match=said) as refused:
            call()
        assert "\n" not in str(refused.value)
    assert client.networks.pid == pid


def test_a_crashed_process_is_started_again(client: Inside) -> None:
    before = client.look(Weighted(NETWORK, RandomWeights()), PIXELS).outputs
    assert client.networks.pid is not None
    os.kill(client.networks.pid, signal.SIGKILL)
    time.sleep(0.2)
    same(client.look(Weighted(NETWORK, RandomWeights()), PIXELS).outputs, list(before))


def test_many_threads_share_one_process(client: Inside) -> None:
    expected = client.look(Weighted(NETWORK, RandomWeights()), PIXELS).outputs
    pid = client.networks.pid
    results: list[tuple[np.ndarray, ...]] = []
    threads = [
        threading.Thread(target=lambda: results.append(client.look(Weighted(NETWORK, RandomWeights()), PIXELS).outputs))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 12
    for result in results:
        same(result, list(expected))
    assert client.networks.pid == pid


def test_a_process_that_never_gets_ready_is_ended(tmp_path: Path) -> None:
    client = Inside(Settings(tmp_path), start_timeout=1, command=[sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(InferenceError, match="not ready within 1 seconds"):
        client.look(Weighted(NETWORK, RandomWeights()), PIXELS)
    assert client.networks.pid is None


def test_a_process_that_dies_in_a_request_is_told_and_left_behind(tmp_path: Path) -> None:
    dying = "import os, signal, time; time.sleep(0.3); os.kill(os.getpid(), signal.SIGSEGV)"
    client = Inside(Settings(tmp_path), timeout=30, command=[sys.executable, "-c", dying])
    with pytest.raises(InferenceError, match=r"ended unexpectedly \(signal 11\)"):
        client.look(Weighted(NETWORK, RandomWeights()), PIXELS)
    assert client.networks.pid is None


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from cnnlab.core.settings import Settings\n"
        "from cnnlab.processes.inference import Inside\n"
        "client = Inside(Settings(pathlib.Path(sys.argv[1])), timeout=120)\n"
        "client.networks.ask({'request': 'ping'})\n"
        "os.write(1, str(client.networks.pid).encode()); os.kill(os.getpid(), 9)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    parent = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=env, capture_output=True, timeout=150, check=False
    )
    child = int(parent.stdout)
    deadline = time.monotonic() + 20
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_keras_summarises_a_network_and_agrees_with_the_trace(client: Inside) -> None:
    text, differ = client.summary(Network.seed())
    assert differ == []
    assert "Total params: 1,212,513" in text
    assert "(None, 148, 148, 32)" in text


def test_a_number_that_differs_from_keras_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(trace(NETWORK))
    rows[0] = replace(rows[0], effect=replace(rows[0].effect, biases=rows[0].biases + 1))
    monkeypatch.setattr(summary, "trace", lambda network: tuple(rows))
    assert len(summary.summary(NETWORK)[1]) == 1


def test_a_network_too_large_to_build_is_not_summarised(client: Inside) -> None:
    large = Network((1, 1, 20_000), (Layer.make("Flatten"), Layer.make("Dense", units=20_000)))
    with pytest.raises(InferenceError, match=r"400,020,000 parameters"):
        client.summary(large)


def test_a_network_with_its_weights_is_written_as_keras_writes_it(client: Inside, tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(client.keras_file(Weighted(NETWORK, RandomWeights(3))))
    model = keras.models.load_model(tmp_path / "model.keras")
    assert [layer.name for layer in model.layers] == [row.name for row in trace(NETWORK)]
    for ours, theirs in zip(build_model(NETWORK, 3).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
