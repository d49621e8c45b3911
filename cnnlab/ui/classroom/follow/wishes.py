"""Remember what a browser wants while a teacher leads: to follow, to be left alone, or nothing yet."""

import threading
from collections import OrderedDict
from enum import StrEnum

from cnnlab.ui.session.services import Once

MOST_BROWSERS = 5000


class Wish(StrEnum):
    """Name what a browser wants."""

    UNASKED = "unasked"
    FOLLOW = "follow"
    BE_FREE = "be free"


class Wishes:
    """Hold the last wish of each browser, in memory only; those that were silent longest are forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Wish] = OrderedDict()

    def of(self, owner: str) -> Wish:
        """Return what a browser wants."""
        with self._lock:
            return self._kept.get(owner, Wish.UNASKED)

    def keep(self, owner: str, wish: Wish) -> None:
        """Keep what a browser wants from now on, on all its pages."""
        with self._lock:
            self._kept[owner] = wish
            self._kept.move_to_end(owner)
            while len(self._kept) > MOST_BROWSERS:
                self._kept.popitem(last=False)


@Once
def wishes() -> Wishes:
    """Return the wishes of everybody on this server."""
    return Wishes()
