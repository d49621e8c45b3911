"""Run trainings on this machine: queue them, and keep a supervisor alive that starts them."""

import contextlib
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.settings import Settings
from cnnlab.processes import environment, marks
from cnnlab.processes.home.faults import home_problem
from cnnlab.processes.home.usage import SERVERS
from cnnlab.runs.engine.capacity import Capacity
from cnnlab.runs.engine.warm import want
from cnnlab.runs.record import ACTIVE, TERMINAL, RunError, RunSpec, State, problems
from cnnlab.runs.record.control import Mode
from cnnlab.runs.store import Store


def hold_server_lock(home: Path) -> IO[bytes]:
    """Say that a web server works on this home, for as long as the returned handle stays open.

    The supervisor stays while any server does.
    """
    handle = marks.lock(home / SERVERS, shared=True, wait=5.0)
    if handle is None:
        raise RunError(f"The file {home / SERVERS} is locked by a program that is no CNN Lab server; end it.")
    return handle


def missing(spec: RunSpec, settings: Settings) -> str | None:
    """Return in one sentence that the uploaded data set of a training was removed, or None."""
    uploaded = Path(spec.data).is_relative_to(settings.home / "data")
    if not uploaded or Path(spec.data).exists():
        return None
    return f"The data set {spec.data_name} was removed from this server; choose another one and start again."


LONGEST_PAUSE = 60.0  # seconds between two starts of a supervisor that fails again and again
START_SECONDS = 2.0  # within this time a supervisor may live without holding its lock yet


class LocalEngine:
    """Run trainings as processes of this machine, `settings.slots` at once, fairly between students."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        self.settings = settings
        self.store = store or Store(settings.home)
        self._starting = threading.Lock()
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._tried = -START_SECONDS
        self._pause = 0.0  # seconds to wait after one that failed
        self._said = False

    def start(self) -> None:
        """Make sure that a supervisor lives; one that does is left alone."""
        with self._starting:
            if not self._said:
                # A supervisor of another engine leaves; the runs that it watched are taken over.
                with contextlib.suppress(OSError):
                    (self.settings.home / "engine").write_text(self.settings.engine)
                self._said = True
            code = 0 if self._supervisor is None else self._supervisor.poll()
            since = time.monotonic() - self._tried
            if since < (START_SECONDS if code is None else self._pause):
                return
            # Where it cannot be started now, the server tries again, and the pages say what is wrong with the home.
            with contextlib.suppress(OSError):
                if marks.is_locked(self.settings.home / "supervisor.lock", exclusively=True):
                    self._pause = 0.0
                    return
                self._pause = min(LONGEST_PAUSE, 2 * self._pause + 1) if code else 0.0
                self._tried = time.monotonic()
                self._supervisor = environment.start_detached(
                    self._supervisor_command(),
                    environment.child_environment(self.settings),
                    self.settings.home,
                    self.settings.home / "supervisor.log",
                )

    def _supervisor_command(self) -> list[str]:
        return environment.supervisor_command()

    def submit(
        self,
        spec: RunSpec,
        *,
        owner: str = "",
        origin: str = "",
        nickname: str = "",
        mode: Mode = Mode.PLAY,
        probe: npt.NDArray[np.uint8] | None = None,
    ) -> str:
        """Queue a training and return its run id; raise `RunError` with one sentence if it is not taken.

        `probe` is a picture to follow through the training, uint8 in the network's input shape.
        """
        problem = self._problem(spec)
        if problem is not None:
            raise RunError(problem)
        run = self.store.create(spec, owner=owner, origin=origin, nickname=nickname, mode=mode, probe=probe)
        self.expect()
        self.start()
        return run.id

    def resume(self, run_id: str, epochs: int | None = None) -> None:
        """Let a run that has ended go on from its checkpoint, up to `epochs` in all; raise `RunError` if it cannot."""
        run = self.store.get(run_id)
        spec = run.spec if epochs is None else replace(run.spec, epochs=epochs)
        if run.is_used_up:
            allowed = counted(run.spec.minutes or 0, "minute")
            raise RunError(f"This training has had the {allowed} that its exercise allows, so it cannot go on.")
        problem = self._problem(spec)
        if problem is not None:
            raise RunError(problem)
        if not self.store.reopen(run_id, epochs):
            raise RunError(f"The run is {self.store.get(run_id).state}, so there is nothing to resume.")
        self.start()

    def _problem(self, spec: RunSpec) -> str | None:
        """Return in one sentence why this training is not taken here and now, or None."""
        settings = self.settings
        at_hand = home_problem(settings.home) or missing(spec, settings) or settings.disk.problem()
        return problems(spec, settings) or at_hand

    def expect(self) -> None:
        """Let a worker wait, because somebody might start a training soon."""
        want(self.settings.home)

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
