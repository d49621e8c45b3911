"""Start queued trainings, watch the running ones, and leave when there is nothing to do.

Run it as `python -m cnnlab.runs.engine.supervisor`; there is one for a home folder, and it outlives the web server.
Workers outlive it in turn: the next supervisor knows them again by process number and start time.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import IO

from cnnlab.core.settings import Settings
from cnnlab.processes import environment, marks
from cnnlab.processes.clock import seconds_since
from cnnlab.processes.home.faults import FULL_RUN, is_full
from cnnlab.processes.home.usage import SERVERS
from cnnlab.runs.engine.capacity import wanted_engine
from cnnlab.runs.engine.queue import fair_order
from cnnlab.runs.engine.warm import WarmWorker, is_wanted
from cnnlab.runs.engine.watch import conclude, enforce_stop, enforce_time
from cnnlab.runs.far.watch import Silence, follow, give_up_if_silent
from cnnlab.runs.record import ACTIVE, Run, State
from cnnlab.runs.store import Store, reserve
from cnnlab.runs.store.faults import StoreFault

log = logging.getLogger(__name__)

TICK = 0.2  # seconds
LONG_TICK = 1.0  # and after a round that failed
IDLE_GRACE = 2.0  # seconds without work and without a server before leaving
CLAIM_GRACE = 15.0  # seconds in which a started process must have entered itself
WARM_AFTER = 10.0  # seconds after its start, so that the first feature maps need not share the cores
LOCK_WAIT = 1.0  # seconds; whoever asks whether the lock is held holds it for a moment


class Supervisor:
    """Own the workers of one home: at most `settings.slots` at once, in the fair order of `engine.queue`."""

    def __init__(
        self,
        settings: Settings,
        command: Callable[[Path], Sequence[str]] = environment.worker_command,
        warm_command: Sequence[str] | None = None,
    ) -> None:
        self.settings = settings
        self.store = Store(settings.home)
        self._command = command
        self._warm = WarmWorker(settings, warm_command)
        self._warm_from = time.monotonic() + WARM_AFTER
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._silence = Silence()
        self._failed = ""  # why the last round failed

    def run(self) -> None:
        """Serve until there is nothing left to do; return at once if another supervisor does."""
        path = self.settings.home / "supervisor.lock"
        while (held := marks.lock(path, wait=LOCK_WAIT)) is not None:
            try:
                self._serve(path, held)
            finally:
                self._warm.close()
                held.close()
            # A training may have been queued by somebody who saw the lock still held.
            if not path.exists() or not self._is_wanted() or not self.store.in_state(State.QUEUED):
                return

    def _serve(self, path: Path, held: IO[bytes]) -> None:
        last_busy = time.monotonic()
        reserve.hold(self.settings.home)
        while marks.is_in_place(held, path) and self._is_wanted():
            try:
                busy = self.tick()
                self._failed = ""
            except (StoreFault, OSError) as error:
                # A full disk or a busy database passes; a supervisor that left would take the queue with it.
                self._complain_once(error)
                busy = True
            if busy:
                last_busy = time.monotonic()
            elif time.monotonic() - last_busy > IDLE_GRACE:
                return
            time.sleep(LONG_TICK if self._failed else TICK)

    def _complain_once(self, error: Exception) -> None:
        """Write down why a round failed, but not again while it fails for the same reason: logs must not grow."""
        if self._failed != str(error):
            self._failed = str(error)
            log.warning("A round failed and is tried again: %s", error)

    def _is_wanted(self) -> bool:
        """Tell whether the last server that came here trains with this supervisor's engine."""
        return wanted_engine(self.settings.home) in ("", self.settings.engine)

    def tick(self) -> bool:
        """Do one round; return whether there is still something to stay for."""
        served = marks.is_locked(self.settings.home / SERVERS, exclusively=False)
        watched = self.store.in_state(*ACTIVE)
        for run in watched:
            self._watch(run)
        self._reap({run.id for run in watched})
        training = self.store.in_state(*ACTIVE)
        active = len(training)
        queued = self.store.in_state(State.QUEUED)
        if len(queued) > 1:
            queued = fair_order(queued, training, self.store.last_starts())
        for run in queued[: max(0, self.slots() - active)]:
            active += self._start(run)
        if not is_wanted(self.settings.home):
            self._warm.close()
        elif served and active < self.slots() and time.monotonic() > self._warm_from:
            self._warm.prepare()
        return served or bool(active or queued)

    def slots(self) -> int:
        """Return how many trainings may run at once."""
        return self.settings.slots

    def _watch(self, run: Run) -> None:
        if run.job:
            self._watch_far(run)
            return
        if run.parent is not None and marks.is_alive(run.parent):
            return  # a training in the foreground: its command watches it
        child = self._children.get(run.id)
        process = run.process
        if child is None and process is None:
            self._restart_unclaimed(run)
            return
        exit_code = child.poll() if child else None
        gone = exit_code is not None if child else process is not None and not marks.is_alive(process)
        if gone:
            conclude(self.store, run, exit_code)
        elif process is not None:
            enforce_stop(self.store, run, process)
            enforce_time(self.store, run, process, self.settings.max_minutes)

    def _watch_far(self, run: Run) -> None:
        """Follow a run that an earlier supervisor sent to a cluster."""
        report = follow(self.store, run)
        give_up_if_silent(self.store, run, self._silence, report)

    def _restart_unclaimed(self, run: Run) -> None:
        """Queue a run again whose start was begun by a supervisor that died before its process lived."""
        started = seconds_since(run.clock)
        if started is not None and started < CLAIM_GRACE:
            return
        if run.parent is not None or self.store.stop_requested(run.id) is not None:
            conclude(self.store, run, None)
        else:
            self.store.transition(run.id, State.QUEUED, source=State.STARTING)

    def _start(self, run: Run) -> bool:
        if self.store.stop_requested(run.id) is not None:
            self.store.transition(run.id, State.STOPPED, "Stopped before it began.", source=State.QUEUED)
            return False
        if not self.store.transition(run.id, State.STARTING, source=State.QUEUED):
            return False
        try:
            self._send(run)
        except (OSError, StoreFault) as error:
            why = (
                FULL_RUN if is_full(error) else f"The training process could not be started: {str(error).rstrip('.')}."
            )
            self.store.transition(run.id, State.FAILED, why)
            return False
        return True

    def _send(self, run: Run) -> None:
        """Start the process of a run; raise OSError if that is impossible."""
        child = self._warm.hand_over(run, self.store.folder(run.id)) or self._launch(run)
        self._children[run.id] = child
        process = marks.mark(child.pid)
        if process is not None:
            self.store.claim(run.id, process)

    def _launch(self, run: Run) -> "subprocess.Popen[bytes]":
        folder = self.store.folder(run.id)
        env = environment.child_environment(self.settings, run.spec.network, run.spec.trunk)
        return environment.start_detached(self._command(folder), env, folder, folder / "worker.log")

    def _reap(self, watched: Set[str]) -> None:
        """Forget children that have ended; one of a run just watched is kept for its exit code."""
        for run_id, child in list(self._children.items()):
            if run_id not in watched and child.poll() is not None:
                del self._children[run_id]


def main() -> int:
    """Supervise the home folder that the environment names."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    Supervisor(Settings.from_env(), warm_command=environment.warm_worker_command()).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
