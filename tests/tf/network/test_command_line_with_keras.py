"""The commands that need TensorFlow: train in the foreground, write feature maps."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.core.network import Network
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.shapes import trace
from cnnlab.runs.record import State
from cnnlab.runs.store import Store

ROOT = Path(__file__).resolve().parents[3]


def cnnlab(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {"CNNLAB_HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "cnnlab", *words]
    return subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, timeout=180)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def training(home: Path) -> list[dict]:
    words = "train --data silhouettes --epochs 2 --limit-per-class 24 --image-size 24 --batch-size 8 --seed 3 --json"
    done = cnnlab(home, *words.split())
    assert done.returncode == 0, done.stderr
    assert "24 × 24 pixels: epochs 2; batch size 8" in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_training_prints_an_object_an_epoch_and_then_where_it_is(home: Path, training: list[dict]) -> None:
    *epochs, last = training
    assert [e["epoch"] for e in epochs] == [1, 2]
    for epoch in epochs:
        assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(epoch)
        assert 0 <= epoch["val_accuracy"] <= 1
    store = Store(home)
    run = store.get(last["run_id"])
    assert run.state is State.FINISHED
    assert last["folder"] == str(store.folder(run.id))
    recorded = store.story(run.id).epochs
    assert [e["val_loss"] for e in recorded] == [e["val_loss"] for e in epochs]
    assert run.spec.network == Network.seed().with_image_size(24, 24)


def test_the_features_of_a_trained_model_are_one_png_a_layer(home: Path, training: list[dict]) -> None:
    out = home / "maps"
    model = Path(training[-1]["folder"]) / "model.keras"
    done = cnnlab(home, "features", "--image", str(pictures()[0].path), "--model", str(model), "--out", str(out))
    assert done.returncode == 0, done.stderr
    layers = json.loads((out / "layers.json").read_text())
    rows = trace(Network.seed().with_image_size(24, 24))
    assert [(x["name"], tuple(x["shape"])) for x in layers] == [(r.name, r.output_shape) for r in rows]
    for layer in layers:
        assert Image.open(out / layer["file"]).format == "PNG"
        assert layer["min"] <= layer["max"]
        assert 0 <= layer["zero_fraction"] <= 1
    assert layers[1]["min"] == 0
    assert layers[1]["max"] == pytest.approx(max(0.0, layers[0]["max"]))
    assert 0 <= layers[-1]["min"] <= 1


@pytest.mark.slow
def test_the_shipped_weights_and_random_ones_say_what_they_are(home: Path) -> None:
    picture = home / "grey.png"
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(picture)
    shipped = cnnlab(home, "features", "--image", str(picture), "--out", str(home / "shipped"))
    assert shipped.returncode == 0, shipped.stderr
    assert "trained on silhouettes" in shipped.stderr
    network = home / "net.json"
    network.write_text(json.dumps(Network.seed().with_image_size(22, 22).to_dict()))
    words = ("features", "--image", str(picture), "--network", str(network), "--out", str(home / "random"))
    drawn = cnnlab(home, *words)
    assert drawn.returncode == 0, drawn.stderr
    assert "Random weights" in drawn.stderr


@pytest.mark.slow
def test_a_file_where_the_maps_should_go_stays_as_it_is(home: Path) -> None:
    (home / "taken").write_text("mine")
    done = cnnlab(home, "features", "--image", str(pictures()[0].path), "--out", str(home / "taken"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr.splitlines()[-1]
    assert "Errno" not in done.stderr
    assert (home / "taken").read_text() == "mine"


def test_a_file_that_is_no_model_is_one_sentence(home: Path) -> None:
    (home / "fake.keras").write_bytes(b"nothing")
    words = ("--image", str(pictures()[0].path), "--model", str(home / "fake.keras"), "--out", str(home / "no"))
    done = cnnlab(home, "features", *words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_features_of_a_model_of_any_form_are_written_too(home: Path) -> None:
    entry = keras.Input((20, 18, 1))
    inner = keras.Sequential([keras.Input((20, 18, 1)), keras.layers.Conv2D(1, 3, padding="same")], name="inner")
    keras.Model(entry, keras.layers.Add(name="sum")([entry, inner(entry)])).save(home / "residual.h5")
    out = home / "residual"
    words = ("--image", str(pictures()[0].path), "--model", str(home / "residual.h5"), "--out", str(out))
    done = cnnlab(home, "features", *words)
    assert done.returncode == 0, done.stderr
    layers = json.loads((out / "layers.json").read_text())
    assert [layer["shape"] for layer in layers] == [[20, 18, 1]] * 3
    assert layers[0]["name"].startswith("inner/")
    assert all((out / layer["file"]).is_file() for layer in layers)


@pytest.mark.slow
def test_the_features_of_a_model_that_rescales_itself_are_those_of_the_pixels_as_they_are(home: Path) -> None:
    layers, out, path = keras.layers, home / "rescaled", home / "rescales.keras"
    keras.Sequential(
        [keras.Input((8, 8, 3)), layers.ZeroPadding2D(1), layers.Rescaling(1 / 255), layers.Conv2D(2, 3)]
    ).save(path)
    done = cnnlab(home, "features", "--image", str(pictures()[0].path), "--model", str(path), "--out", str(out))
    assert done.returncode == 0, done.stderr
    padded, rescaled, _ = json.loads((out / "layers.json").read_text())
    assert padded["max"] > 50
    assert rescaled["max"] == pytest.approx(padded["max"] / 255)


@pytest.mark.slow
@pytest.mark.parametrize("data", ["motifs:count=100", "own.fasta"])
def test_sequences_are_trained_on_as_pictures_are(home: Path, data: str) -> None:
    if data == "own.fasta":
        letters = ["ACGTACGTAC" * 5, "TTTTTGGGGG" * 5]
        records = "".join(
            f">{i} label={'ab'[i % 2]}\n{letters[i % 2][i % 9 :]}{letters[i % 2][: i % 9]}\n" for i in range(40)
        )
        (home / data).write_text(records)
        data = str(home / data)
    done = cnnlab(home, "train", "--data", data, "--epochs", "1", "--json")
    assert done.returncode == 0, done.stderr
    assert "50 letters" in done.stderr
    assert "three letters" in done.stderr
    *epochs, last = map(json.loads, done.stdout.splitlines())
    assert 0 <= epochs[0]["val_accuracy"] <= 1
    assert Store(home).get(last["run_id"]).spec.network.input_shape == (50, 4)
