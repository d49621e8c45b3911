"""Keep a secret key in the home, and make whoever tries wrong secrets wait."""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32
LONGEST_WAIT = 60.0  # seconds
FORGOTTEN = 3600.0  # seconds after which a wrong try counts no more
ADDRESSES = 10_000  # so many with wrong tries are remembered


def kept_key(path: Path) -> bytes | None:
    """Return the key of a home, made at the first call, readable by its owner only; None if it cannot be kept."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
            new.touch(0o600)
            new.write_bytes(secrets.token_bytes(KEY_BYTES))
            # Of two processes that make one at once, the first wins, and nobody reads a half.
            with contextlib.suppress(OSError):
                path.hardlink_to(new)
            new.unlink()
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
    return None


@dataclass(frozen=True)
class _Wrong:
    count: int
    last: float


class WrongTries:
    """Make a network address wait after wrong tries, and no other; in memory only, and safe for many threads.

    The first `free` wrong ones cost nothing; then the wait doubles from 1 to 60 seconds, and until it is over nothing
    from that address is looked at.
    """

    def __init__(self, free: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._free = free
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, _Wrong] = {}

    def at(self, address: str, is_right: Callable[[], bool]) -> bool | float:
        """Return whether a try was right; while its address waits, for how many seconds more, without looking."""
        with self._lock:
            now = self._clock()
            before = self._wrong.get(address)
            if before is not None and (left := before.last + self._wait(before.count) - now) > 0:
                return left
            if is_right():
                self._wrong.pop(address, None)
                return True
            count = before.count if before is not None and now - before.last < FORGOTTEN else 0
            # Taken out first, so that the oldest stands at the beginning.
            self._wrong.pop(address, None)
            self._wrong[address] = _Wrong(count + 1, now)
            if len(self._wrong) > ADDRESSES:
                del self._wrong[next(iter(self._wrong))]
            return False

    def _wait(self, count: int) -> float:
        counted = count - self._free
        return min(LONGEST_WAIT, 2.0 ** min(counted - 1, 10)) if counted > 0 else 0.0
