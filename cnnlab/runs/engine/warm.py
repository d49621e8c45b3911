"""Keep one worker that has already loaded TensorFlow, so that a training begins at once."""

import contextlib
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from cnnlab.core.settings import Settings
from cnnlab.processes.environment import child_environment, needs_onednn_off, start_detached
from cnnlab.runs.record import Run

WANTED = "training.wanted"
IDLE = 600.0  # seconds after which nobody waits for a training any more
OFTEN = 30.0  # seconds between two notes that somebody might start one


def want(home: Path) -> None:
    """Note that somebody might start a training soon, so that a worker waits for it."""
    if not is_wanted(home, OFTEN):
        # A home that cannot be written to says so itself, and a cold start only takes longer.
        with contextlib.suppress(OSError):
            (home / WANTED).touch()


def is_wanted(home: Path, within: float = IDLE) -> bool:
    """Tell whether somebody might have started a training in so many seconds."""
    try:
        return abs(time.time() - (home / WANTED).stat().st_mtime) < within
    except OSError:
        return False


class WarmWorker:
    """Hold at most one waiting worker; without a command there never is one."""

    def __init__(self, settings: Settings, command: Sequence[str] | None) -> None:
        self._settings = settings
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Start the waiting worker if there is none."""
        if self._process is not None and self._process.poll() is not None:
            # It died while it waited; what ails it ails the next one, and a cold start will say it.
            self._process = self._command = None
        if self._process is None and self._command is not None:
            self._process = start_detached(
                self._command,
                child_environment(self._settings),
                self._settings.home,
                self._settings.home / "warm-worker.log",
                stdin=subprocess.PIPE,
            )

    def hand_over(self, run: Run, folder: Path) -> "subprocess.Popen[bytes] | None":
        """Give the run to the waiting worker and return its process; None if there is none that can take it.

        A network that needs oneDNN off cannot: TensorFlow reads that once, when it is loaded.
        """
        process = self._process
        if process is None or process.stdin is None or process.poll() is not None:
            return None
        if needs_onednn_off(run.spec.network, run.spec.trunk, self._settings.home):
            return None
        self._process = None
        try:
            process.stdin.write(f"{folder}\n".encode())
            process.stdin.close()
        except OSError:
            process.kill()
            process.wait()
            return None
        return process

    def close(self) -> None:
        """End the waiting worker."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
