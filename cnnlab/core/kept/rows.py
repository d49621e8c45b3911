"""Keep a large array as a file of rows that are read when they are asked for, and never all at once."""

import contextlib
import os
import time
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ABANDONED = 86_400.0  # seconds after which a file that nobody finished is deleted
Write = Callable[[int, npt.NDArray[Any]], None]


class StoredRows:
    """Be the rows of an .npy file: `rows[indices]` reads these, so that no process holds the whole.

    `index` names the rows that are taken and their order, None takes all. Safe for several threads; the file may be
    deleted meanwhile.
    """

    def __init__(self, path: Path, index: npt.NDArray[np.int64] | None = None) -> None:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            whole, in_columns, dtype = read(file)
            self._begin = file.tell()
            if in_columns or os.fstat(file.fileno()).st_size != self._begin + prod(whole) * dtype.itemsize:
                raise ValueError(f"{path.name} is not a whole file of rows.")
            self._file = os.dup(file.fileno())
        self._index = np.arange(whole[0]) if index is None else index
        self.path, self.dtype = path, dtype
        self.shape = (len(self._index), *whole[1:])

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, chosen: Any) -> npt.NDArray[Any]:
        """Return the rows that are chosen as an array chooses them."""
        places = self._index[chosen]
        out = np.empty((places.size, *self.shape[1:]), self.dtype)
        size = prod(self.shape[1:]) * self.dtype.itemsize
        flat = out.data.cast("B") if out.size else memoryview(b"")
        for i, place in enumerate(places.ravel().tolist()):
            _read_into(self._file, flat[i * size : (i + 1) * size], self._begin + place * size)
        return out.reshape(*places.shape, *self.shape[1:])

    def taken(self, index: npt.NDArray[np.int64]) -> "StoredRows":
        """Return some of the rows, in another order."""
        return StoredRows(self.path, self._index[index])


def _read_into(file: int, into: memoryview, place: int) -> None:
    while into:
        count = os.preadv(file, [into], place)
        if not count:
            raise OSError("A file of rows was cut short.")
        into, place = into[count:], place + count


def rows_path(folder: Path, key: str) -> Path:
    """Return where the rows with this key lie."""
    return folder / f"{key}.npy"


def stored_rows(
    folder: Path, key: str, shape: tuple[int, ...], dtype: npt.DTypeLike, fill: Callable[[Write], None], most: int
) -> StoredRows:
    """Return the rows with this key, made by `fill` if they are not there; the oldest go beyond `most` files.

    `fill` is called with what writes an array of rows from a first row on, from any thread. What it raises leaves
    nothing behind.
    """
    path = rows_path(folder, key)
    with contextlib.suppress(OSError, ValueError):
        known = StoredRows(path)
        if known.shape == shape and known.dtype == np.dtype(dtype):
            path.touch()
            return known
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".new-{os.getpid()}-{key}"
    try:
        with aside.open("wb") as file:
            header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            file.flush()
            begin, size = file.tell(), prod(shape[1:]) * np.dtype(dtype).itemsize

            def write(first: int, rows: npt.NDArray[Any]) -> None:
                content = np.ascontiguousarray(rows, dtype).data.cast("B")
                place = begin + first * size
                while content:
                    count = os.pwrite(file.fileno(), content, place)
                    content, place = content[count:], place + count

            fill(write)
        rows = StoredRows(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    rows.path = path
    _make_room(folder, most)
    return rows


def _make_room(folder: Path, most: int) -> None:
    """Delete the files that were used longest ago beyond `most`, and those that nobody finished."""
    with contextlib.suppress(OSError):
        for left in folder.glob(".new-*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink(missing_ok=True)
        kept = sorted(folder.glob("*.npy"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-most]:
            old.unlink(missing_ok=True)
