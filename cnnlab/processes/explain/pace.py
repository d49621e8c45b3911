"""Ask in pieces so small that nobody else who asks has to wait for long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 0.4  # seconds that one question should take


class Pace:
    """Learn how much to ask at once, so that a question takes about `LONGEST` seconds; `most` at most, one at least."""

    def __init__(self, most: int) -> None:
        self._most = self._allowed = self._asked = most

    def of(self, left: int) -> int:
        """Return how much of what is left to ask now."""
        self._asked = min(self._allowed, left)
        return self._asked

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Learn from how long this question takes."""
        began = time.monotonic()
        yield
        took = max(time.monotonic() - began, 1e-6)
        self._allowed = max(1, min(self._most, 2 * self._allowed, int(self._asked * LONGEST / took)))
