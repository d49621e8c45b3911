"""Follow a training on another machine by what it writes into its folder on shared storage."""

import time

from cnnlab.runs.far.store import Report, last_sign, read_report
from cnnlab.runs.record import Run, State
from cnnlab.runs.store import Store

SILENCE = 120.0  # seconds without a sign of life after which a training is given up that nobody can be asked about
_STEPS = {State.FINISHED: (State.RUNNING, State.FINISHED), State.PAUSED: (State.RUNNING, State.PAUSED)}


def follow(store: Store, run: Run) -> Report | None:
    """Record the state that the worker reports, and return its report, None if it has not begun."""
    report = read_report(store.folder(run.id), run.job)
    if report is not None and report.state != run.state:
        # The worker may have come further than one step since the last look.
        for state in _STEPS.get(report.state, (report.state,)):
            store.transition(run.id, state, report.message)
    return report


class Silence:
    """Measure how long each training has given no sign of life, by this machine's clock."""

    def __init__(self) -> None:
        self._signs: dict[str, tuple[float | None, float]] = {}

    def seconds(self, store: Store, run: Run) -> float:
        """Return for how long, counted from the first call for this run's job at most."""
        sign, now = last_sign(store.folder(run.id)), time.monotonic()
        before = self._signs.get(run.job)
        if before is None or before[0] != sign:
            self._signs[run.job] = (sign, now)
            return 0.0
        return now - before[1]


def give_up_if_silent(store: Store, run: Run, silence: Silence, report: Report | None) -> None:
    """End a training that nobody can be asked about and that says nothing itself; queue one that never began."""
    if silence.seconds(store, run) < SILENCE:
        return
    if store.stop_requested(run.id) is not None:
        store.transition(run.id, State.STOPPED, "Stopped on request; its machine does not answer.")
    elif report is None:
        store.transition(run.id, State.QUEUED, source=State.STARTING)
    else:
        store.transition(
            run.id,
            State.LOST,
            "Neither the training nor the cluster has given a sign of life for two minutes; resume the run when the "
            "cluster answers.",
        )
