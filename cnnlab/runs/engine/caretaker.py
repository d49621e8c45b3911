"""See to it, as long as a server lives, that its home is there and that somebody starts and watches its trainings."""

import contextlib
import threading
from collections.abc import Callable
from typing import IO

from cnnlab.processes import marks
from cnnlab.processes.home.usage import SERVERS
from cnnlab.runs.engine.local import LocalEngine, hold_server_lock
from cnnlab.runs.record import RunError
from cnnlab.runs.store import reserve

SECONDS = 3.0  # between two looks


class Caretaker:
    """Look after an engine every few seconds, whether or not anybody visits a page.

    A supervisor that died is started again, a home that was deleted is made again, and room for last words is set
    aside. It holds the home for this server.
    """

    def __init__(self, engine: LocalEngine, seconds: float = SECONDS) -> None:
        self._engine = engine
        self._home = engine.settings.home
        self._seconds = seconds
        self._held: IO[bytes] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._care, name="caretaker", daemon=True)

    def start(self, clear: Callable[[bool], None] = lambda is_alone: None) -> None:
        """Hold the home and begin; raise `RunError` or OSError if that is impossible.

        `clear` is called before, and told whether no other server holds the home; then none can begin meanwhile.
        """
        alone = marks.lock(self._home / SERVERS)
        try:
            clear(alone is not None)
        finally:
            if alone is not None:
                alone.close()
        self._hold()
        self._thread.start()

    def close(self) -> None:
        """Stop, and let the home go."""
        self._ended.set()
        self._thread.join()
        if self._held is not None:
            self._held.close()

    def _care(self) -> None:
        while not self._ended.is_set():
            # What cannot be done now is tried again, and the pages say what is wrong.
            with contextlib.suppress(OSError, RunError):
                self._hold()
                reserve.hold(self._home)
                self._engine.start()
            self._ended.wait(self._seconds)

    def _hold(self) -> None:
        """Say that a server works on this home, again if somebody has deleted it."""
        self._home.mkdir(parents=True, exist_ok=True)
        path = self._home / SERVERS
        if self._held is not None:
            if marks.is_in_place(self._held, path):
                return
            self._held.close()
            self._held = None
        self._held = hold_server_lock(self._home)
