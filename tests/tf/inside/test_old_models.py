"""Sequential models as Keras 1 and 2.0 to 2.2 wrote them: opened where that is possible, with Keras' own values."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from cnnlab.core.exchange.imported import ImportedModel, ModelFileError
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, Opened, Weighted

Config = list[dict[str, Any]]
SCALING = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_in", "distribution": "normal"}}
GLOROT = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}}
ZEROS: dict[str, Any] = {"class_name": "Zeros", "config": {}}
DECAY = {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}}
PIXELS = np.random.default_rng(0).integers(0, 256, (12, 10, 3), dtype=np.uint8)
WEIGHTS = {
    "conv": [("kernel", (3, 3, 3, 4)), ("bias", (4,))],
    "pool": [],
    "norm": [(name, (4,)) for name in ("gamma", "beta", "moving_mean", "moving_variance")],
    "flat": [],
    "drop": [],
    "dense": [("kernel", (80, 2)), ("bias", (2,))],
}


@pytest.fixture(scope="module")
def importer(client: Inside, settings: Settings) -> ModelImporter:
    return ModelImporter(settings, client)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[Inside]:
    client = Inside(settings)
    yield client
    client.close()


def layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, "trainable": True, **config}}


def keras_2(*, with_formats: bool = True, scaling: Any = GLOROT, regularizer: Any = None) -> Config:
    """Return the layers as Keras 2.0 wrote them, `with_formats` as 2.2 did."""
    formats = {"data_format": "channels_last"} if with_formats else {}
    kernel = {"kernel_initializer": scaling, "bias_initializer": ZEROS, "use_bias": True, "kernel_constraint": None}
    first = {"batch_input_shape": [None, 12, 10, 3], "dtype": "float32", "kernel_regularizer": regularizer}
    window = {"filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid", "dilation_rate": [1, 1]}
    return [
        layer("Conv2D", "conv", activation="relu", **first, **window, **kernel, **formats),
        layer("MaxPooling2D", "pool", pool_size=[2, 2], strides=[2, 2], padding="valid", **formats),
        layer("BatchNormalization", "norm", axis=-1, momentum=0.9, epsilon=0.01, center=True, scale=True),
        layer("Flatten", "flat", **formats),
        layer("Dropout", "drop", rate=0.5),
        layer("Dense", "dense", units=2, activation="softmax", **kernel),
    ]


def keras_1() -> Config:
    window = {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "border_mode": "valid", "subsample": [1, 1]}
    unused = {"W_regularizer": None, "b_regularizer": None, "W_constraint": None, "activity_regularizer": None}
    first = {"batch_input_shape": [None, 12, 10, 3], "input_dtype": "float32", "dim_ordering": "tf", "bias": True}
    pool = {"pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid", "dim_ordering": "tf"}
    inits = {"beta_init": "zero", "gamma_init": "one"}
    return [
        layer("Convolution2D", "conv", activation="relu", init="glorot_uniform", **first, **window, **unused),
        layer("MaxPooling2D", "pool", **pool),
        layer("BatchNormalization", "norm", axis=-1, momentum=0.9, epsilon=0.01, mode=0, **inits),
        layer("Flatten", "flat"),
        layer("Dropout", "drop", p=0.5),
        layer("Dense", "dense", output_dim=2, input_dim=None, init="glorot_uniform", activation="softmax", bias=True),
    ]


def values() -> dict[str, list[np.ndarray]]:
    rng = np.random.default_rng(1)
    return {name: [rng.uniform(0.1, 1, s).astype(np.float32) for _, s in each] for name, each in WEIGHTS.items()}


def written(folder: Path, config: Any, backend: str = "tensorflow") -> bytes:
    """Return the bytes of an HDF5 file as an old Keras wrote it."""
    path = folder / "old.h5"
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.0.5", backend.encode()
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config}).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in WEIGHTS]
        for name, arrays in values().items():
            inner = group.create_group(name)
            names = [f"{name}/{weight}:0" for weight, _ in WEIGHTS[name]]
            inner.attrs["weight_names"] = [each.encode() for each in names]
            for each, array in zip(names, arrays, strict=True):
                inner.create_dataset(each, data=array)
    return path.read_bytes()


def same_today() -> keras.Model:
    """Return the same model as it is built today."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.BatchNormalization(momentum=0.9, epsilon=0.01),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(2, activation="softmax"),
        ]
    )
    for built, arrays in zip(model.layers, values().values(), strict=True):
        built.set_weights(arrays)
    return model


def changed(config: Config, index: int, **changes: Any) -> Config:
    config = json.loads(json.dumps(config))
    config[index]["config"] |= changes
    return config


OLD = {"keras 2.2": keras_2(), "keras 2.0": keras_2(with_formats=False), "keras 1": keras_1()}
ODD = {
    "regularized": keras_2(scaling=SCALING, regularizer=DECAY),
    "initialized": changed(keras_1(), 5, init="uniform"),
}


@pytest.mark.parametrize("version", OLD | ODD)
def test_a_bare_list_of_layers_gives_what_the_same_model_gives_today(
    version: str, importer: ModelImporter, client: Inside, tmp_path: Path
) -> None:
    opened = importer.open(written(tmp_path, (OLD | ODD)[version]), "old.h5")
    expected = same_today()(PIXELS[None] / np.float32(255), training=False).numpy()[0]
    assert opened.input_shape == (12, 10, 3)
    np.testing.assert_allclose(last_of(client, opened), expected, atol=1e-6)
    again = importer.open(written(tmp_path, (OLD | ODD)[version]), "old.h5")
    np.testing.assert_allclose(last_of(client, again), expected, atol=1e-6)


def last_of(client: Inside, model: ImportedModel) -> np.ndarray:
    return client.look(Opened(model, 1 / 255, 0.0), PIXELS).outputs[-1]


@pytest.mark.parametrize("version", OLD)
def test_it_becomes_a_network_like_any_other(
    version: str, importer: ModelImporter, client: Inside, tmp_path: Path
) -> None:
    opened = importer.open(written(tmp_path, OLD[version]), "old.h5")
    assert opened.network is not None, opened.why
    names = ["Conv2D", "MaxPooling2D", "BatchNormalization", "Flatten", "Dropout", "Dense"]
    assert [each.class_name for each in opened.network.layers] == names
    maps = client.look(Weighted(opened.network, FileWeights(opened.path)), PIXELS).outputs
    expected = same_today()(PIXELS[None] / np.float32(255), training=False).numpy()[0]
    np.testing.assert_allclose(maps[-1], expected, atol=1e-6)


def test_models_inside_a_list_are_read_too(importer: ModelImporter, client: Inside, tmp_path: Path) -> None:
    bottom = {"class_name": "Sequential", "config": keras_2()[:3]}
    data = written(tmp_path, [bottom, *keras_2()[3:]])
    # The weights of a nested model lie below its own name.
    path = tmp_path / "nested.h5"
    path.write_bytes(data)
    with h5py.File(path, "r+") as file:
        group = file["model_weights"]
        inner = group.create_group("sequential_1")
        names = [f"{name}/{weight}:0" for name in ("conv", "pool", "norm") for weight, _ in WEIGHTS[name]]
        for name in names:
            inner.create_dataset(name, data=group[name.split("/")[0]][name][()])
        inner.attrs["weight_names"] = [name.encode() for name in names]
        for name in ("conv", "pool", "norm"):
            del group[name]
        group.attrs["layer_names"] = [b"sequential_1", b"flat", b"drop", b"dense"]
    opened = importer.open(path.read_bytes(), "nested.h5")
    expected = same_today()(PIXELS[None] / np.float32(255), training=False).numpy()[0]
    np.testing.assert_allclose(last_of(client, opened), expected, atol=1e-6)


def replaced(config: Config, index: int, class_name: str) -> Config:
    return [{**each, "class_name": class_name} if i == index else each for i, each in enumerate(config)]


def headless() -> Config:
    first, *rest = json.loads(json.dumps(keras_2()))
    del first["config"]["batch_input_shape"]
    return [first, *rest]


@pytest.mark.parametrize(
    ("config", "backend", "said"),
    [
        (keras_2(), "theano", "turns every kernel round"),
        (changed(keras_1(), 0, dim_ordering="th"), "tensorflow", r"colours of a picture first .*'th'"),
        (changed(keras_1(), 2, mode=2), "tensorflow", "in mode 2, which only Keras 1 could"),
        (replaced(keras_1(), 0, "AtrousConvolution2D"), "tensorflow", "AtrousConvolution2D, which older versions"),
        (replaced(keras_2(), 0, "LocallyConnected2D"), "tensorflow", "LocallyConnected2D, which older versions"),
        (replaced(keras_1(), 0, "SeparableConvolution2D"), "tensorflow", "SeparableConvolution2D as Keras 1 wrote it"),
        (replaced(keras_2(), 0, "Mine"), "tensorflow", "custom class or function Mine"),
        (headless(), "tensorflow", "does not say what its first layer takes"),
        ([], "tensorflow", "holds no layers"),
        (["Dense"], "tensorflow", "damaged description"),
        ([{"class_name": "Dense"}], "tensorflow", "damaged description"),
        ([{"class_name": "Dense", "config": [{}]}], "tensorflow", "damaged description"),
        ([{"class_name": "Sequential"}], "tensorflow", "damaged description"),
        (changed(keras_2(), 0, filters=5), "tensorflow", "layers and weights that do not fit together"),
    ],
)
def test_what_cannot_be_opened_says_why(
    config: Any, backend: str, said: str, importer: ModelImporter, tmp_path: Path
) -> None:
    with pytest.raises(ModelFileError, match=said) as refused:
        importer.open(written(tmp_path, config, backend), "old.h5")
    assert str(refused.value).startswith("old.h5 ")
    assert str(refused.value).endswith(".")
