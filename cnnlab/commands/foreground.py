"""Train in the foreground, for the command line: the same records and the same worker as a training from the page."""

import os
import time
from collections.abc import Callable

from cnnlab.core.settings import Settings
from cnnlab.processes import marks
from cnnlab.processes.environment import child_environment, start_detached, worker_command
from cnnlab.runs.engine.watch import conclude, enforce_stop
from cnnlab.runs.record import Run, RunError, RunSpec, State, problems
from cnnlab.runs.record.events import Event
from cnnlab.runs.store import Store

POLL = 0.1  # seconds


def train_in_foreground(spec: RunSpec, settings: Settings, on_epoch: Callable[[Event], None]) -> Run:
    """Train now, past the queue, and return the run when it has ended, whatever its state.

    `on_epoch` receives the event of every epoch as it ends. Ctrl-C stops the training within a batch. Raises `RunError`
    if the training is not taken.
    """
    problem = problems(spec, settings)
    if problem is not None:
        raise RunError(problem)
    store = Store(settings.home)
    try:
        run = store.create(spec, State.STARTING, parent=marks.mark(os.getpid()))
        folder = store.folder(run.id)
        env = child_environment(settings, spec.network, spec.trunk)
        child = start_detached(worker_command(folder), env, folder, folder / "worker.log")
        offset = 0
        exit_code = None
        while exit_code is None:
            try:
                exit_code = child.poll()
                events, offset = store.read_events(run.id, offset)
                for event in events:
                    if event["type"] == "epoch":
                        on_epoch(event)
                if (process := marks.mark(child.pid)) is not None:
                    enforce_stop(store, run, process)
                time.sleep(POLL if exit_code is None else 0)
            except KeyboardInterrupt:
                store.request_stop(run.id)
            except BaseException:
                store.request_stop(run.id)
                raise
        conclude(store, run, exit_code)
        return store.get(run.id)
    finally:
        store.close()
