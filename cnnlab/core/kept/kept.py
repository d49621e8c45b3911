"""Keep what was used last, by its bytes and not by its number."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")
_ALL: "WeakSet[KeptByBytes[Any]]" = WeakSet()


class KeptByBytes(Generic[Value]):
    """Hold values of at most `most_bytes` together for all threads; one that alone is larger is not kept."""

    def __init__(self, most_bytes: int, size: Callable[[Value], int]) -> None:
        self._most = most_bytes
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        _ALL.add(self)

    @property
    def bytes(self) -> int:
        """Return how many bytes are kept."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made if it is not here; what `make` raises is kept by nobody."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        value = make()
        size = self._size(value)
        with self._lock:
            if key not in self._kept and size <= self._most:
                self._kept[key] = value, size
                self._bytes += size
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1][1]
        return value

    def peek(self, key: Hashable) -> Value | None:
        """Return the value of a key if it is here."""
        with self._lock:
            return self._kept[key][0] if key in self._kept else None

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def forget_all() -> None:
    """Forget what is kept anywhere in this process; whoever asks next makes it again."""
    for each in tuple(_ALL):
        each.clear()
