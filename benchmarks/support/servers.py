"""Start servers to measure, each with a home, a port and an end of its own: CNN Lab, and a stock Streamlit app."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from cnnlab.commands.run import MEMORY

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
END_SECONDS = 8.0
SETTLE_SECONDS = 20.0
QUIET = 0.1  # cores
STOCK_APP = """import streamlit as st

value = st.slider("value", 0, 100, 20)
st.write(f"value is {value}.")
"""


@dataclass(frozen=True)
class Server:
    """Name a running server: its address, its process, and the folder where it keeps things."""

    url: str
    process: "subprocess.Popen[bytes]"
    home: Path

    @property
    def memory(self) -> float:
        """Return the resident memory of the web process in MiB."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20

    @property
    def processor(self) -> float:
        """Return the processor time that the web process has taken so far, in seconds."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def wait_until_healthy(self) -> None:
        """Wait until the server answers; raise `RuntimeError` if it never does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                return
            time.sleep(0.01)
        raise RuntimeError("A server did not answer; it said: " + (self.home / "server.log").read_text()[-300:])


@contextlib.contextmanager
def app(*, settled: bool = True, **environment: str) -> Iterator[Server]:
    """Serve CNN Lab with these settings; with `settled`, wait until the processes that it warms up are ready."""
    with apps(1, settled=settled, **environment) as (server,):
        yield server


@contextlib.contextmanager
def apps(count: int, *, settled: bool = True, **environment: str) -> Iterator[list[Server]]:
    """Serve CNN Lab with so many web processes on one home."""
    with tempfile.TemporaryDirectory(prefix="cnnlab-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        # Only CNN Lab and what it starts carry this variable with this value.
        env = (
            MEMORY
            | {k: v for k, v in os.environ.items() if not k.startswith("CNNLAB_")}
            | {
                "CNNLAB_HOME": folder,
                **environment,
            }
        )
        marker = ("CNNLAB_HOME", folder)
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(_served("app.py", ROOT, home, env, marker)) for _ in range(count)]
            if settled:
                for server in servers:
                    server.wait_until_healthy()
                settle(marker)
            yield servers


@contextlib.contextmanager
def stock(script: str = STOCK_APP) -> Iterator[Server]:
    """Serve a Streamlit app, one with a slider and a text, in an empty folder, with default settings."""
    with tempfile.TemporaryDirectory(prefix="stock-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "stock.py").write_text(script)
        # A home of its own, so that no personal settings of Streamlit come in.
        with _served("stock.py", home, home, os.environ | {"HOME": folder}, ("HOME", folder)) as server:
            server.wait_until_healthy()
            yield server


@contextlib.contextmanager
def _served(script: str, folder: Path, home: Path, env: dict[str, str], marker: tuple[str, str]) -> Iterator[Server]:
    port = _free_port()
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    options["browser.gatherUsageStats"] = "false"
    command = [sys.executable, "-m", "streamlit", "run", script, *(f"--{k}={v}" for k, v in options.items())]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield Server(f"http://127.0.0.1:{port}", process, home)
    finally:
        _end(process)
        end_marked(marker)


def settle(marker: tuple[str, str]) -> None:
    """Wait until the processes that carry a marker use next to no processor time for a second."""
    deadline = time.monotonic() + SETTLE_SECONDS
    quiet_since, before = time.monotonic() + 1, _processor_seconds(marker)
    while time.monotonic() < deadline and time.monotonic() - quiet_since < 1:
        time.sleep(0.25)
        now = _processor_seconds(marker)
        if now - before > 0.25 * QUIET:
            quiet_since = time.monotonic()
        before = now


def marked(marker: tuple[str, str]) -> list[psutil.Process]:
    """Return the living processes that carry an environment variable with a value, this one excepted."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(marker[0]) == marker[1]:
                found.append(process)
    return found


def end_marked(marker: tuple[str, str]) -> None:
    """End every process that carries a marker."""
    processes = marked(marker)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=END_SECONDS)


def _processor_seconds(marker: tuple[str, str]) -> float:
    total = 0.0
    for process in marked(marker):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
            return


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
