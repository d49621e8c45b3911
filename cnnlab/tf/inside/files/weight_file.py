"""Judge the weights of a model file of unknown origin, and put those of Keras 2 where Keras 3 looks for them."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.inside.heavy import MOST_PARAMETERS

MOST_BYTES = 16 * MOST_PARAMETERS  # weights and the two moments that Adam keeps, and some
_MOST_OBJECTS = 100_000
_OLD_FOLDER, _FOLDER = "_layer_checkpoint_dependencies", "layers"


def opened_h5(path: Path, name: str) -> h5py.File:
    """Return an HDF5 file to read; raise `ModelFileError`."""
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise ModelFileError(f"{name} is damaged or cut short; download or save it again.") from error


def check_weights(file: h5py.File, name: str) -> None:
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


def in_new_places(path: Path) -> bool:
    """Give the groups of a weights file of Keras 2.12 to 2.15 the names of Keras 3; tell whether any had another.

    On Windows they were written with backslashes, and before 2.13 layers stood in another folder.
    """
    moves = {}
    with h5py.File(path, "r") as file:
        for old in list(_groups(file)):
            new = "/".join(_FOLDER if each == _OLD_FOLDER else each for each in old.replace("\\", "/").split("/"))
            if new != old:
                moves[old] = new
    with h5py.File(path, "r+") as file:
        for old, new in moves.items():
            file.move(old, new)
    return bool(moves)


def _groups(group: h5py.Group, prefix: str = "") -> Iterator[str]:
    """Yield the paths of all groups that hold weights."""
    for key in group:
        if isinstance(group[key], h5py.Group):
            if "vars" in group[key]:
                yield f"{prefix}{key}"
            yield from _groups(group[key], f"{prefix}{key}/")
