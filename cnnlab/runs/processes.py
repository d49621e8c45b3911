"""Know a process again by its number and its start, hold file locks, and end a group of processes."""

import contextlib
import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

START_TOLERANCE = 2.0  # seconds; a clock that is set moves the start that the system reports


@dataclass(frozen=True)
class ProcessMark:
    """Identify one process for good: numbers are used again, a number with a start time (Unix seconds) is not."""

    pid: int
    started: float


def mark(pid: int) -> ProcessMark | None:
    """Return the mark of a process that lives, or None."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return ProcessMark(pid, process.create_time())
    except psutil.Error:
        return None


def is_alive(process: ProcessMark) -> bool:
    """Tell whether exactly this process still lives."""
    now = mark(process.pid)
    return now is not None and abs(now.started - process.started) < START_TOLERANCE


def signal_group(pid: int, number: int) -> None:
    """Send a signal to a process that leads its own session, and to its children; one that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def lock(path: Path, *, shared: bool = False, wait: float = 0.0) -> IO[bytes] | None:
    """Take a lock on a file for as long as the returned handle is open; return None if others hold it.

    `wait` is how many seconds to go on trying.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("ab")
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= deadline:
                handle.close()
                return None
            time.sleep(0.02)


def is_locked(path: Path, *, exclusively: bool) -> bool:
    """Tell whether another process (or handle) holds a lock on a file: exclusively, or in any way."""
    if not path.exists():
        return False
    handle = lock(path, shared=exclusively)
    if handle is None:
        return True
    handle.close()
    return False
