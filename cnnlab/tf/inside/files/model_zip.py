"""Read and write a .keras file, a zip of a description and weights, of unknown origin."""

import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cnnlab.core.exchange.imported import GIVEN, ModelFileError
from cnnlab.core.exchange.model_config import MOST_TEXT, read_model_config
from cnnlab.tf.inside.files.weight_file import MOST_BYTES

WEIGHTS = "model.weights.h5"
FIRST = "first_config"
"""Where a file that was mended keeps its own description."""
RANDOM = "random_weights"
"""The member of a file whose weights are drawn at random, because it came without any."""
_MEMBERS = {"config.json", "metadata.json", WEIGHTS, FIRST, RANDOM}
_CONFIG_AND_WEIGHTS = {"config.json", WEIGHTS}


def is_described(path: Path) -> bool:
    """Tell whether a file holds the JSON of a model and what weights came with it, as the importer writes it."""
    return zipfile.is_zipfile(path) and GIVEN in zipfile.ZipFile(path).namelist()


@contextmanager
def opened_zip(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a file of a size that can be unpacked; raise `ModelFileError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES + MOST_TEXT:
                raise ModelFileError(f"{name} unpacks to more than {MOST_BYTES >> 20:,} MiB; use a smaller model.")
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error


def members_of(archive: zipfile.ZipFile, name: str) -> list[str]:
    """Return the names of the members of a model; raise `ModelFileError` for anything else."""
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    _check_members(names, name)
    return names


def unpack(archive: zipfile.ZipFile, member: str, path: Path) -> None:
    """Write a member to a file."""
    with archive.open(member) as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)


def description_in(archive: zipfile.ZipFile, member: str, name: str) -> dict[str, Any]:
    """Return the description in a member; raise `ModelFileError`."""
    with archive.open(member) as opened:
        return read_model_config(opened.read(MOST_TEXT + 1), name)


def version_in(archive: zipfile.ZipFile, config: Mapping[str, Any]) -> str:
    """Return which Keras wrote a file, empty if it does not say so."""
    try:
        with archive.open("metadata.json") as member:
            return str(json.loads(member.read(MOST_TEXT))["keras_version"] or config.get("keras_version", ""))
    except (KeyError, ValueError, TypeError, RecursionError):
        return str(config.get("keras_version", ""))


def rezip(
    path: Path, config: dict[str, Any], first: dict[str, Any], weights: Path, version: str, random: bool = False
) -> None:
    """Write a file anew with another description, whole or not at all."""
    aside = path.with_suffix(".part")
    with zipfile.ZipFile(aside, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr(FIRST, json.dumps(first))
        archive.write(weights, WEIGHTS)
        if random:
            archive.writestr(RANDOM, "")
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
