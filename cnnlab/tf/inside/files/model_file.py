"""Take a model file of unknown origin apart before Keras sees it: its description, its weights, its members."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import keras

from cnnlab.core.exchange.imported import GIVEN, ModelFileError
from cnnlab.core.exchange.mending.mended import Mended, is_old, mended
from cnnlab.core.exchange.mending.notes import SENTENCES
from cnnlab.core.exchange.model_config import check_model_config, read_model_config
from cnnlab.tf.inside.files.model_zip import (
    FIRST,
    RANDOM,
    WEIGHTS,
    description_in,
    is_described,
    members_of,
    opened_zip,
    rezip,
    unpack,
    version_in,
)
from cnnlab.tf.inside.files.signatures import arguments_of
from cnnlab.tf.inside.files.weight_file import check_weights, in_new_places, opened_h5
from cnnlab.tf.inside.load import built, fill


def check_model_file(path: Path, name: str, folder: Path) -> Mended:
    """Return the checked config of a .keras or .h5 file as this Keras reads it; raise `ModelFileError`.

    Where it had to be mended the file is written anew, so that Keras itself can load it; it keeps its first
    description, and what was mended can be said again. `folder` is a place for unpacked weights, which the caller
    deletes; `name` is fit to be shown.
    """
    if path.suffix != ".keras":
        return _check_h5(path, name)
    if is_described(path):
        _complete(path, name, folder)
    return _check_zip(path, name, folder)


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
        check_backend(file, config, name)
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


def check_backend(file: h5py.File, config: Mapping[str, Any], name: str) -> None:
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
    with opened_zip(path, name) as archive:
        names = members_of(archive, name)
        config = description_in(archive, "config.json", name)
        told = description_in(archive, FIRST, name) if FIRST in names else config
        version = version_in(archive, told)
        unpack(archive, WEIGHTS, weights)
    with opened_h5(weights, name) as file:
        check_weights(file, name)
    found = mended(told, name, version, arguments_of)
    check_model_config(found.config, name)
    moved = in_new_places(weights) if is_old(told, version) else False
    if found.config != config or moved:
        rezip(path, found.config, told, weights, version, RANDOM in names)
    return replace(found, said=(*found.said, SENTENCES[RANDOM])) if RANDOM in names else found


def _complete(path: Path, name: str, folder: Path) -> None:
    """Make a whole model of a description and the weights that came with it; without any they are drawn at random."""
    given, weights = folder / GIVEN, folder / WEIGHTS
    with opened_zip(path, name) as archive:
        told = description_in(archive, "config.json", name)
        unpack(archive, GIVEN, given)
    version = str(told.get("keras_version", ""))
    found = mended(told, name, version, arguments_of)
    check_model_config(found.config, name)
    keras.utils.set_random_seed(0)
    model = built(name, found.config)
    random = given.stat().st_size == 0
    if not random:
        with opened_h5(given, name) as file:
            check_weights(file, name)
            check_backend(file, found.config, name)
            by_order = "layer_names" in file.attrs or "model_weights" in file
        if not by_order:
            in_new_places(given)
            given = given.rename(folder / "given.weights.h5")
        fill(model, given, name)
    model.save_weights(weights)
    rezip(path, found.config, told, weights, version, random)
