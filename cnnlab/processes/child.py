"""Keep one child process that answers questions over a socket, and outlive whatever happens to it."""

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal
from cnnlab.processes.environment import limited_environment
from cnnlab.processes.frames import Array, receive_frame, send_frame


class ChildError(Refusal):
    """Say in one sentence why a child process gave no answer."""


@dataclass(frozen=True)
class Words:
    """Hold what is said to a visitor: `process` names the child, the rest are whole sentences."""

    process: str
    too_long: str
    busy: str


class Child:
    """Ask one process, started when first needed and again after a crash; all threads share it.

    `timeout` and `start_timeout` are seconds for one answer and until the process is ready for the first;
    `more` is added to its environment.
    """

    def __init__(
        self,
        settings: Settings,
        command: Sequence[str],
        log: str,
        words: Words,
        timeout: float,
        start_timeout: float,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._settings = settings
        self._command = command
        self._log = log
        self._words = words
        self._timeout = timeout
        self._start_timeout = start_timeout
        self._more = dict(more)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._asked = time.monotonic()

    @property
    def pid(self) -> int | None:
        """Return the number of the process, or None if there is none now."""
        return self._process.pid if self._process else None

    def warm(self) -> None:
        """Start the process in the background, so that the first question does not wait for it."""

        def ping() -> None:
            with contextlib.suppress(ChildError):
                self.ask({"request": "ping"})

        threading.Thread(target=ping, name=f"warm-{self._log}", daemon=True).start()

    def wake(self) -> None:
        """Start the process in the background if there is none."""
        if self._process is None:
            self.warm()

    def rest(self, idle: float) -> None:
        """End the process if nobody has asked it anything for so many seconds; the next question starts another."""
        if self._process is None or time.monotonic() - self._asked < idle or not self._lock.acquire(blocking=False):
            return
        try:
            self._end()
        finally:
            self._lock.release()

    def ask(self, header: Mapping[str, Any], arrays: Sequence[Array] = ()) -> tuple[dict[str, Any], list[Array]]:
        """Return the answer to a question; raise `ChildError` for one that is refused or never comes."""
        if not self._lock.acquire(timeout=self._timeout):
            raise ChildError(self._words.busy)
        try:
            answer, results = self._exchange(header, arrays)
        finally:
            self._asked = time.monotonic()
            self._lock.release()
        if "error" in answer:
            raise ChildError(answer["error"])
        return answer, results

    def close(self) -> None:
        """End the process, also in the middle of an answer."""
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._end()

    def _exchange(self, header: Mapping[str, Any], arrays: Sequence[Array]) -> tuple[dict[str, Any], list[Array]]:
        too_long = f"{self._words.process} was not ready within {self._start_timeout:g} seconds; try again."
        try:
            connection = self._ensure_process()
            too_long = self._words.too_long
            deadline = time.monotonic() + self._timeout
            send_frame(connection, header, arrays, deadline)
            return receive_frame(connection, deadline)
        except TimeoutError:
            self._end()
            raise ChildError(too_long) from None
        except (EOFError, OSError):
            code = self._end()
            raise ChildError(f"{self._words.process} ended unexpectedly ({_exit(code)}); try again.") from None
        except (ValueError, TypeError, KeyError, OverflowError, MemoryError):
            self._end()
            raise ChildError(f"{self._words.process} gave an answer that cannot be read; try again.") from None
        except BaseException:
            # A half-read answer would be taken for the answer to the next question.
            self._end()
            raise

    def _ensure_process(self) -> socket.socket:
        if self._process is not None and self._connection is not None and self._process.poll() is None:
            return self._connection
        self._end()
        written = self._settings.home / f"{self._log}.log"
        written.parent.mkdir(parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        with theirs, written.open("wb") as log:
            # The socket is its input and output, so it sees the end of this process as the end of its input.
            self._process = subprocess.Popen(
                self._command,
                env=limited_environment(self._settings) | self._more,
                cwd=self._settings.home,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=log,
                start_new_session=True,
            )
        self._connection = ours
        # The first answer waits for libraries to load, which is not the fault of what is asked next.
        ready = time.monotonic() + self._start_timeout
        send_frame(ours, {"request": "ping"}, (), ready)
        receive_frame(ours, ready)
        return ours

    def _end(self) -> int | None:
        """End the process and return the exit code it had before, or the signal that ends it now."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection is not None:
            connection.close()
        if process is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            # A process that is crashing closes its socket a moment before its exit code is known.
            return process.wait(timeout=0.2)
        process.kill()
        return process.wait()


def _exit(code: int | None) -> str:
    if code is None:
        return "it never started"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
