"""Replace files at once, take turns at changing them, and give processes places for files of a moment."""

import contextlib
import fcntl
import itertools
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

SCRATCH = "scratch"
PICTURES = "pictures"  # visitors' own, a folder for each process
UPLOAD = ".upload-"  # begins the name of what is uploaded or waits to be unpacked
_NUMBER = re.compile(r"\d{1,9}")


@contextlib.contextmanager
def replacing(path: Path, *, alone: bool = False) -> Iterator[Path]:
    """Give the place of a new file that takes the place of `path` at the end.

    Whoever reads finds the old file or the new one; whatever goes wrong, a full disk too, leaves the old one and
    nothing beside it. Where one process is `alone` in writing it, it also overwrites what it left when it was killed.
    """
    writer = "" if alone else f"{os.getpid()}-{threading.get_ident()}-"
    new = path.with_name(f".new-{writer}{path.name}")
    try:
        yield new
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Replace a file of JSON at once."""
    with replacing(path) as new:
        new.write_text(json.dumps(data, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file of JSON; an empty one for a file that is missing or damaged."""
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


@contextlib.contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Wait for one's turn at changing what stands in a folder; a file system without locks has none."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def forget_killed(home: Path, pid: int) -> None:
    """Take away what a job on data left unfinished in a home where it was killed."""
    left = [(home / folder).glob(f".new-{pid}-*") for folder in ("data", "surveys", "exports")]
    for path in itertools.chain(*left, (home / SCRATCH).glob(f"{pid}")):
        _remove(path)


def forget_left(home: Path, *, alone: bool) -> None:
    """Take away what servers that ended, and their jobs, left in a home: pictures of visits, uploads, unfinished sets.

    What has the number of a living process in its name stays, but for this process' own, which starts with nothing.
    Where no other server works on the home, `alone`, all of it goes: in a container numbers begin anew.
    """
    left = [(home / "data").glob(f"{UPLOAD}*"), (home / "data").glob(".new-*"), (home / "exports").glob(".new-*")]
    for path in itertools.chain(*left, (home / PICTURES).glob("*")):
        number = _NUMBER.search(path.name)
        if alone or _has_ended(path) or (number is not None and int(number[0]) == os.getpid()):
            with contextlib.suppress(OSError):
                _remove(path)


def scratch_folder(home: Path) -> Path:
    """Return an empty folder for files that this process makes for a moment; those of processes that ended go.

    What stands beside it has the number of the process that it belongs to in its name.
    """
    folder = home / SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if _has_ended(old):
            _remove(old)
    own = folder / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    return own


def _has_ended(path: Path) -> bool:
    """Tell whether the process whose number a name has is gone; also of a name without a number."""
    number = _NUMBER.search(path.name)
    return number is None or not psutil.pid_exists(int(number[0]))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
