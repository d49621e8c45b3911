"""Compute what a frozen trunk makes of pictures, once: the features that a head learns from."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.kept.disk import Disk
from cnnlab.core.kept.rows import StoredRows, Write, rows_path, stored_rows
from cnnlab.core.trunks.trunk import Trunk, TrunkError

BATCH = 32
KEPT = 40  # files; the oldest go first
_VERSION = 1

OnProgress = Callable[[int, int], None]


def features_key(trunk: Trunk, pictures: str, rescale: float, threads: int) -> str:
    """Return what changes whenever the features of these pictures could, also in their last bit."""
    parts = [trunk.source, trunk.cut, trunk.input_shape, trunk.scale, trunk.offset, rescale, threads, keras.__version__]
    return hashlib.sha256(json.dumps([_VERSION, pictures, *parts]).encode()).hexdigest()


def features_of(
    model: keras.Model,
    pictures: npt.NDArray[np.uint8] | StoredRows,
    rescale: float,
    key: str,
    folder: Path,
    disk: Disk,
    on_progress: OnProgress,
) -> StoredRows:
    """Return what a model makes of pictures times `rescale`, float32 (n, height, width, channels), kept under a key.

    `on_progress` receives the pictures done and all that there are; what it raises ends the work, and nothing is kept.
    Raises `TrunkError` if the disk has not the room.
    """
    count, shape = len(pictures), tuple(model.output_shape[1:])

    def fill(write: Write) -> None:
        for first in range(0, count, BATCH):
            batch = pictures[first : first + BATCH].astype(np.float32) * np.float32(rescale)
            write(first, np.asarray(model.predict_on_batch(batch)))
            on_progress(min(first + BATCH, count), count)

    size = 4 * count * int(np.prod(shape))
    if not rows_path(folder, key).exists() and (problem := disk.problem(size)):
        raise TrunkError(problem)
    return stored_rows(folder, key, (count, *shape), np.float32, fill, KEPT)
