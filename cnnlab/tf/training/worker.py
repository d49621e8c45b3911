"""Be the process that trains one run: `python -m cnnlab.tf.training.worker RUN_FOLDER`.

With `--wait` it loads TensorFlow first and then reads the folder from its input; at the end of that it leaves. With
`--far RUN_FOLDER` it trains on a machine of a cluster, which has nothing but that folder in common with the pages.
"""

import contextlib
import os
import platform
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal
from cnnlab.processes import marks
from cnnlab.processes.home.faults import FULL_RUN, is_full
from cnnlab.processes.limits.priority import come_last
from cnnlab.runs.engine.watch import FULL_EXIT
from cnnlab.runs.far.store import JOB_VARIABLE, NO_FOLDER_EXIT, FarStore
from cnnlab.runs.record import Run, State
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store import Store
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.folders import WorkerStore

FAILED_EXIT = 1
PATIENCE = 60.0  # seconds for a record that is locked when the training has ended


def main(arguments: list[str]) -> int:
    """Train the run in the folder that is named; return the exit code."""
    come_last()
    if arguments[:1] == ["--far"]:
        return work_far(Path(arguments[1]))
    if arguments == ["--wait"]:
        import cnnlab.tf.training.train  # noqa: F401  loads TensorFlow before it is needed

        name = sys.stdin.readline().strip()
        if not name:
            return 0
        _write_log_to(Path(name) / "worker.log")
    else:
        (name,) = arguments
    return work(Path(name))


def work_far(folder: Path) -> int:
    """Train the run in a folder on shared storage; say in one sentence if this machine does not have it."""
    try:
        if not (folder / "attempt").exists():
            raise FileNotFoundError("there is no such folder")
        _write_log_to(folder / "worker.log")
    except OSError as error:
        sys.stdout.write(
            f"The machine {platform.node()} cannot use the run's folder {folder} ({error.strerror or error}); "
            "CNNLAB_HOME must be a shared folder with the same path on every machine of the cluster.\n"
        )
        sys.stdout.flush()
        return NO_FOLDER_EXIT
    return work(folder, FarStore(folder.parents[1], os.environ[JOB_VARIABLE]))


def work(folder: Path, known: WorkerStore | None = None) -> int:
    """Train the run in `folder` unless another process does, and record how it ended."""
    told_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_end.set())
    store = known or Store(folder.parents[1])
    run = store.get(folder.name)
    me = marks.mark(os.getpid())
    if me is None or not store.claim(run.id, me):
        return 0
    writer = EventWriter(folder / "metrics.jsonl")

    def should_stop() -> bool:
        if store.is_replaced(run.id) or not folder.exists():
            os._exit(FAILED_EXIT)  # there is nothing left to write into, or it would spoil another's work
        orphaned = run.parent is not None and os.getppid() != run.parent.pid
        return told_to_end.is_set() or orphaned or store.stop_requested(run.id) is not None

    state, message = _train(run, store, writer, should_stop)
    # On a full disk the database may still have room for the sentence that says so.
    with contextlib.suppress(OSError):
        writer.append({"type": "end", "state": state, "message": message})
    if not _end(store, run.id, state, message):
        return FULL_EXIT if message == FULL_RUN else FAILED_EXIT
    return FAILED_EXIT if state == State.FAILED else 0


def _end(store: WorkerStore, run_id: str, state: State, message: str | None) -> bool:
    """Record how a training ended; a record that is locked is waited for. Returns whether that was possible."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            store.transition(run_id, state, message)
            return True
        except (StoreFault, OSError):
            if message == FULL_RUN or time.monotonic() > deadline:
                traceback.print_exc()
                return False
            time.sleep(1)


def _train(
    run: Run, store: WorkerStore, writer: EventWriter, should_stop: Callable[[], bool]
) -> tuple[State, str | None]:
    """Train and return the terminal state with its sentence."""
    if should_stop():
        return State.STOPPED, "Stopped before it began."
    try:
        from cnnlab.tf.callbacks.record_fit import TrainingStopped
        from cnnlab.tf.training.train import train
    except Exception:
        traceback.print_exc()
        return State.FAILED, "TensorFlow could not be loaded; the run's log says why."
    try:
        return State.FINISHED, train(run, store, Settings.from_env(), writer, should_stop)
    except TrainingStopped as stopped:
        return State.STOPPED, str(stopped)
    except Refusal as problem:
        traceback.print_exc()
        return State.FAILED, FULL_RUN if is_full(problem) else str(problem)
    except Exception as error:
        traceback.print_exc()
        return State.FAILED, _sentence(error)


def _sentence(error: Exception) -> str:
    """Say an unexpected error in one sentence; its traceback is in the log."""
    if is_full(error):
        return FULL_RUN
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "The memory was not enough for this training; use smaller images, a smaller batch or fewer images."
    return f"The training failed unexpectedly ({type(error).__name__}); the run's log says more."


def _write_log_to(path: Path) -> None:
    with path.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    # TensorFlow's threads can keep an interpreter from ending, and everything is written.
    os._exit(code)
