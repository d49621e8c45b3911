"""Know a process again by its number and its start, hold file locks, and end a group of processes."""

import contextlib
import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from cnnlab.processes.clock import boot_id

START_TOLERANCE = 2.0  # seconds by which starts in wall time may differ, which moves when the clock is set
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class ProcessMark:
    """Identify one process for good: numbers are used again, a number with its start is not.

    `started` is in seconds since the boot called `boot`, or in Unix seconds where `boot` is empty: the system does not
    tell the former, or an older version has written the mark down.
    """

    pid: int
    started: float
    boot: str = ""


def mark(pid: int) -> ProcessMark | None:
    """Return the mark of a process that lives, or None."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        started = _since_boot(pid) if boot_id() else None
        return ProcessMark(pid, process.create_time()) if started is None else ProcessMark(pid, started, boot_id())
    except psutil.Error:
        return None


def _since_boot(pid: int) -> float | None:
    """Return when a process started, which does not move when somebody sets the clock."""
    try:
        # The name in brackets may hold blanks and brackets; the start is the twentieth field behind it.
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19]) / _TICKS
    except (OSError, ValueError, IndexError):
        return None


def is_alive(process: ProcessMark) -> bool:
    """Tell whether exactly this process still lives."""
    now = mark(process.pid)
    if now is None or process.boot:
        return now == process
    try:
        started = float(psutil.Process(process.pid).create_time())
    except psutil.Error:
        return False
    return abs(started - process.started) < START_TOLERANCE


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


def is_in_place(handle: IO[bytes], path: Path) -> bool:
    """Tell whether an open file is still the one at this path: somebody may have deleted it, or moved its folder."""
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except OSError:
        return False


def is_locked(path: Path, *, exclusively: bool) -> bool:
    """Tell whether another process (or handle) holds a lock on a file: exclusively, or in any way."""
    if not path.exists():
        return False
    handle = lock(path, shared=exclusively)
    if handle is None:
        return True
    handle.close()
    return False
