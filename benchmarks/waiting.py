"""Measure how long a class waits for its trainings when everybody starts one, on this machine alone."""

import time
from contextlib import closing
from dataclasses import replace

from benchmarks.page.classroom import training_spec
from benchmarks.support import servers
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from cnnlab.core.augment import Augmentation, only_rescaled
from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store

CLASS = 30
PLAIN = only_rescaled(Augmentation.post())
LESSON = replace(training_spec(12, PLAIN, 100, size=32), batch_size=8)
LARGER = training_spec(15, PLAIN, size=64)
KINDS = (
    ("lesson 10: 32 × 32, 200 pictures, 12 epochs", LESSON, 12),
    ("64 × 64, all 1,600 silhouettes, 15 epochs", LARGER, 4),
)
LONGEST = 240.0  # seconds for all of one kind


def waiting() -> list[Line]:
    """Let some students start a training each at the same moment, and tell what that means for a class."""
    lines = []
    with servers.app() as app:
        for what, spec, count in KINDS:
            each = _seconds_each(app, spec, count)
            lines += [
                Line(f"{what}: one after the other, each", each, "s"),
                Line(f"the last of {CLASS} who start it at once has it after", CLASS * each / 60, "min"),
            ]
    return lines


def _seconds_each(app: Server, spec: RunSpec, count: int) -> float:
    """Return how long a training holds the queue up, from its start to the next one's."""
    engine = LocalEngine(Settings(home=app.home))
    with closing(engine.store):
        begun = time.monotonic()
        ids = [engine.submit(replace(spec, seed=number), owner=f"{number:032x}") for number in range(count)]
        while not all(engine.store.get(run_id).is_terminal for run_id in ids):
            if time.monotonic() - begun > LONGEST:
                raise RuntimeError(f"{count} trainings took longer than {LONGEST:.0f} s.")
            time.sleep(0.1)
        taken = time.monotonic() - begun
        _all_finished(engine.store, ids)
    return taken / count


def _all_finished(store: Store, ids: list[str]) -> None:
    for run_id in ids:
        if (run := store.get(run_id)).state != State.FINISHED:
            raise RuntimeError(f"A training ended as {run.state}: {run.message}")
