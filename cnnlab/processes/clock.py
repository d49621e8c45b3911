"""Measure time by a clock that nobody sets: it goes on evenly, and all processes since the last boot share it."""

import time
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """Return what names the time since the last boot; empty where the system has no name for it."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def stamp() -> str:
    """Return this moment as a text that another process can compare with its own; a machine that sleeps does not count.

    Wall time would not do: it jumps when somebody sets the clock.
    """
    return f"{boot_id()}/{time.monotonic():.3f}"


def seconds_since(moment: str) -> float | None:
    """Return how long ago a `stamp` was made; None if it is of another boot or no stamp."""
    boot, _, seconds = moment.rpartition("/")
    try:
        passed = time.monotonic() - float(seconds)
    except ValueError:
        return None
    return passed if boot == boot_id() and passed >= 0 else None
