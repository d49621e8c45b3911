"""Run trainings on this machine: queue them, and keep a supervisor alive that starts them."""

import subprocess
import threading
import time
from pathlib import Path
from typing import IO

from cnnlab.core.settings import Settings
from cnnlab.runs import environment, processes
from cnnlab.runs.engine import Capacity
from cnnlab.runs.record import ACTIVE, TERMINAL, RunError, RunSpec, State, problems
from cnnlab.runs.store import Store


def hold_server_lock(home: Path) -> IO[bytes]:
    """Say that a web server works on this home, for as long as the returned handle stays open.

    The supervisor stays while any server does.
    """
    handle = processes.lock(home / "servers.lock", shared=True, wait=5.0)
    if handle is None:
        raise RunError(f"The file {home / 'servers.lock'} is locked by a program that is no CNN Lab server; end it.")
    return handle


START_SECONDS = 2.0  # within this time a supervisor may live without holding its lock yet


class LocalEngine:
    """Run trainings as processes of this machine, `settings.slots` at once, first come first served."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        self.settings = settings
        self.store = store or Store(settings.home)
        self._starting = threading.Lock()
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._tried = -START_SECONDS

    def start(self) -> None:
        """Make sure that a supervisor lives; one that does is left alone."""
        with self._starting:
            ended = self._supervisor is None or self._supervisor.poll() is not None
            if not ended and time.monotonic() - self._tried < START_SECONDS:
                return
            if processes.is_locked(self.settings.home / "supervisor.lock", exclusively=True):
                return
            self._tried = time.monotonic()
            self._supervisor = environment.start_detached(
                environment.supervisor_command(),
                environment.child_environment(self.settings),
                self.settings.home,
                self.settings.home / "supervisor.log",
            )

    def submit(self, spec: RunSpec) -> str:
        """Queue a training and return its run id; raise `RunError` with one sentence if it is not taken."""
        problem = problems(spec, self.settings)
        if problem is not None:
            raise RunError(problem)
        run = self.store.create(spec)
        self.start()
        return run.id

    def stop(self, run_id: str) -> None:
        """Stop a queued training at once and a running one within a batch; one that has ended stays as it is."""
        if self.store.get(run_id).state in TERMINAL:
            return
        self.store.request_stop(run_id)
        self.store.transition(run_id, State.STOPPED, "Stopped before it began.", source=State.QUEUED)

    def state(self, run_id: str) -> State:
        """Return where a run stands, and see to it that somebody takes care of it."""
        state = self.store.get(run_id).state
        if state not in TERMINAL:
            self.start()
        return state

    def capacity(self) -> Capacity:
        """Return how many trainings run and wait."""
        return Capacity(
            slots=self.settings.slots,
            running=len(self.store.in_state(*ACTIVE)),
            queued=len(self.store.in_state(State.QUEUED)),
        )
