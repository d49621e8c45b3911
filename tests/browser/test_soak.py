"""Ten runs of five students wait for one slot while a class watches: fair, complete, and nothing leaks."""

from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cnnlab.core.settings import Settings
from cnnlab.runs.epoch_weights import KEPT_BYTES
from cnnlab.runs.local import LocalEngine
from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from tests.browser.conftest import Visit
from tests.browser.serving import Deadline, Server, processes_of, until
from tests.browser.test_survival import SPEC

STUDENTS = ("ann", "ben", "cem", "dia", "eli")
EPOCHS = 12
MINUTES = 15
MOST_GROWTH = 60 << 20  # bytes of the web process, from the second run on
WATCHERS = 2


def size_of(server: Server) -> int:
    assert server.process is not None
    return int(psutil.Process(server.process.pid).memory_info().rss)


def bytes_of_trash(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob(".*") if path.is_file())


@pytest.mark.slow
def test_ten_queued_runs_are_trained_fairly_and_leave_nothing_behind(fresh_server: Server, visit: Visit) -> None:
    with Deadline(MINUTES * 60):
        store = Store(fresh_server.home)
        engine = LocalEngine(Settings(fresh_server.home), store)
        spec = replace(SPEC, epochs=EPOCHS, network=SPEC.network.with_image_size(48, 48), limit_per_class=200)
        runs = [store.create(replace(spec, name=f"{who} {i}"), owner=who).id for who in STUDENTS for i in (1, 2)]
        for number in range(WATCHERS):
            visit(fresh_server).open(f"training?run={runs[number]}", "Training")
        until(lambda: len(store.in_state(State.FINISHED)) >= 2, "two runs did not end", MINUTES * 60)
        before = size_of(fresh_server)
        until(lambda: all(store.get(run).is_terminal for run in runs), "not all runs ended", MINUTES * 60)
        ended = sorted((store.get(run) for run in runs), key=lambda run: run.started or 0)
        assert {run.state for run in ended} == {State.FINISHED}, [run.message for run in ended]
        assert {run.spec.name.split()[0] for run in ended[:5]} == set(STUDENTS)
        curves = [[(e["loss"], e["val_loss"]) for e in store.events(run) if e["type"] == "epoch"] for run in runs]
        assert all(curve == curves[0] for curve in curves)
        assert len(curves[0]) == EPOCHS
        assert size_of(fresh_server) - before < MOST_GROWTH
        # One worker may wait for the next run; none trains.
        working = [p for p in processes_of(fresh_server.home) if "cnnlab.tf.worker" in p.cmdline()]
        assert [process.cmdline()[-1] for process in working] in ([], ["--wait"])
        assert bytes_of_trash(fresh_server.home) == 0
        assert store.bytes_used() < len(runs) * ((30 << 20) + KEPT_BYTES)
        engine.store.close()
