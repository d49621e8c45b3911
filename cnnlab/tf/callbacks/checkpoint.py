"""Keep the whole state of a training after an epoch, so that it can go on as if nothing had happened."""

import zipfile
from pathlib import Path

import keras
import numpy as np

from cnnlab.core.words import Refusal
from cnnlab.processes.home.files import replacing


class CheckpointError(Refusal):
    """Say in one sentence why a training cannot go on."""


def save_checkpoint(model: keras.Model, path: Path, epoch: int) -> None:
    """Write weights, optimizer and the states of random layers after `epoch`; the file is always whole."""
    arrays = {f"v{i:04}": variable.numpy() for i, variable in enumerate(_variables(model))}
    with replacing(path, alone=True) as new, new.open("wb") as file:
        np.savez(file, epoch=np.int64(epoch), **arrays)


def restore_checkpoint(model: keras.Model, path: Path) -> int:
    """Put a compiled model into the state of a checkpoint and return its epoch; 0 if there is none yet.

    Raises `CheckpointError` if the file is damaged or belongs to another network or optimizer.
    """
    if not path.exists():
        return 0
    model.optimizer.build(model.trainable_variables)
    variables = _variables(model)
    try:
        with np.load(path, allow_pickle=False) as kept:
            arrays = [kept[f"v{i:04}"] for i in range(len(kept.files) - 1)]
            epoch = int(kept["epoch"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise CheckpointError(
            f"The checkpoint of this run cannot be read ({type(error).__name__}); duplicate the run to start anew."
        ) from error
    if [a.shape for a in arrays] != [tuple(v.shape) for v in variables]:
        raise CheckpointError("The checkpoint belongs to another network or optimizer; duplicate the run.")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
    return epoch


def _variables(model: keras.Model) -> list[keras.Variable]:
    """Return all that changes in training: weights, seeds of dropout, the optimizer's averages and learning rate."""
    return [*model.variables, *model.optimizer.variables]
