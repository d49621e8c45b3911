"""Write and read the events of a run: one JSON object a line, by one writer, for any number of readers.

The types are `start`, `batch` (a few a second), `epoch` (one an epoch), `look` and `gradients` (what goes on inside
after an epoch), `learning_rate` (it was changed while the run went on), `end`, and `resume`: the training goes on from
the end of an epoch, see `cnnlab.core.training.story`.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnlab.runs.record.event_forms import in_form

Event = dict[str, Any]


class EventWriter:
    """Append events to a file, each with one write, so that a reader sees whole lines or a torn last one."""

    def __init__(self, path: Path) -> None:
        torn = _is_torn(path)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if torn:
            os.write(self._file, b"\n")

    def append(self, event: Mapping[str, Any]) -> None:
        """Write one event; numbers that are not finite become null; raise OSError if the disk is full."""
        line = json.dumps(_finite(dict(event)), allow_nan=False).encode() + b"\n"
        while line:
            line = line[os.write(self._file, line) :]

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read_events(path: Path, offset: int = 0) -> tuple[list[Event], int]:
    """Return the events from byte `offset` on and the offset to go on from.

    A last line without its end is left for the next call; a missing file has no events.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], offset
    whole = data[: data.rfind(b"\n") + 1]
    return [event for line in whole.splitlines() if (event := _parse(line))], offset + len(whole)


def _is_torn(path: Path) -> bool:
    """Tell whether the last line of a file has no end, as after a crash in the middle of a write."""
    try:
        with path.open("rb") as file:
            return file.seek(0, os.SEEK_END) > 0 and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
    except OSError:
        return False


def _parse(line: bytes) -> Event | None:
    try:
        return in_form(json.loads(line, parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        # A full disk or a lost machine can leave half a line before a whole one.
        return None


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
