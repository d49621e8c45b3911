"""Take a model file of unknown origin apart before Keras sees it: its description, its weights, its members."""

import json
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import Any

import h5py

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.exchange.mending.mended import Mended, is_old, mended
from cnnlab.core.exchange.model_config import MOST_TEXT, check_model_config, read_model_config
from cnnlab.tf.inside.signatures import arguments_of
from cnnlab.tf.inside.weight_file import MOST_BYTES, check_weights, in_new_places, opened_h5

WEIGHTS = "model.weights.h5"
FIRST = "first_config"
"""Where a file that was mended keeps its own description."""
_MEMBERS = {"config.json", "metadata.json", WEIGHTS, FIRST}
_CONFIG_AND_WEIGHTS = {"config.json", WEIGHTS}


def check_model_file(path: Path, name: str, folder: Path) -> Mended:
    """Return the checked config of a .keras or .h5 file as this Keras reads it; raise `ModelFileError`.

    Where it had to be mended the file is written anew, so that Keras itself can load it; it keeps its first
    description, and what was mended can be said again. `folder` is a place for unpacked weights, which the caller
    deletes; `name` is fit to be shown.
    """
    return _check_zip(path, name, folder) if path.suffix == ".keras" else _check_h5(path, name)


def _check_h5(path: Path, name: str) -> Mended:
    with opened_h5(path, name) as file:
        check_weights(file, name)
        try:
            text, first = file.attrs.get("model_config"), file.attrs.get(FIRST)
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error
        if text is None:
            raise ModelFileError(
                f"{name} holds only weights and not the layers they belong to; save the whole model with model.save, "
                "or choose the JSON of model.to_json together with it."
            )
        config = read_model_config(_text(text), name)
        told = read_model_config(_text(first), name) if first is not None else config
        version = version_of(file)
        _check_backend(file, config, name)
    found = mended(told, name, version, arguments_of)
    check_model_config(found.config, name)
    if found.config != config:
        _rewrite(path, found.config, told)
    return found


def version_of(file: h5py.File) -> str:
    """Return which Keras wrote the weights in a file, empty if it does not say so."""
    groups = [group for group in (file, file.get("model_weights")) if group is not None]
    return next((_text(group.attrs["keras_version"]) for group in groups if "keras_version" in group.attrs), "")


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _check_backend(file: h5py.File, config: dict[str, Any], name: str) -> None:
    """Refuse kernels that were trained with another meaning: Theano turns each round before it slides it."""
    said = [group.attrs.get("backend") for group in (file, file.get("model_weights")) if group is not None]
    if any(str(each) in ("theano", "b'theano'") for each in said) and "Conv" in json.dumps(config):
        raise ModelFileError(
            f"{name} was trained with Keras on Theano, which turns every kernel round before it slides it, so its "
            "convolutions would be wrong here; save it from Keras on TensorFlow."
        )


def _rewrite(path: Path, config: dict[str, Any], first: dict[str, Any]) -> None:
    """Put another description into a file, whole or not at all."""
    aside = path.with_suffix(".part")
    shutil.copyfile(path, aside)
    with h5py.File(aside, "r+") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs[FIRST] = json.dumps(first)
    aside.replace(path)


def _check_zip(path: Path, name: str, folder: Path) -> Mended:
    weights = folder / WEIGHTS
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            names = [info.filename for info in members]
            _check_members(names, name)
            if sum(info.file_size for info in members) > MOST_BYTES + MOST_TEXT:
                raise ModelFileError(f"{name} unpacks to more than {MOST_BYTES >> 20:,} MiB; use a smaller model.")
            config, told = (
                _member(archive, each, name) for each in ("config.json", FIRST if FIRST in names else "config.json")
            )
            version = _version_in(archive)
            with archive.open(WEIGHTS) as packed, weights.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error
    with opened_h5(weights, name) as file:
        check_weights(file, name)
    found = mended(told, name, version, arguments_of)
    check_model_config(found.config, name)
    moved = in_new_places(weights) if is_old(told, version) else False
    if found.config != config or moved:
        _rezip(path, found.config, told, version, weights)
    return found


def _member(archive: zipfile.ZipFile, member: str, name: str) -> dict[str, Any]:
    with archive.open(member) as opened:
        return read_model_config(opened.read(MOST_TEXT + 1), name)


def _version_in(archive: zipfile.ZipFile) -> str:
    """Return which Keras wrote a file, empty if it does not say so."""
    try:
        with archive.open("metadata.json") as member:
            return str(json.loads(member.read(MOST_TEXT))["keras_version"])
    except (KeyError, ValueError, TypeError, RecursionError):
        return ""


def _rezip(path: Path, config: dict[str, Any], first: dict[str, Any], version: str, weights: Path) -> None:
    """Write a file anew with another description, whole or not at all."""
    aside = path.with_suffix(".part")
    with zipfile.ZipFile(aside, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr(FIRST, json.dumps(first))
        archive.write(weights, WEIGHTS)
    aside.replace(path)


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
