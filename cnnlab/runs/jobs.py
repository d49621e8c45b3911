"""Let work on data sets run in processes of their own, know how far each has come, and end it on demand."""

import json
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnlab.runs.processes import signal_group

FAILED = "The data set could not be read: the process that read it ended unexpectedly; try again."


@dataclass(frozen=True)
class JobState:
    """Hold how far a job has come: pictures or bytes done and in all, then a reference or the sentence why not."""

    done: int = 0
    total: int = 0
    what: str = ""
    reference: str = ""
    refused: str = ""
    tree: str = ""
    running: bool = True


class Job:
    """Run one command and follow what it says; see `cnnlab.runs.data_job`."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._state = JobState()
        self._cancelled = False
        self._process = subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    @property
    def state(self) -> JobState:
        """Return how far it has come."""
        return self._state

    def cancel(self) -> None:
        """End it; what it began is cleared away by the process itself."""
        self._cancelled = True
        signal_group(self._process.pid, signal.SIGTERM)

    def wait(self, seconds: float) -> JobState:
        """Wait for its end for at most so long, and return how far it has come."""
        self._reader.join(seconds)
        return self._state

    def _follow(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                self._state = replace(self._state, **json.loads(line))
            except (ValueError, TypeError):
                continue
        self._process.wait()
        state = self._state
        if not state.reference and not state.refused:
            state = replace(state, refused="Stopped." if self._cancelled else FAILED)
        self._state = replace(state, running=False)


class Jobs:
    """Hold the jobs of a server by their key, so that two visitors who ask for the same thing share one."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, key: str, command: Sequence[str], env: Mapping[str, str]) -> Job:
        """Start a job, or return the one under this key that is still at work."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or not job.state.running:
                job = self._jobs[key] = Job(command, env)
            return job

    def get(self, key: str) -> Job | None:
        """Return the job under this key, also one that has ended, or None."""
        return self._jobs.get(key)

    def close(self) -> None:
        """End all of them."""
        for job in self._jobs.values():
            if job.state.running:
                job.cancel()
