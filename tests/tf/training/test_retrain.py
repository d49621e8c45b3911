"""The notebook of a run really trains: with the pictures that the run gives away, in plain Keras."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from nbclient import NotebookClient

from cnnlab.core.augment import AnyAugmentation, Augmentation, RandomLayers
from cnnlab.core.augment.layer_settings import RandomLayer
from cnnlab.core.data.datasets import load, with_classes
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.training.schedules import Schedule
from cnnlab.core.training.story import Story
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.retrain import bundled_pictures, retraining_notebook
from cnnlab.runs.record import RunSpec
from cnnlab.runs.record.by_hand import rates_by_hand
from cnnlab.runs.record.settings import SETTINGS
from cnnlab.tf.training.train import make_batches

SPEC = RunSpec(
    name="small",
    network=Network.seed().with_image_size(24, 24),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.post(),
    limit_per_class=12,
    train_per_class=10,
    epochs=2,
    batch_size=5,
    optimizer="sgd",
    momentum=0.9,
    patience=2,
    class_weights=True,
    schedule=Schedule("CosineDecay", 8),
    l2=0.001,
)
CLASSES = ("cats", "dogs")


def counts(packed: bytes) -> dict[str, int]:
    found: dict[str, int] = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            found[name.rsplit("/", 1)[0]] = found.get(name.rsplit("/", 1)[0], 0) + 1
    return found


def test_the_pictures_are_those_that_the_run_learned_from() -> None:
    assert counts(bundled_pictures(SPEC, Settings.max_pixels)) == {
        "data/train/cats": 10,
        "data/train/dogs": 10,
        "data/validation/cats": 12,
        "data/validation/dogs": 12,
    }


def test_every_setting_of_the_run_stands_in_the_notebook() -> None:
    cells = json.loads(retraining_notebook(SPEC, "binary_crossentropy", CLASSES))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    for said in (
        "target_size=(24, 24)",
        "classes=['cats', 'dogs']",
        "class_mode='binary'",
        "batch_size=5",
        "shear_range=0.2",
        "horizontal_flip=True",
        "rate = keras.optimizers.schedules.CosineDecay(0.001, decay_steps=8, alpha=0.0)",
        "keras.optimizers.SGD(learning_rate=rate, momentum=0.9)",
        "kernel_regularizer=keras.regularizers.L2(0.001)",
        "patience=2",
        "class_weight=weights",
        "epochs=2",
    ):
        assert said in text
    steps = replace(SPEC, schedule=Schedule("ExponentialDecay", 40, 0.5, staircase=True))
    text = retraining_notebook(steps, "binary_crossentropy", CLASSES)
    assert "schedules.ExponentialDecay(0.001, decay_steps=40, decay_rate=0.5, staircase=True)" in text
    colour = replace(SPEC, optimizer="adam", momentum=0.0, patience=None, class_weights=False, schedule=None, l2=0.0)
    text = retraining_notebook(colour, "sparse_categorical_crossentropy", CLASSES)
    assert "EarlyStopping" not in text
    assert "keras.optimizers.Adam(learning_rate=0.001)" in text
    assert "regularizer" not in text
    assert "class_mode='sparse'" in text


IN_THE_PICTURES = {"limit_per_class", "train_per_class", "shuffle_labels", "test_split"}
NOT_IN_PLAIN_KERAS = {"threads", "minutes", "epochs_at_most", "spent"}
GIVEN = {"loss", "classes"}
"""Given to the notebook as the run had them, which may be by default."""


def test_every_setting_changes_the_notebook_or_its_pictures() -> None:
    bare = replace(SPEC, **{s.name: s.default for s in SETTINGS} | {"optimizer": "sgd", "momentum": 0.5})
    others = {s.name: getattr(SPEC, s.name) for s in SETTINGS} | {"optimizer": "adam", "seed": 4, "learning_rate": 0.02}
    others["trunk"] = shipped(96)
    told = retraining_notebook(bare, "binary_crossentropy", CLASSES)
    for name in others.keys() - IN_THE_PICTURES - NOT_IN_PLAIN_KERAS - GIVEN:
        changed = replace(bare, **{name: others[name]})
        assert retraining_notebook(changed, "binary_crossentropy", CLASSES) != told, name
    few = replace(bare, limit_per_class=4)
    packed = bundled_pictures(few, Settings.max_pixels)
    for change in ({"limit_per_class": 3}, {"train_per_class": 3}, {"shuffle_labels": True}, {"test_split": True}):
        changed = replace(few, **change)
        assert bundled_pictures(changed, Settings.max_pixels) != packed


LAYERS = RandomLayers((RandomLayer.of("RandomFlip"), RandomLayer.of("RandomRotation", factor=0.1)))
NOTHING = RandomLayers((RandomLayer.of("RandomRotation", factor=0.0),), 1 / 128)


def test_what_the_run_did_with_its_own_folder_and_the_cells_do_not_is_said() -> None:
    own = replace(SPEC, data="/data/pets", data_name="pets", test_split=True)
    told = cell(retraining_notebook(own, "x", CLASSES), "title")
    for said in (
        "at most 12 pictures of each class",
        "at most 10 of each class",
        "kept 20% of the training pictures",
        "set 20% of each class aside",
        "EXIF",
    ):
        assert said in told
    assert "at most" not in cell(retraining_notebook(SPEC, "x", CLASSES), "title"), "its pictures come along"


def cell(notebook: str, name: str) -> str:
    return next("".join(c["source"]) for c in json.loads(notebook)["cells"] if c["id"] == name)


def in_order(pictures: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(pictures.astype(np.float64).sum(axis=(1, 2, 3)))
    return pictures[order], labels.ravel()[order]


@pytest.mark.parametrize(
    ("augmentation", "shape", "order", "loss"),
    [
        (Augmentation.none(), (24, 32, 3), CLASSES, "binary_crossentropy"),
        (Augmentation(rescale=1.0), (24, 24, 1), CLASSES[::-1], "sparse_categorical_crossentropy"),
        (NOTHING, (32, 24, 3), CLASSES[::-1], "binary_crossentropy"),
    ],
)
def test_the_notebook_reads_the_very_numbers_that_the_run_read(
    augmentation: AnyAugmentation, shape: tuple[int, int, int], order: tuple[str, ...], loss: str, tmp_path: Path
) -> None:
    network = Network(shape, Network.seed().with_image_size(24, 24).layers)
    spec = replace(SPEC, augmentation=augmentation, network=network, classes=order, train_per_class=None)
    with zipfile.ZipFile(io.BytesIO(bundled_pictures(spec, Settings.max_pixels))) as archive:
        archive.extractall(tmp_path)
    made: dict[str, Any] = {"keras": keras, "tf": tf, "SEED": 0, "DATA": str(tmp_path / "data")}
    exec(cell(retraining_notebook(spec, loss, order), "pictures"), made)
    data = with_classes(load(spec.data, Settings.max_pixels, spec.limit_per_class, spec.seed), order)
    training, validation = make_batches(replace(spec, batch_size=24), data, loss)
    for ours, theirs in ((training, made["training"]), (validation, made["validation"])):
        theirs.batch_size = len(ours.images)
        theirs.reset()
        (pictures, labels), (given, true) = in_order(*next(theirs)), in_order(*replace(ours, batch_size=24).at(0))
        np.testing.assert_allclose(pictures, given, rtol=1e-6)
        np.testing.assert_array_equal(labels, true)


@pytest.mark.parametrize("schedule", [None, Schedule("CosineDecay", 8)])
def test_the_notebook_sets_the_learning_rate_where_it_was_set_by_hand(schedule: Schedule | None) -> None:
    told = [
        {"type": "learning_rate", "epoch": 1, "batch": 3, "batches": 4, "value": 0.5},
        {"type": "learning_rate", "epoch": 2, "batch": 2, "batches": 4, "value": 0.25},
    ]
    spec = replace(SPEC, schedule=schedule, patience=None, class_weights=False, momentum=0.0)
    code = cell(retraining_notebook(spec, "binary_crossentropy", CLASSES, rates_by_hand(Story(told))), "fit")
    made: dict[str, Any] = {"keras": keras, "model": keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])}
    exec(code[: code.index("history =")], made)
    optimizer = made["model"].optimizer
    weight, rates = keras.Variable(0.0), []
    optimizer.build([weight])
    for _ in range(8):
        rates.append(float(optimizer.learning_rate))
        optimizer.apply_gradients([(keras.ops.convert_to_tensor(1.0), weight)])
    before = [spec.learning_rate if schedule is None else schedule.rate_at(spec.learning_rate, i) for i in range(3)]
    np.testing.assert_allclose(rates, [*before, 0.5, 0.5, 0.5, 0.25, 0.25], rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("augmentation", [SPEC.augmentation, LAYERS])
def test_the_notebook_trains_from_its_first_cell_to_its_last(augmentation: AnyAugmentation, tmp_path: Path) -> None:
    spec = replace(SPEC, augmentation=augmentation)
    with zipfile.ZipFile(io.BytesIO(bundled_pictures(SPEC, Settings.max_pixels))) as archive:
        archive.extractall(tmp_path)
    notebook = nbformat.reads(retraining_notebook(spec, "binary_crossentropy", CLASSES), as_version=4)
    check = "assert len(history.history['val_loss']) == 2 and len(training) == 4 and len(validation) == 1"
    check += " and weights == {0: 1.0, 1: 1.0}"
    notebook.cells.append(nbformat.v4.new_code_cell(check))
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(tmp_path)}}).execute()


@pytest.mark.parametrize(
    ("class_name", "options", "said"),
    [
        ("Conv2D", {"kernel_size": 1, "strides": 2}, "0"),
        ("Conv2DTranspose", {"kernel_size": 3, "dilation_rate": 2}, "1"),
    ],
)
def test_a_network_that_not_every_processor_trains_says_what_tensorflow_needs_before_keras_is_loaded(
    class_name: str, options: dict[str, int], said: str
) -> None:
    layers = (Layer.make(class_name, filters=2, **options), Layer.make("Flatten"), Layer.make("Dense", units=1))
    spec = replace(SPEC, network=Network((20, 20, 3), layers))
    cells = json.loads(retraining_notebook(spec, "binary_crossentropy", CLASSES))["cells"]
    first = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert first.index(f'os.environ["TF_ENABLE_ONEDNN_OPTS"] = "{said}"') < first.index("import keras")
