"""Decode and resize the pictures of a split once, into a file of rows that every training of this home reads from."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np

from cnnlab.core.data.splits import DataSetError, FileSplit, Split
from cnnlab.core.data.survey.reading import OnProgress
from cnnlab.core.kept.disk import Disk
from cnnlab.core.kept.rows import StoredRows, Write, rows_path, stored_rows
from cnnlab.core.pictures import Pixels

KEPT = 24  # files; the oldest go first
IN_MEMORY = 256 << 20  # bytes of pictures that are held in memory where the disk is full
_VERSION = 1


class Pictures(Protocol):
    """Be the pictures of a split, uint8 (n, height, width, channels), wherever they lie."""

    def __call__(self, split: Split, name: str, shape: tuple[int, int, int]) -> Pixels | StoredRows:
        """Return the pictures of the split with this name, resized as Keras does."""


def in_memory(split: Split, name: str, shape: tuple[int, int, int]) -> Pixels:
    """Return the pictures as one array."""
    return split.arrays(*shape)


def on_disk(folder: Path, disk: Disk, fingerprint: str, on_progress: OnProgress) -> Pictures:
    """Return what keeps the pictures of the data set with this fingerprint as rows of files in a folder.

    Those of a bundled set stay in memory. `on_progress` receives the pictures done and all that there are; what it
    raises ends the work. A full disk raises `DataSetError`, unless the pictures are few enough for memory.
    """

    made: dict[tuple[str, tuple[int, int, int]], Pixels] = {}

    def pictures(split: Split, name: str, shape: tuple[int, int, int]) -> Pixels | StoredRows:
        if not isinstance(split, FileSplit):
            known = made.get((name, shape))
            return made.setdefault((name, shape), split.arrays(*shape)) if known is None else known
        key = hashlib.sha256(json.dumps([_VERSION, fingerprint, name, shape, len(split)]).encode()).hexdigest()
        whole = (len(split), *shape)
        if not rows_path(folder, key).exists() and (problem := disk.problem(prod(whole))):
            if prod(whole) <= IN_MEMORY:
                return split.arrays(*shape)
            raise DataSetError(problem)
        return stored_rows(folder, key, whole, np.uint8, _filling(split, shape, on_progress), KEPT)

    return pictures


def _filling(split: FileSplit, shape: tuple[int, int, int], on_progress: OnProgress) -> Callable[[Write], None]:
    def fill(write: Write) -> None:
        with contextlib.closing(split.prepared(*shape)) as prepared:
            for i, pixels in enumerate(prepared):
                write(i, pixels[None])
                on_progress(i + 1, len(split))

    return fill
