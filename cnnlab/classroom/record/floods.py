"""Bound what one browser and one network address send; counts live in memory only."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from cnnlab.classroom.record.errors import TooMany
from cnnlab.processes.data.jobs import Asker

MOST_REMEMBERED = 50_000


class Flood:
    """Count one kind of thing in windows of time, so many of a browser and of an address; safe for many threads.

    A whole class may sit behind one address, so an address may do what hundreds of browsers do.
    """

    def __init__(
        self, said: str, of_browser: int, of_address: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._said = said
        self._most = of_browser, of_address
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._since = clock()

    def count(self, asker: Asker) -> None:
        """Count one more; raise `TooMany` above a limit."""
        with self._lock:
            now = self._clock()
            if now - self._since >= self._seconds or len(self._counts) > MOST_REMEMBERED:
                self._counts.clear()
                self._since = now
            keys = ("browser", asker.owner), ("address", asker.origin)
            if any(self._counts[key] >= most for key, most in zip(keys, self._most, strict=True)):
                left = max(1, round(self._since + self._seconds - now))
                raise TooMany(f"{self._said}; try again in {left} s.")
            self._counts.update(keys)
