"""Start and end the real server, with a home of its own and its output in a file."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from cnnlab.runs.record import State
from cnnlab.runs.store import Store

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60.0
END_SECONDS = 20.0


def until(what: Callable[[], Any], said: str, seconds: float = START_SECONDS) -> Any:
    """Return the first true answer of `what`; fail with `said` if none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{said} (waited {seconds:.0f} s)"
        time.sleep(0.1)


def processes_of(home: Path) -> list[psutil.Process]:
    """Return every living process that works on a home: server, supervisor, workers, inference."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("CNNLAB_HOME") == str(home):
                found.append(process)
    return [process for process in found if process.pid != os.getpid()]


class Server:
    """Be one server on a free port that it keeps over a restart; its pages lie below `base`, such as `lab`."""

    def __init__(self, home: Path, base: str = "", **environment: str) -> None:
        self.home = home
        self.log = home.with_name(f"{home.name}.log")
        self.port = free_port()
        self.base = base
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self, descriptors: int = 0) -> "subprocess.Popen[bytes]":
        """Start the process and return it at once; it may open so many files, if a number is given."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CNNLAB_", "STREAMLIT_"))}
        env |= {"CNNLAB_HOME": str(self.home), **self.environment}
        options = ("--server.port", str(self.port), "--server.address", "127.0.0.1", "--server.headless", "true")
        options += ("--server.baseUrlPath", self.base) if self.base else ()
        command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
        if descriptors:
            command = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh", *command]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        return self.process

    def start(self) -> "Server":
        """Start and wait until it answers."""
        self.spawn()
        return self.wait()

    def wait(self) -> "Server":
        """Wait until the process that was started answers."""
        until(self._is_healthy, f"the server did not answer; it wrote:\n{self.written()}")
        return self

    def url(self, path: str = "") -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}/{self.base and f'{self.base}/'}{path}"

    def written(self) -> str:
        """Return the end of what the server wrote."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def kill(self) -> None:
        """End the server's own process at once, as a power cut would, and leave its children alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=END_SECONDS)

    def close(self) -> None:
        """End the server as an administrator would; fail if a process of its home outlives it."""
        self._stop_runs()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=END_SECONDS)
        deadline = time.monotonic() + END_SECONDS
        while (left := processes_of(self.home)) and time.monotonic() < deadline:
            time.sleep(0.2)
        said = [" ".join(_command(process)) for process in left]
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        assert not left, f"these outlived the server by {END_SECONDS:.0f} s: {said}; it wrote:\n{self.written()}"

    def _stop_runs(self) -> None:
        """Stop what a failed test left running; a run rightly outlives its server."""
        if (self.home / "runs.sqlite").exists():
            store = Store(self.home)
            for run in store.in_state(State.QUEUED, State.STARTING, State.RUNNING):
                store.request_stop(run.id)
            store.close()

    def _is_healthy(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the server ended; it wrote:\n{self.written()}"
        try:
            with urllib.request.urlopen(self.url("_stcore/health"), timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def served(home: Path, **environment: str) -> Iterator[Server]:
    """Run a server for a fixture, with a home and more of an environment."""
    running = Server(home, **environment)
    try:
        yield running.start()
    finally:
        running.close()


def _command(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline()[-3:]
    return ["gone"]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Deadline:
    """Fail a block of code that takes longer than so many seconds, wherever it waits."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGALRM, self._fail)
        signal.alarm(self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, self._before)

    def _fail(self, _number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"The test took longer than {self.seconds} seconds.")
