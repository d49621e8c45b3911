"""Know every archive that arrives: whose it is, how long it may take, and when nobody will ask for it any more."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnlab.core.words import Refusal
from cnnlab.processes.data.jobs import Asker

CLAIM_SECONDS = 120.0  # the page asks for its archive as soon as it has arrived
MOST_OF_ONE, MOST_OF_ADDRESS, MOST_OF_ALL = 2, 32, 64  # archives that arrive or wait to be asked for


class ArrivalError(Refusal):
    """Say in one sentence why an archive is not taken."""


@dataclass
class _Arrival:
    file: Path
    asker: Asker
    finished: float | None = None


class Arrivals:
    """Hold the archives that arrive or have arrived, by their tokens; safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Arrival] = {}

    def begin(self, token: str, file: Path, asker: Asker) -> None:
        """Take an archive in that is about to arrive in a file; raise `ArrivalError` if there are too many."""
        self.forget_unclaimed()
        with self._lock:
            askers = [arrival.asker for arrival in self._known.values()]
            if sum(other.owner == asker.owner for other in askers) >= MOST_OF_ONE:
                raise ArrivalError(f"{MOST_OF_ONE} archives of yours are arriving already; send this one after them.")
            if sum(other.origin == asker.origin for other in askers) >= MOST_OF_ADDRESS or len(askers) >= MOST_OF_ALL:
                raise ArrivalError("Too many archives are arriving right now; try again in a minute.")
            self._known[token] = _Arrival(file, asker)

    def finish(self, token: str) -> None:
        """Note that the whole archive is there; from now on it waits to be claimed."""
        with self._lock:
            self._known[token].finished = self._clock()

    def drop(self, token: str) -> None:
        """Forget an archive and take its file away; one that is not known is no error."""
        with self._lock:
            arrival = self._known.pop(token, None)
        if arrival is not None:
            arrival.file.unlink(missing_ok=True)

    def claim(self, token: str, owner: str) -> Path | None:
        """Return the file of an archive that is wholly there to the browser that sent it, once; None to others."""
        with self._lock:
            arrival = self._known.get(token)
            if arrival is None or arrival.finished is None or arrival.asker.owner != owner:
                return None
            return self._known.pop(token).file

    def forget_unclaimed(self) -> None:
        """Take away what arrived two minutes ago and was not asked for."""
        with self._lock:
            late = self._clock() - CLAIM_SECONDS
            tokens = [t for t, known in self._known.items() if known.finished is not None and known.finished <= late]
        for token in tokens:
            self.drop(token)
