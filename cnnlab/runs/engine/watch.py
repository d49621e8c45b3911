"""Follow one worker process: end it when a stop takes too long, and say what became of it."""

import signal

from cnnlab.core.data.survey.layouts import counted
from cnnlab.processes.clock import seconds_since
from cnnlab.processes.home.faults import FULL_RUN
from cnnlab.processes.marks import ProcessMark, signal_group
from cnnlab.runs.record import Run, State
from cnnlab.runs.store import Store

TERM_AFTER = 10.0  # seconds from the stop flag until SIGTERM
KILL_AFTER = 20.0  # and until SIGKILL
FULL_EXIT = 74  # a worker's exit code if the disk had no room for its last words (EX_IOERR)
OVERTIME = 90.0  # seconds over its wall time in which a worker must have ended by itself
_WHY = {
    signal.SIGKILL: "killed, perhaps out of memory",
    signal.SIGSEGV: "a crash inside TensorFlow, perhaps out of memory",
    signal.SIGABRT: "a crash inside TensorFlow, perhaps out of memory",
    signal.SIGBUS: "a crash inside TensorFlow, perhaps out of memory",
    signal.SIGTERM: "somebody ended it",
}


def enforce_stop(store: Store, run: Run, process: ProcessMark) -> None:
    """Signal a worker that has not obeyed the stop flag: SIGTERM after 10 s, SIGKILL after 20 s."""
    waited = store.stop_requested(run.id)
    if waited is None:
        return
    if waited > KILL_AFTER:
        signal_group(process.pid, signal.SIGKILL)
    elif waited > TERM_AFTER:
        signal_group(process.pid, signal.SIGTERM)


def enforce_time(store: Store, run: Run, process: ProcessMark, minutes: int) -> None:
    """Kill a worker that should have ended by itself a minute ago: it hangs. It is said before, as what it is."""
    trained = seconds_since(run.clock)
    if trained is not None and trained > min(60 * minutes, run.seconds_left) + OVERTIME:
        store.transition(run.id, State.STOPPED, _used_up(run) if trained > run.seconds_left else _too_long(minutes))
        signal_group(process.pid, signal.SIGKILL)


def _too_long(minutes: int) -> str:
    return (
        f"A training may take {minutes} minutes (CNNLAB_MAX_MINUTES); this one did not end by itself then, so its "
        "process was ended; resume it to go on from its last epoch."
    )


def _used_up(run: Run) -> str:
    return f"It has had the {counted(run.spec.minutes or 0, 'minute')} that its exercise allows; its process was ended."


def conclude(store: Store, run: Run, exit_code: int | None) -> None:
    """Record the end of a run whose process is gone; a run that has recorded its own end stays as it is.

    `exit_code` is that of the process (negative: the signal), or None if nobody saw it end.
    """
    if store.stop_requested(run.id) is not None:
        store.transition(run.id, State.STOPPED, "Stopped on request; its process had to be ended.")
    elif exit_code is None:
        store.transition(
            run.id,
            State.LOST,
            "The training process disappeared while nothing watched it, so its end is unknown; resume the run.",
        )
    else:
        store.transition(run.id, State.FAILED, how_it_ended(store, run, exit_code))


def how_it_ended(store: Store, run: Run, exit_code: int) -> str:
    """Say in one sentence why a process ended early, from its exit code (negative: the signal) and its log."""
    if exit_code == FULL_EXIT:
        return FULL_RUN
    if exit_code < 0:
        why = _WHY.get(signal.Signals(-exit_code), signal.strsignal(-exit_code) or "unknown")
        return f"The training process was ended by signal {-exit_code} ({why})."
    return f"The training process ended early with exit code {exit_code}: {_last_line(store, run)}"


def _last_line(store: Store, run: Run) -> str:
    try:
        lines = (store.folder(run.id) / "worker.log").read_text(errors="replace").split("\n")
    except OSError:
        lines = []
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "it wrote nothing.")
