"""Ten runs of five students wait for one slot while a class watches, again and again for a quarter of an hour."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import State
from cnnlab.runs.record.epoch_weights import KEPT_BYTES
from cnnlab.runs.store import Store
from tests.browser.conftest import Visit
from tests.browser.support.serving import Deadline, Server, processes_of, until
from tests.browser.support.watching import Watched
from tests.browser.test_survival import SPEC

log = logging.getLogger(__name__)

STUDENTS = ("ann", "ben", "cem", "dia", "eli")
EPOCHS = 12
MINUTES = 15
LONGEST = 15 * 60.0  # seconds for ten runs
MOST_GROWTH = 60 << 20  # bytes of one process, from the end of the first ten runs on
MOST_FILES = 20  # more open files than at the end of the first ten runs
WATCHERS = 2
Sizes = dict[str, tuple[int, int]]


def bytes_of_runs(store: Store) -> int:
    return sum(path.stat().st_size for path in (store.home / "runs").rglob("*") if path.is_file())


def sizes(server: Server) -> Sizes:
    """Return the resident bytes and open files of the server and of its supervisor."""
    found = {}
    for process in processes_of(server.home):
        for name in ("streamlit", "cnnlab.runs.engine.supervisor"):
            if name in process.cmdline():
                found[name] = process.memory_info().rss, process.num_fds()
    return found


def train_ten(store: Store, watchers: Sequence[Watched], number: int) -> list[str]:
    """Queue ten equal runs, two of each student, and wait until they have been trained fairly and alike."""
    spec = replace(SPEC, epochs=EPOCHS, network=SPEC.network.with_image_size(48, 48), limit_per_class=200)
    names = [(who, f"{who} {number}.{i}") for who in STUDENTS for i in (1, 2)]
    runs = [store.create(replace(spec, name=name), owner=who).id for who, name in names]
    for watcher, run in zip(watchers, runs, strict=False):
        watcher.open(f"training?run={run}", "Training")
    until(lambda: all(store.get(run).is_terminal for run in runs), "not all runs ended", LONGEST)
    ended = sorted((store.get(run) for run in runs), key=lambda run: run.started or 0)
    assert {run.state for run in ended} == {State.FINISHED}, [run.message for run in ended]
    assert {run.spec.name.split()[0] for run in ended[:5]} == set(STUDENTS)
    curves = [[(e["loss"], e["val_loss"]) for e in store.story(run).epochs] for run in runs]
    assert all(curve == curves[0] for curve in curves)
    assert len(curves[0]) == EPOCHS
    return runs


def is_clean(server: Server) -> bool:
    """Tell whether no worker is left but one that waits for the next run, and no unfinished file."""
    working = [p.cmdline()[-1] for p in processes_of(server.home) if "cnnlab.tf.training.worker" in p.cmdline()]
    trash = sum(path.stat().st_size for path in server.home.rglob(".*") if path.is_file())
    return working in ([], ["--wait"]) and trash == 0


@pytest.mark.slow
def test_queued_runs_are_trained_fairly_for_a_quarter_of_an_hour_and_nothing_leaks(
    fresh_server: Server, visit: Visit
) -> None:
    with Deadline(MINUTES * 60 + int(LONGEST)):
        store = Store(fresh_server.home)
        engine = LocalEngine(Settings(fresh_server.home), store)
        watchers = [visit(fresh_server) for _ in range(WATCHERS)]
        began, seen, runs = time.monotonic(), [], []
        while len(seen) < 2 or time.monotonic() - began < MINUTES * 60:
            runs += train_ten(store, watchers, len(seen) + 1)
            until(lambda: is_clean(fresh_server), "a worker or an unfinished file is left")
            seen.append(sizes(fresh_server))
            disk = bytes_of_runs(store) >> 20
            log.info("%.0f s, %d runs, %d MB: %s", time.monotonic() - began, len(runs), disk, seen[-1])
        for name, (memory, files) in seen[0].items():
            assert seen[-1][name][0] - memory < MOST_GROWTH, seen
            assert seen[-1][name][1] - files < MOST_FILES, seen
        assert bytes_of_runs(store) < len(runs) * ((30 << 20) + KEPT_BYTES)
        for run in runs:
            store.delete(run)
        assert bytes_of_runs(store) < 1 << 20
        engine.store.close()
