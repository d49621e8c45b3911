"""Keep everything in the home together below one limit: trainings, data sets, models, exports, uploads, surveys."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

REMEMBERED = 5.0  # seconds: a class that starts at once costs one walk through the home, not thirty
STEP = 32 << 20  # bytes that may be written until it is measured again

_measured: dict[Path, tuple[float, int]] = {}
_lock = threading.Lock()


class Disk:
    """Measure a home against its limit in megabytes."""

    def __init__(self, home: Path, limit_mb: int) -> None:
        self._home, self._limit = home, limit_mb << 20

    def used(self, no_older_than: float = 0.0) -> int:
        """Return the bytes of all files below the home, as they were at most so many seconds ago."""
        with _lock:
            measured, size = _measured.get(self._home, (-1e9, 0))
            now = time.monotonic()
            if now - measured > no_older_than:
                size = size_of(str(self._home))
                _measured[self._home] = (now, size)
            return size

    def problem(self, more: int = 0) -> str | None:
        """Return in one sentence why `more` bytes cannot be taken, or None."""
        # Only a refusal needs to be true to the second: who has just made room is not sent away.
        if self.used(REMEMBERED) + more < self._limit or (used := self.used()) + more < self._limit:
            return None
        wanted = f" and this takes {_megabytes(more)} more" if more else ""
        return (
            f"All trainings, data sets, models and exports together take {_megabytes(used)}{wanted}, and "
            f"{self._limit >> 20:,} MB are allowed; delete old ones, or let the teacher raise CNNLAB_MAX_DISK_MB."
        )

    def watch(self, refuse: Callable[[str], Exception]) -> Callable[[int], None]:
        """Return what counts the bytes written to the home, and raises `refuse` of a sentence once it is full."""
        unmeasured = 0

        def count(size: int) -> None:
            nonlocal unmeasured
            unmeasured += size
            if unmeasured >= STEP:
                unmeasured = 0
                # Measured, not added up: others write at the same time.
                if self.used() >= self._limit and (problem := self.problem()):
                    raise refuse(problem)

        return count


def _megabytes(size: int) -> str:
    return f"{size >> 20:,} MB"


def size_of(folder: str) -> int:
    """Return the bytes of all files below a folder; links are not followed."""
    total = 0
    # What goes away in the meantime is not there to be counted.
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    total += size_of(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total
