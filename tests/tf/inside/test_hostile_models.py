"""Model files of unknown origin: each kind of refusal in its own words, no code run, no growth of this process."""

import io
import json
import pickle
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import psutil
import pytest

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from tests.unit.processes.limits.test_other_processes import landlock, left_out

GROWTH = 24 << 20  # bytes
MARK = Path(tempfile.mkdtemp()) / "code-ran"


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with closing(Inside(Settings(tmp_path_factory.mktemp("inside")))) as inside:
        yield inside


@pytest.fixture(scope="module")
def importer(inside: Inside, tmp_path_factory: pytest.TempPathFactory) -> ModelImporter:
    importer = ModelImporter(Settings(tmp_path_factory.mktemp("home")), inside)
    importer.open(saved("keras"), "first.keras")
    return importer


@pytest.mark.skipif(landlock() < 1, reason="this system has no Landlock")
def test_no_thread_of_the_process_that_opens_models_is_left_out_of_its_limits(
    inside: Inside, importer: ModelImporter
) -> None:
    pid = inside.models.pid
    assert pid is not None
    assert psutil.Process(pid).num_threads() > 1
    assert left_out(pid) == []


def small() -> keras.Model:
    layers = keras.layers
    return keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])


def saved(ending: str, model: keras.Model | None = None, weights_only: bool = False) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (f"m.weights.{ending}" if weights_only else f"m.{ending}")
        model = model or small()
        model.save_weights(path) if weights_only else model.save(path)
        return path.read_bytes()


def rezipped(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def reconfigured(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    def edit(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        change(config)
        members["config.json"] = json.dumps(config).encode()

    return rezipped(data, edit)


def edited_h5(data: bytes, change: Callable[[h5py.File], None]) -> bytes:
    held = io.BytesIO(data)
    with h5py.File(held, "r+") as file:
        change(file)
    return held.getvalue()


def reconfigured_h5(change: Callable[[dict[str, Any]], None]) -> bytes:
    def edit(file: h5py.File) -> None:
        config = json.loads(file.attrs["model_config"])
        change(config)
        file.attrs["model_config"] = json.dumps(config)

    return edited_h5(saved("h5"), edit)


def with_lambda() -> keras.Model:
    return keras.Sequential([keras.Input((6, 6, 3)), keras.layers.Lambda(lambda x: x * 2), keras.layers.Flatten()])


def layers_of(config: dict[str, Any]) -> list[dict[str, Any]]:
    return config["config"]["layers"]


def custom(config: dict[str, Any]) -> None:
    layers_of(config)[1] |= {"module": "theirs", "class_name": "SecretLayer", "registered_name": "Theirs>SecretLayer"}


def custom_function(config: dict[str, Any]) -> None:
    layers_of(config)[1]["config"]["activation"] = {
        "module": "builtins",
        "class_name": "function",
        "config": "secret",
        "registered_name": "function",
    }


def two_billion(config: dict[str, Any]) -> None:
    layers_of(config)[-1]["config"]["units"] = 2_000_000_000


def more_than_memory(config: dict[str, Any]) -> None:
    layers_of(config)[1]["config"]["filters"] = 1_000_000
    layers_of(config)[-1]["config"]["units"] = 1_000_000


def nan(file: h5py.File) -> None:
    def spoil(_: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim > 1:
            item[...] = np.nan

    file.visititems(spoil)


def nan_in_zip(members: dict[str, bytes]) -> None:
    members["model.weights.h5"] = edited_h5(members["model.weights.h5"], nan)


def link_away(file: h5py.File) -> None:
    file["model_weights"]["away"] = h5py.ExternalLink("/etc/passwd", "/")


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (MARK,)


def deep(config: dict[str, Any]) -> None:
    inner: Any = 1
    for _ in range(200):
        inner = [inner]
    layers_of(config)[1]["config"]["filters"] = inner


KERAS, H5 = saved("keras"), saved("h5")
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "m.h5", "is empty"),
    "weights only": (saved("h5", weights_only=True), "m.h5", "holds only weights"),
    "Git LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n",
        "m.h5",
        "is a Git LFS pointer",
    ),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3" + bytes(100), "m.keras", "TensorFlow Lite"),
    "custom class": (reconfigured(KERAS, custom), "m.keras", "custom class or function SecretLayer"),
    "custom class, h5": (reconfigured_h5(custom), "m.h5", "custom class or function SecretLayer"),
    "custom function": (reconfigured(KERAS, custom_function), "m.keras", "custom class or function"),
    "truncated": (KERAS[: len(KERAS) // 2], "m.keras", "damaged or cut short"),
    "truncated h5": (H5[: len(H5) // 2], "m.h5", "damaged or cut short"),
    "NaN weights": (rezipped(KERAS, nan_in_zip), "m.keras", "no numbers (NaN"),
    "NaN weights, h5": (edited_h5(H5, nan), "m.h5", "no numbers (NaN"),
    "not HDF5": (b"\x01\x02 something else", "m.h5", "named like an HDF5 file but is none"),
    "two billion units": (reconfigured(KERAS, two_billion), "m.keras", "units = 2,000,000,000"),
    "two billion units, h5": (reconfigured_h5(two_billion), "m.h5", "units = 2,000,000,000"),
    "Lambda": (saved("keras", with_lambda()), "m.keras", "Lambda layer, which carries program code"),
    "Lambda, h5": (saved("h5", with_lambda()), "m.h5", "Lambda layer, which carries program code"),
    "pickle": (pickle.dumps(Bomb()), "m.h5", "is a Python pickle"),
    "PyTorch": (rezipped(KERAS, lambda m: m.update({"m/data.pkl": pickle.dumps(Bomb())})), "m.keras", "PyTorch"),
    "traversal": (rezipped(KERAS, lambda m: m.update({"../../evil.py": b"1"})), "m.keras", "leads out of the file"),
    "more files": (rezipped(KERAS, lambda m: m.update({"assets/x.txt": b"1"})), "m.keras", "beside the model's own"),
    "zip without model": (rezipped(KERAS, lambda m: m.pop("config.json")), "m.keras", "zip without config.json"),
    "link away": (edited_h5(H5, link_away), "m.h5", "link that leads to another place"),
    "damaged description": (
        rezipped(KERAS, lambda m: m.update({"config.json": b"{"})),
        "m.keras",
        "damaged description",
    ),
    "nested too deep": (reconfigured(KERAS, deep), "m.keras", "nested too deep"),
    "JSON": (b'{"class_name": "Sequential"}', "m.keras", "damaged description"),
    "JSON of nothing": (b'{"a": 1}', "m.json", "does not describe a Sequential or functional"),
    "JSON of a program": (with_lambda().to_json().encode(), "m.json", "program code"),
    "JSON of no end": (b"[" * 100_000, "m.json", "is JSON, but not of a model"),
    "web page": (b"<!DOCTYPE html><title>404</title>", "m.keras", "is a web page"),
    "no picture": (
        saved("keras", keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])),
        "m.keras",
        "which is no picture",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_every_refusal_has_its_own_words(importer: ModelImporter, inside: Inside, kind: str) -> None:
    data, name, said = REFUSED[kind]
    pid, before = inside.models.pid, psutil.Process().memory_info().rss
    with pytest.raises(ModelFileError) as refused:
        importer.open(data, name)
    assert said in str(refused.value)
    assert str(refused.value).startswith(name)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)
    assert inside.models.pid == pid, "it was refused before it could do any harm"
    assert psutil.Process().memory_info().rss - before < GROWTH
    assert not MARK.exists()
    assert importer.open(KERAS, "good.keras").params == small().count_params()


def test_what_would_take_all_memory_ends_only_the_process_that_opens_it(importer: ModelImporter) -> None:
    before = psutil.Process().memory_info().rss
    with pytest.raises(ModelFileError):
        importer.open(reconfigured(KERAS, more_than_memory), "m.keras")
    assert psutil.Process().memory_info().rss - before < GROWTH
    assert importer.open(KERAS, "good.keras").params == small().count_params()


def their_own_loss(true: object, predicted: object) -> object:
    return keras.ops.mean(keras.ops.abs(true - predicted))


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_how_a_model_was_trained_does_not_keep_it_from_opening(importer: ModelImporter, ending: str) -> None:
    model = small()
    model.compile("rmsprop", loss=their_own_loss, metrics=["accuracy"])
    model.fit(np.zeros((2, 6, 6, 3)), np.zeros((2, 2)), verbose=0)
    assert importer.open(saved(ending, model), f"m.{ending}").params == model.count_params()
    inner = small()
    inner.compile("adam", "mse")
    entry = keras.Input((6, 6, 3))
    nested = keras.Model(entry, keras.layers.Dense(1)(inner(entry)))
    opened = importer.open(saved(ending, nested), f"nested.{ending}")
    assert opened.params == nested.count_params()


def test_an_hdf5_file_opens_under_a_keras_name_and_the_other_way_round(importer: ModelImporter) -> None:
    for data, name in ((H5, "m.keras"), (KERAS, "m.h5"), (H5, "m.hdf5")):
        assert importer.open(data, name).params == small().count_params()


def test_nothing_stays_behind_of_what_was_refused(inside: Inside, tmp_path: Path) -> None:
    importer = ModelImporter(Settings(tmp_path), inside)
    with pytest.raises(ModelFileError):
        importer.open(REFUSED["Lambda"][0], "m.keras")
    assert not list((tmp_path / "models").rglob("*.*"))
