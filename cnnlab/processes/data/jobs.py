"""Let work on data sets run in processes of their own, know how far each has come, and end it on demand."""

import contextlib
import json
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnnlab.core.words import Refusal
from cnnlab.processes.marks import signal_group

FAILED = "The data set could not be read: the process that read it ended unexpectedly; try again."
STOPPED = "Stopped."
MOST_AT_WORK = 2  # jobs of all visitors; each reads with some processes of its own
MOST_OF_ONE, MOST_OF_ADDRESS, MOST_OF_ALL = 4, 64, 200  # that wait or work, of a browser, a network address, all
MOST_KEPT = 256  # that have ended and may still be asked about


class JobsError(Refusal):
    """Say in one sentence why a job is not taken."""


@dataclass(frozen=True)
class Asker:
    """Name who a job is for: a browser, and the place of the network that it is at."""

    owner: str = ""
    origin: str = ""


NOBODY = Asker()


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
    """Run one command once it is its turn, and follow what it says; see `cnnlab.processes.data.data_job`.

    `on_end` is called when it has ended; `leftover` is a file that goes then, and `clear` takes away what a process of
    this number left where it was killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        asker: Asker = NOBODY,
        leftover: Path | None = None,
        on_end: Callable[[], None] = lambda: None,
        clear: Callable[[int], None] = lambda pid: None,
    ) -> None:
        self.asker = asker
        self._waiting_for_it = {asker.owner}
        self._command, self._env = command, env
        self._leftover, self._on_end, self._clear = leftover, on_end, clear
        self._state = JobState()
        self._cancelled = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def start(self) -> None:
        """Let the process begin, unless the job was cancelled before."""
        with self._lock:
            if self._cancelled:
                return
            # Without room for a process, the job ends as one whose process died.
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(
                    self._command,
                    env=dict(self._env),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
        if self._process is None:
            self._end()
        else:
            threading.Thread(target=self._follow, args=(self._process,), daemon=True).start()

    @property
    def state(self) -> JobState:
        """Return how far it has come."""
        return self._state

    @property
    def is_waiting(self) -> bool:
        """Tell whether its turn has not come yet."""
        return self._process is None and self._state.running

    def join(self, asker: Asker) -> None:
        """Let somebody else wait for it too."""
        with self._lock:
            self._waiting_for_it.add(asker.owner)

    def is_waited_for_by(self, asker: Asker) -> bool:
        """Tell whether somebody asked for it, and has not left it."""
        return asker.owner in self._waiting_for_it

    def leave(self, asker: Asker) -> bool:
        """Wait for it no more; once nobody does, it is cancelled. Returns whether it is."""
        with self._lock:
            self._waiting_for_it.discard(asker.owner)
            is_over = not self._waiting_for_it
        if is_over:
            self.cancel()
        return is_over

    def cancel(self) -> None:
        """End it for everybody; what it began is cleared away by the process itself."""
        with self._lock:
            self._cancelled = True
            process = self._process
        if process is None:
            self._end()
        else:
            signal_group(process.pid, signal.SIGTERM)

    def wait(self, seconds: float) -> JobState:
        """Wait for its end for at most so long, and return how far it has come."""
        self._ended.wait(seconds)
        return self._state

    def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                self._state = replace(self._state, **json.loads(line))
            except (ValueError, TypeError):
                continue
        if process.wait():
            # What cannot be taken away must not keep the job's place.
            with contextlib.suppress(OSError):
                self._clear(process.pid)
        self._end()

    def _end(self) -> None:
        _remove(self._leftover)
        state = self._state
        if not state.reference and not state.refused:
            state = replace(state, refused=STOPPED if self._cancelled else FAILED)
        self._state = replace(state, running=False)
        # Whoever waits for the end finds the next at work.
        self._on_end()
        self._ended.set()


class Jobs:
    """Hold the jobs of a server by their key, so that two visitors who ask for the same thing share one.

    Two work at once; of those that wait, the next is one of the address, then of the browser, with the fewest at
    work, and of these the oldest.
    """

    def __init__(self, clear: Callable[[int], None] = lambda pid: None) -> None:
        """Take what clears away after a process, given its number, that did not come to its end."""
        self._clear = clear
        self._jobs: dict[str, Job] = {}
        self._lock = threading.RLock()

    def start(
        self,
        key: str,
        command: Sequence[str],
        env: Mapping[str, str],
        asker: Asker = NOBODY,
        leftover: Path | None = None,
    ) -> Job:
        """Take a job in, or return the one under this key that has not ended; raise `JobsError` if there are too many.

        `leftover` is a file that goes when the job ends or is not taken.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state.running:
                job.join(asker)
                return job
            try:
                self._refuse_too_many(asker)
            except JobsError:
                _remove(leftover)
                raise
            self._jobs.pop(key, None)
            job = self._jobs[key] = Job(command, env, asker, leftover, self._go_on, self._clear)
            self._go_on()
            return job

    def get(self, key: str) -> Job | None:
        """Return the job under this key, also one that has ended, or None."""
        return self._jobs.get(key)

    def ahead_of(self, job: Job) -> int:
        """Return how many jobs are waited for by one that waits."""
        with self._lock:
            return sum(other.state.running for other in list(self._jobs.values())[: self._place(job)])

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in sorted(jobs, key=lambda job: not job.is_waiting):
            if job.state.running:
                job.cancel()

    def _place(self, job: Job) -> int:
        return next((i for i, other in enumerate(self._jobs.values()) if other is job), 0)

    def _refuse_too_many(self, asker: Asker) -> None:
        open_jobs = [job.asker for job in self._jobs.values() if job.state.running]
        if sum(other.owner == asker.owner for other in open_jobs) >= MOST_OF_ONE:
            raise JobsError(f"{MOST_OF_ONE} data sets of yours are waiting already; try again when one is read.")
        origins = sum(other.origin == asker.origin for other in open_jobs)
        if origins >= MOST_OF_ADDRESS or len(open_jobs) >= MOST_OF_ALL:
            raise JobsError("Too many data sets are waiting to be read right now; try again in a minute.")

    def _go_on(self) -> None:
        """Start what may start, and forget the oldest that have ended."""
        with self._lock:
            while True:
                at_work = [job.asker for job in self._jobs.values() if job.state.running and not job.is_waiting]
                waiting = [job for job in self._jobs.values() if job.is_waiting]
                if not waiting or len(at_work) >= MOST_AT_WORK:
                    break
                origins = Counter(asker.origin for asker in at_work)
                owners = Counter(asker.owner for asker in at_work)
                min(waiting, key=lambda job: (origins[job.asker.origin], owners[job.asker.owner])).start()
            ended = [key for key, job in self._jobs.items() if not job.state.running]
            for key in ended[:-MOST_KEPT]:
                del self._jobs[key]


def _remove(leftover: Path | None) -> None:
    if leftover is not None:
        with contextlib.suppress(OSError):
            leftover.unlink()
