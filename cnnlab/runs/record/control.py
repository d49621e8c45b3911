"""Tell a running training to go on, to pause, or to go one batch or one epoch further, and with which learning rate.

The page writes one small file into the run's folder; the worker looks at it after every batch.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from cnnlab.core.words.numbers import is_number
from cnnlab.processes.home.files import write_json


class Mode(StrEnum):
    """Name what a training should do: go on, stand still, or go on for one batch or to the end of the epoch."""

    PLAY = "play"
    PAUSE = "pause"
    BATCH = "batch"
    EPOCH = "epoch"


@dataclass(frozen=True)
class Control:
    """Hold the last command; `serial` tells two equal ones apart, `learning_rate` is None if it was never changed."""

    mode: Mode = Mode.PLAY
    serial: int = 0
    learning_rate: float | None = None


def read_control(path: Path) -> Control:
    """Return the last command; a file that is missing or cannot be read commands nothing."""
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return Control()


def write_control(path: Path, mode: Mode | None = None, learning_rate: float | None = None) -> None:
    """Give a command, and leave the rest as it is."""
    last = read_control(path)
    if mode is not None:
        last = replace(last, mode=mode, serial=last.serial + 1)
    if learning_rate is not None:
        last = replace(last, learning_rate=learning_rate)
    write_json(path, {name: getattr(last, name) for name in last.__dataclass_fields__})


class ControlReader:
    """Read the commands of one run, again only when the file has changed: it is asked after every batch."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._last = Control()

    def read(self) -> Control:
        """Return the last command."""
        try:
            status = self._path.stat()
        except OSError:
            return self._last
        # A replaced file has another inode, even if the clock has not moved on.
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            self._seen = seen
            self._last = read_control(self._path)
        return self._last


def _parse(data: Mapping[str, object]) -> Control:
    rate = data["learning_rate"]
    if rate is not None and not (is_number(rate) and rate > 0):
        raise ValueError("no learning rate")
    return Control(Mode(str(data["mode"])), int(str(data["serial"])), None if rate is None else float(rate))
