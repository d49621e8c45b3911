"""A head above a borrowed trunk learns as Keras would teach it, and the trunk changes only where it may."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.core.augment import Augmentation
from cnnlab.core.data.datasets import load
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep
from cnnlab.core.trunks.rows import shipped
from cnnlab.core.trunks.trunk import TRUNK, Trunk
from cnnlab.runs.judge.rebuild import rebuilding_script
from cnnlab.runs.judge.retrain import retraining_notebook
from cnnlab.runs.record import RunSpec, State, problems
from cnnlab.runs.record.control import Mode
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store.folders import HEAD
from cnnlab.tf.build import build_model
from cnnlab.tf.inside.cut import trunk_content
from cnnlab.tf.training.borrowed import Features, built
from cnnlab.tf.training.preparing import Preparing
from cnnlab.tf.training.train import compiled_model, fit, make_batches
from cnnlab.tf.trunks.build import front
from tests.tf.training.test_resume import School
from tests.tf.training.test_worker import curve, folder  # noqa: F401  a fixture

LOSS = "binary_crossentropy"
CLASSES = ("bright", "dark")
SIZE = 16
OWN = Network(
    (SIZE, SIZE, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=3, activation="relu"),
        Layer.make("BatchNormalization"),
        Layer.make("Dropout", rate=0.5),
        Layer.make("MaxPooling2D"),
        Layer.make("Conv2D", filters=6, kernel_size=3, activation="relu"),
        Layer.make("BatchNormalization"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=1, activation="sigmoid"),
    ),
)


def head_of(trunk: Trunk) -> Network:
    layers = (
        ("GlobalAveragePooling2D", {}),
        ("Dropout", {"rate": 0.2}),
        ("Dense", {"units": 1, "activation": "sigmoid"}),
    )
    return Network(trunk.feature_shape, tuple(Layer.make(name, **options) for name, options in layers))


def own_trunk(home: Path) -> Trunk:
    """Return the part of a network of one's own below Flatten, kept in a home."""
    content, shape = trunk_content(build_model(OWN, seed=2), "batch_normalization_1", OWN.input_shape)
    key = keep(home, content, Settings(home).disk)
    return Trunk(key, "mine", OWN.input_shape, "batch_normalization_1", shape, 1 / 255, 0.0)


def spec_of(trunk: Trunk, **more: object) -> RunSpec:
    spec = RunSpec(
        name="borrowed",
        network=head_of(trunk),
        data="silhouettes",
        data_name="silhouettes",
        augmentation=Augmentation.none(),
        limit_per_class=20,
        epochs=2,
        batch_size=8,
        trunk=trunk,
    )
    return replace(spec, **more)


def weights_by_layer(model: keras.Model) -> dict[str, list[np.ndarray]]:
    return {layer.name: layer.get_weights() for layer in model.get_layer(TRUNK).layers}


@pytest.mark.parametrize(
    "trunk_of",
    [own_trunk, pytest.param(lambda home: shipped(96), marks=pytest.mark.slow)],
    ids=["own", "shipped"],
)
def test_features_are_what_the_trunk_makes_of_the_pictures_to_the_last_bit_and_the_whole_model_agrees(
    home: Path, tmp_path: Path, trunk_of: Callable[[Path], Trunk]
) -> None:
    spec, settings = spec_of(trunk_of(home)), Settings(home)
    assert problems(spec, settings) is None
    data = load(spec.data, settings.max_pixels, spec.limit_per_class)
    pictures = make_batches(spec, data, LOSS)
    features = Features(spec, spec.trunk, settings)
    told = Preparing(EventWriter(tmp_path / "metrics.jsonl"), lambda: False)
    training, validation = features.batches(*pictures, data, pictures[0].images, told)
    scaled = pictures[0].images.astype(np.float32) * np.float32(1 / 255)
    expected = front(spec.trunk, home, 1 / 255).predict(scaled, batch_size=32, verbose=0)
    np.testing.assert_array_equal(training.images[:], expected)
    for ours, theirs in zip(training, pictures[0], strict=True):
        np.testing.assert_array_equal(ours[1], theirs[1])
        np.testing.assert_allclose(ours[0], features._front(theirs[0], training=False), rtol=1e-5, atol=1e-5)
    head = built(spec, home)
    path = tmp_path / "whole.keras"
    features.whole(head).save(path)
    whole = keras.models.load_model(path)
    given = validation.images[:]
    taken = pictures[1].images.astype(np.float32) * np.float32(1 / 255)
    np.testing.assert_allclose(whole.predict(taken, verbose=0), head.predict(given, verbose=0), atol=1e-5)


@pytest.mark.parametrize("first", [pytest.param(None, marks=pytest.mark.slow), "conv2d_1"])
def test_fine_tuning_changes_only_what_is_not_frozen(home: Path, first: str | None) -> None:
    trunk = replace(own_trunk(home), trainable_from=first)
    spec = spec_of(trunk, augmentation=Augmentation.post(), optimizer="sgd", momentum=0.9, learning_rate=1e-3)
    assert problems(spec, Settings(home)) is None
    model = compiled_model(spec, LOSS, home)
    before = weights_by_layer(model)
    data = load(spec.data, Settings.max_pixels, spec.limit_per_class)
    fit(model, spec, *make_batches(spec, data, LOSS), [])
    changed = {
        name
        for name, weights in weights_by_layer(model).items()
        if any(not np.array_equal(*pair) for pair in zip(weights, before[name], strict=True))
    }
    assert changed == (set() if first is None else {"conv2d_1", "batch_normalization_1"})


def test_what_does_not_fit_is_one_sentence(home: Path) -> None:
    settings, trunk = Settings(home), own_trunk(home)
    spec = spec_of(trunk)
    assert problems(spec, settings) is None
    wrong = {
        "features of": replace(spec, network=replace(spec.network, input_shape=(1, 1, 6))),
        "to be trained from": replace(spec, trunk=replace(trunk, trainable_from="no_layer")),
        "cut after": replace(spec, trunk=replace(trunk, cut="no_layer")),
        "choose the trunk anew": replace(spec, trunk=replace(trunk, source="0" * 64)),
        "names no trunk": replace(spec, trunk=replace(trunk, source="../../etc")),
        "train a head first": replace(spec, trunk=replace(trunk, head="1" * 64)),
        "not described as it is": spec_of(replace(shipped(96), scale=1.0)),
    }
    for said, each in wrong.items():
        assert said in (problems(each, settings) or ""), said
    assert RunSpec.from_dict(spec.to_dict()) == spec


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    school = School(tmp_path / "home")
    yield school
    school.close()


def named(model: keras.Model) -> list[tuple[list[str], bool]]:
    """Return layer and name of every weight, and whether it is trained, without the model that it was built in."""
    return [(weight.path.split("/")[-2:], weight.trainable) for weight in model.weights]


@pytest.mark.slow
@pytest.mark.parametrize("augmentation", [Augmentation.none(), Augmentation.post()], ids=["features", "whole"])
def test_a_training_above_a_trunk_goes_on_to_the_same_result_and_its_head_can_be_fine_tuned(
    school: School,
    augmentation: Augmentation,
    folder: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trunk = own_trunk(school.settings.home)
    spec = spec_of(trunk, augmentation=augmentation, data=str(folder), limit_per_class=None, epochs=4, optimizer="adam")
    whole = school.engine.submit(spec)
    school.until(whole, State.FINISHED)
    cut = school.engine.submit(spec, mode=Mode.EPOCH)
    school.until(cut, State.PAUSED)
    school.engine.stop(cut)
    school.until(cut, State.STOPPED)
    school.engine.resume(cut)
    school.until(cut, State.FINISHED)
    for ours, theirs in zip(school.weights(cut), school.weights(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert curve(school.store.story(cut)) == curve(school.store.story(whole))
    model = keras.models.load_model(school.store.model_path(whole))
    assert model.input_shape[1:] == OWN.input_shape
    monkeypatch.chdir(school.store.folder(whole))
    cells = {c["id"]: "".join(c["source"]) for c in json.loads(retraining_notebook(spec, LOSS, CLASSES))["cells"]}
    pictures = np.random.default_rng(0).random((5, *OWN.input_shape), np.float32)
    for code in (cells["build"], rebuilding_script(spec)):
        known: dict[str, Any] = {"keras": keras, "SEED": 0, "__name__": "imported"}
        exec(code, known)
        again = known["model"]
        np.testing.assert_array_equal(again.predict(pictures, verbose=0), model.predict(pictures, verbose=0))
        assert named(again) == named(model)
    known["SEED"] = 1
    exec(cells["begin"], known)
    anew = known["model"]
    np.testing.assert_array_equal(anew.get_layer(TRUNK).get_weights()[0], model.get_layer(TRUNK).get_weights()[0])
    assert not np.array_equal(anew.predict(pictures, verbose=0), model.predict(pictures, verbose=0))
    content = (school.store.folder(whole) / HEAD).read_bytes()
    head = keep(school.settings.home, content, school.settings.disk)
    tuned = replace(spec, trunk=replace(trunk, trainable_from="conv2d_1", head=head), learning_rate=1e-9, epochs=1)
    run_id = school.engine.submit(tuned)
    school.until(run_id, State.FINISHED)
    last, first = school.store.story(whole).epochs[-1], school.store.story(run_id).epochs[0]
    assert first["val_loss"] == pytest.approx(last["val_loss"], abs=0.05), "it begins with the head that was trained"


@pytest.mark.slow
@pytest.mark.parametrize("first", [None, "block7a_project_conv"])
def test_the_script_of_a_run_on_the_shipped_trunk_answers_as_its_model(
    home: Path, tmp_path: Path, first: str | None
) -> None:
    """Run the script by itself, as a student does."""
    spec = spec_of(replace(shipped(96), trainable_from=first), augmentation=Augmentation.none())
    head = built(spec, home)
    whole = Features(spec, spec.trunk, Settings(home)).whole(head) if spec.learns_from_features else head
    whole.save(tmp_path / "model.keras")
    (tmp_path / "script.py").write_text(rebuilding_script(spec))
    pixels = np.random.default_rng(0).integers(0, 256, (80, 110, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    command = [sys.executable, "script.py", "picture.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300)
    said = float(re.findall(r"picture.png \[(.*)\]", done.stdout)[0])
    resized = keras.utils.img_to_array(
        keras.utils.load_img(tmp_path / "picture.png", target_size=(96, 96), interpolation="bilinear")
    )
    assert said == pytest.approx(float(whole.predict(resized[None] / 255, verbose=0)[0, 0]), abs=1e-6)
    assert "keras.layers.DepthwiseConv2D(" in (tmp_path / "script.py").read_text()
