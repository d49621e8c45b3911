"""Lend a few places to many people in a fair order."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class NoTurnError(RuntimeError):
    """Say that nobody gave a place back in time."""


class Turns:
    """Lend `places` numbers 0, 1 …: at most one to each person at a time, first to who has used them least.

    So one person's slow work keeps one place busy, and the next person waits for that work at most once.
    """

    def __init__(self, places: int) -> None:
        self._free = list(range(places))
        self._changed = threading.Condition()
        self._waiting: list[str] = []
        self._holding: set[str] = set()
        self._used: dict[str, float] = {}

    @contextmanager
    def take(self, who: str, patience: float) -> Iterator[int]:
        """Wait for a place, and give it back in the end; raise `NoTurnError` after `patience` seconds."""
        with self._changed:
            self._waiting.append(who)
            try:
                if not self._changed.wait_for(lambda: self._is_next(who), patience):
                    raise NoTurnError
            finally:
                self._waiting.remove(who)
            place = self._free.pop()
            self._holding.add(who)
            # With another place free, whoever is next now can come at once.
            self._changed.notify_all()
        began = time.monotonic()
        try:
            yield place
        finally:
            with self._changed:
                self._free.append(place)
                self._holding.discard(who)
                self._used[who] = self._used.get(who, 0.0) + time.monotonic() - began
                if not self._waiting and not self._holding:
                    # Nobody had to wait: what was used is nobody's loss.
                    self._used.clear()
                self._changed.notify_all()

    def _is_next(self, who: str) -> bool:
        if not self._free or who in self._holding:
            return False
        could = [person for person in self._waiting if person not in self._holding]
        return who == min(could, key=lambda person: self._used.get(person, 0.0))
