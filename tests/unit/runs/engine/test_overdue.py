"""Limits that keep one student from taking the machine: disk at the start, time and standing still while training."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.settings import Settings
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.record import RunError, State
from cnnlab.runs.store import Store
from cnnlab.tf.callbacks import overdue
from cnnlab.tf.callbacks.overdue import PAUSE_SECONDS, Overdue, show_pause
from tests.unit.runs.store.test_store import SPEC


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def test_a_full_share_of_the_disk_takes_no_new_training_and_resumes_none(store: Store) -> None:
    engine = LocalEngine(Settings(store.home, max_disk_mb=1), store)
    run = store.create(SPEC)
    store.transition(run.id, State.STOPPED)
    (store.folder(run.id) / "model.keras").write_bytes(b"0" * (1 << 20))
    for attempt in (lambda: engine.submit(SPEC), lambda: engine.resume(run.id)):
        with pytest.raises(RunError, match="take 1 MB, and 1 MB are allowed; delete old ones"):
            attempt()
    assert [known.id for known in store.runs()] == [run.id]
    assert store.get(run.id).state == State.STOPPED


def test_a_run_is_not_extended_beyond_the_servers_limit(store: Store) -> None:
    engine = LocalEngine(Settings(store.home, max_epochs=20), store)
    run = store.create(SPEC)
    store.transition(run.id, State.STOPPED)
    with pytest.raises(RunError, match="between 1 and 20, but is 21"):
        engine.resume(run.id, epochs=21)
    assert store.get(run.id).spec == SPEC


def test_a_run_that_goes_on_cannot_be_resumed(store: Store) -> None:
    run = store.create(SPEC)
    with pytest.raises(RunError, match="The run is queued, so there is nothing to resume"):
        LocalEngine(Settings(store.home), store).resume(run.id)


def test_a_training_is_overdue_after_its_minutes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(overdue.time, "monotonic", lambda: clock[0])
    due = Overdue(store, replace(Settings(store.home), max_minutes=2), store.create(SPEC))
    clock[0] += 119
    assert due(0.0) is None
    clock[0] += 2
    assert due(0.0) == "a training may take 2 minutes (CNNLAB_MAX_MINUTES); resume it to go on."


def test_a_training_of_an_exercise_is_overdue_after_those_of_the_exercise(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(overdue.time, "monotonic", lambda: clock[0])
    settings = replace(Settings(store.home), max_minutes=2)
    shorter, longer = (Overdue(store, settings, store.create(replace(SPEC, minutes=minutes))) for minutes in (1, 60))
    clock[0] += 61
    assert shorter(0.0) == "it has had the 1 minute that its exercise allows."
    assert longer(0.0) is None
    clock[0] += 60
    assert longer(0.0) == "a training may take 2 minutes (CNNLAB_MAX_MINUTES); resume it to go on."


def test_the_minutes_of_an_exercise_count_through_every_start(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    engine = LocalEngine(Settings(store.home), store)
    monkeypatch.setattr(engine, "start", lambda: None)
    run = store.create(replace(SPEC, minutes=2))
    for seconds, spent, is_used_up in ((50, 0, False), (69, 50, False), (1, 119, True)):
        store.transition(run.id, State.STARTING)
        clock[0] += seconds
        store.transition(run.id, State.STOPPED)
        ended = store.get(run.id)
        assert (ended.spent, ended.seconds_left, ended.is_used_up) == (spent, 120 - spent, is_used_up)
        clock[0] += 3600  # between two starts nothing counts
        if not is_used_up:
            engine.resume(run.id)
    with pytest.raises(RunError, match="has had the 2 minutes that its exercise allows, so it cannot go on"):
        engine.resume(run.id)


def test_who_stands_still_makes_room_only_when_others_wait(store: Store) -> None:
    run = store.create(SPEC, State.STARTING)
    due = Overdue(store, Settings(store.home), run)
    assert due(PAUSE_SECONDS + 1) is None
    store.create(SPEC)
    due = Overdue(store, Settings(store.home), run)
    assert due(PAUSE_SECONDS - 1) is None
    said = due(PAUSE_SECONDS + 1)
    assert said == "it stood still for 10 minutes while others wait; resume it to go on."


def test_standing_still_is_shown_and_ends(store: Store) -> None:
    run = store.create(SPEC, State.STARTING)
    store.transition(run.id, State.RUNNING)
    show_pause(store, run.id, True)
    assert store.get(run.id).state == State.PAUSED
    show_pause(store, run.id, False)
    assert store.get(run.id).state == State.RUNNING
