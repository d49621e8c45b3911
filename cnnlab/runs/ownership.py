"""Say who may change a run: the browser that launched it, or whoever knows the teacher's key."""

import hashlib
import hmac
import threading
import time
from collections import deque
from collections.abc import Callable

from cnnlab.runs.record import Run, RunError

WINDOW = 60.0  # seconds
TRIES, TRIES_OF_ALL = 5, 30  # wrong keys in a window, of one browser and of all together


def owner_of(token: str) -> str:
    """Return how a browser's secret is written down: who reads the runs cannot claim them."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def may_change(run: Run, owner: str, teacher: bool) -> bool:
    """Tell whether somebody may stop, rename or delete a run; one that is nobody's is everybody's."""
    return teacher or not run.owner or hmac.compare_digest(run.owner, owner)


class TeacherKey:
    """Compare keys in constant time, and only so many times a minute; safe for many threads."""

    def __init__(self, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = key.encode()
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: deque[tuple[float, str]] = deque()

    @property
    def exists(self) -> bool:
        """Tell whether this server has a key at all."""
        return bool(self._key)

    def opens(self, text: str, owner: str) -> bool:
        """Tell whether this is the key; raise `RunError` after too many wrong ones."""
        with self._lock:
            now = self._clock()
            while self._wrong and now - self._wrong[0][0] > WINDOW:
                self._wrong.popleft()
            if len(self._wrong) >= TRIES_OF_ALL or sum(who == owner for _, who in self._wrong) >= TRIES:
                raise RunError("Too many wrong keys; wait a minute and try again.")
            if self.exists and hmac.compare_digest(text.encode(), self._key):
                return True
            self._wrong.append((now, owner))
            return False
