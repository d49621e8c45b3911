"""Name runs so that nobody has to guess which is which."""

from collections.abc import Sequence
from datetime import datetime

from cnnlab.runs.judge.compare import told_by_difference
from cnnlab.runs.record import Run
from cnnlab.ui.parts.labels import told_apart


def run_labels(runs: Sequence[Run]) -> dict[str, str]:
    """Return how each run is listed, by its id: name, what differs, whose it is, and when it was launched."""
    names = told_by_difference(runs)
    return told_apart({run.id: _label(run, names[run.id]) for run in runs})


def _label(run: Run, name: str) -> str:
    if run.is_recorded:
        return name
    if run.spec.series:
        name = f"How much data? {run.spec.name}, seed {run.spec.seed}"
    launched = datetime.fromtimestamp(run.created).strftime("%d %b %H:%M:%S")
    return ", ".join(filter(None, (name, run.nickname, launched)))
