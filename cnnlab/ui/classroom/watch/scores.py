"""Know how far the trainings of a class have come, and how good each was."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cnnlab.core.words.numbers import percent
from cnnlab.runs.record import Run, RunError, State
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.session.services import store

MOST_KEPT = 4096


@dataclass(frozen=True)
class Score:
    """Hold a training in words, and its best validation accuracy as a share; −1 before there is any."""

    text: str
    value: float
    run: Run


def scores_of(run_ids: Iterable[str]) -> dict[str, Score]:
    """Return the score of each training; one that was deleted has none. Raises `StoreFault`."""
    found = {}
    for run_id in filter(None, run_ids):
        try:
            run = store().get(run_id)
        except StoreFault:
            raise
        except RunError:
            continue
        # A training that goes on from its checkpoint has another end.
        best = _of_ended(run_id, run.finished) if run.is_terminal else _best(run_id)
        found[run_id] = Score(_said(run, best), -1.0 if best is None else best, run)
    return found


@lru_cache(maxsize=MOST_KEPT)
def _of_ended(run_id: str, _finished: float | None) -> float | None:
    """Return the best validation accuracy of a training that has ended; it stays what it is."""
    return _best(run_id)


def _best(run_id: str) -> float | None:
    known = [epoch["val_accuracy"] for epoch in store().story(run_id).epochs if epoch["val_accuracy"] is not None]
    return max(known, default=None)


def _said(run: Run, best: float | None) -> str:
    if run.state == State.QUEUED:
        return "waits"
    number = "" if best is None else percent(best, 0)
    going = {State.FINISHED: "", State.STOPPED: "stopped"}.get(run.state, str(run.state))
    return " ".join(filter(None, (number, going))) or str(run.state)
