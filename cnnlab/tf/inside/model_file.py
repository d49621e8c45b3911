"""Take a model file of unknown origin apart before Keras sees it: its description, its weights, its members."""

import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.model_config import MOST_TEXT, read_model_config
from cnnlab.core.exchange.old_keras import modernised
from cnnlab.core.inside.heavy import MOST_PARAMETERS

MOST_BYTES = 16 * MOST_PARAMETERS  # weights and the two moments that Adam keeps, and some
_MOST_OBJECTS = 100_000
_MEMBERS = {"config.json", "metadata.json", "model.weights.h5"}
_CONFIG_AND_WEIGHTS = {"config.json", "model.weights.h5"}


def check_model_file(path: Path, name: str, folder: Path) -> dict[str, Any]:
    """Return the checked config of a .keras or .h5 file; raise `ModelFileError`.

    The description of an old sequential model is written anew in the file, in the words of this Keras.
    `folder` is a place for the unpacked weights, which the caller deletes; `name` is fit to be shown.
    """
    if path.suffix == ".keras":
        return _check_zip(path, name, folder)
    with _opened(path, name) as file:
        _check_weights(file, name)
        try:
            text = file.attrs.get("model_config")
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error
        if text is None:
            raise ModelFileError(
                f"{name} holds only weights and not the layers they belong to; save the whole model with model.save."
            )
        config = read_model_config(text if isinstance(text, str | bytes) else str(text), name)
        _check_backend(file, config, name)
    modern = modernised(config, name)
    if modern != config:
        _rewrite(path, modern)
    return modern


def _check_backend(file: h5py.File, config: dict[str, Any], name: str) -> None:
    """Refuse kernels that were trained with another meaning: Theano turns each round before it slides it."""
    said = [group.attrs.get("backend") for group in (file, file.get("model_weights")) if group is not None]
    if any(str(each) in ("theano", "b'theano'") for each in said) and "Conv" in json.dumps(config):
        raise ModelFileError(
            f"{name} was trained with Keras on Theano, which turns every kernel round before it slides it, so its "
            "convolutions would be wrong here; save it from Keras on TensorFlow."
        )


def _rewrite(path: Path, config: dict[str, Any]) -> None:
    """Put another description into a file, whole or not at all."""
    aside = path.with_suffix(".part")
    shutil.copyfile(path, aside)
    with h5py.File(aside, "r+") as file:
        file.attrs["model_config"] = json.dumps(config)
    aside.replace(path)


def _check_zip(path: Path, name: str, folder: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            names = [info.filename for info in members]
            _check_members(names, name)
            if sum(info.file_size for info in members) > MOST_BYTES + MOST_TEXT:
                raise ModelFileError(f"{name} unpacks to more than {MOST_BYTES >> 20:,} MiB; use a smaller model.")
            with archive.open("config.json") as member:
                config = read_model_config(member.read(MOST_TEXT + 1), name)
            weights = folder / "model.weights.h5"
            with archive.open("model.weights.h5") as packed, weights.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error
    with _opened(weights, name) as file:
        _check_weights(file, name)
    return config


def _check_members(names: list[str], name: str) -> None:
    found = set(names)
    if any(n.startswith("/") or "\\" in n or ".." in n.split("/") or n[1:2] == ":" for n in names):
        raise ModelFileError(f"{name} holds a path that leads out of the file, so it is not opened.")
    if any(n.endswith("data.pkl") for n in names):
        raise ModelFileError(f"{name} is a PyTorch file with a pickle inside, not a Keras model; it is not opened.")
    if any(n.endswith("saved_model.pb") for n in names):
        raise ModelFileError(
            f"{name} is a TensorFlow SavedModel, which keeps no Keras layers; save the model with model.save as .keras."
        )
    if not found >= _CONFIG_AND_WEIGHTS:
        missing = sorted(_CONFIG_AND_WEIGHTS - found)[0]
        raise ModelFileError(f"{name} is a zip without {missing}, so it is no Keras model; save it with model.save.")
    if found - _MEMBERS or len(names) != len(found):
        raise ModelFileError(f"{name} carries files beside the model's own, so it is not opened; save it again.")


def _opened(path: Path, name: str) -> h5py.File:
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error


def _check_weights(file: h5py.File, name: str) -> None:
    """Refuse links that lead away, weights beyond the limits, and weights that are no numbers."""
    values = 0
    try:
        for path, dataset in _datasets(file, name):
            if dataset.size * dataset.dtype.itemsize > MOST_BYTES:
                raise ModelFileError(f"{name} holds {dataset.size:,} numbers in one place, too many to look into.")
            if path.startswith(("optimizer_weights", "optimizer")):
                continue
            values += dataset.size
            if values > MOST_PARAMETERS:
                raise ModelFileError(
                    f"{name} has more than {MOST_PARAMETERS:,} parameters, the most that are opened here; use a "
                    "smaller model."
                )
            if dataset.dtype.kind == "f" and not np.isfinite(dataset[()]).all():
                raise ModelFileError(
                    f"{name} holds weights that are no numbers (NaN or infinite) in {path.split('/')[0]}/…/"
                    f"{path.rsplit('/', 1)[-1]}, as after a training that diverged; nothing can be seen with them."
                )
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error


def _datasets(file: h5py.File, name: str) -> Iterator[tuple[str, h5py.Dataset]]:
    waiting: list[tuple[str, h5py.Group]] = [("", file)]
    seen = 0
    while waiting:
        prefix, group = waiting.pop()
        for key in group:
            seen += 1
            if seen > _MOST_OBJECTS:
                raise ModelFileError(f"{name} holds more than {_MOST_OBJECTS:,} objects, more than any model needs.")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ModelFileError(f"{name} holds a link that leads to another place or file, so it is not opened.")
            found, path = group[key], f"{prefix}{key}"
            if isinstance(found, h5py.Group):
                if path.count("/") > 40:
                    raise ModelFileError(f"{name} is nested too deep, so it is not opened.")
                waiting.append((f"{path}/", found))
            elif isinstance(found, h5py.Dataset):
                if found.external or found.is_virtual:
                    raise ModelFileError(f"{name} keeps numbers in another file, so it is not opened; save it again.")
                yield path, found
