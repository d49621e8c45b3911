"""Keep what trainings borrow below the home, named by its content: layers with their weights, and weights of heads.

A file is an .npz without pickles: `told` has JSON, `w0`, `w1` ... are the weights in Keras' order.
"""

import contextlib
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.kept.disk import Disk
from cnnlab.core.trunks.trunk import TrunkError

_KEY = re.compile(r"[0-9a-f]{64}")
Weights = list[npt.NDArray[np.float32]]


def pack(told: dict[str, Any], weights: Sequence[npt.NDArray[np.float32]]) -> bytes:
    """Return the content of a file; the same layers and weights give the same bytes."""
    described = np.frombuffer(json.dumps(told, sort_keys=True).encode(), np.uint8)
    out = io.BytesIO()
    arrays: dict[str, Any] = {f"w{i}": np.asarray(each, np.float32) for i, each in enumerate(weights)}
    np.savez(out, told=described, **arrays)
    return out.getvalue()


def keep(home: Path, content: bytes, disk: Disk) -> str:
    """Write a file of `pack` into the home unless it is there, and return its key; raise `TrunkError`."""
    key = hashlib.sha256(content).hexdigest()
    path = path_of(home, key)
    if path.exists():
        with contextlib.suppress(OSError):
            path.touch()  # what was borrowed lately is not cleared away
    else:
        if problem := disk.problem(len(content)):
            raise TrunkError(problem)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".new-{key}")
            new.write_bytes(content)
            new.replace(path)
        except OSError as error:
            raise TrunkError(f"It could not be kept ({error.strerror}); free some space and try again.") from error
    return key


def path_of(home: Path, key: str) -> Path:
    """Return where a file of the home lies; raise `TrunkError` for a text that is no key."""
    if not _KEY.fullmatch(key):
        raise TrunkError(f"{key!r:.80} names no trunk; choose one that is offered.")
    return home / "trunks" / f"{key}.npz"


def read_at(path: Path) -> tuple[dict[str, Any], Weights]:
    """Return what a file of `pack` tells of itself, and its weights; raise `TrunkError` if it is gone or damaged."""
    return _read(path, True)


def read_told(home: Path, key: str) -> dict[str, Any]:
    """Return what a file tells of itself; raise `TrunkError` if it is gone or damaged."""
    return _read(path_of(home, key), False)[0]


def read(home: Path, key: str) -> tuple[dict[str, Any], Weights]:
    """Return what a file tells of itself, and its weights; raise `TrunkError` if it is gone or damaged."""
    return read_at(path_of(home, key))


def _read(path: Path, whole: bool) -> tuple[dict[str, Any], Weights]:
    try:
        with np.load(path, allow_pickle=False) as kept:
            told = json.loads(kept["told"].tobytes())
            count = len(kept.files) - 1 if whole else 0
            return told, [kept[f"w{i}"] for i in range(count)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        raise TrunkError("What this training borrows is gone or damaged; choose the trunk anew.") from None
