"""The record of the runs comes back from their folders: from damage, from nothing, by itself and by command."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.__main__ import main
from cnnlab.processes.home.database import KEPT_ASIDE, kept_aside
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import Run, State
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store import Store
from tests.unit.runs.store.test_store import SPEC

ME = ProcessMark(4_000_000, 12.5, "a boot")


def filled(home: Path) -> list[Run]:
    """Record a run in every state, and return all of them, newest first."""
    store = Store(home)
    waiting = [store.create(replace(SPEC, name=name), owner=name, origin="near", nickname=name) for name in ("a", "b")]
    steps = {
        State.STARTING: (),
        State.RUNNING: (State.RUNNING,),
        State.PAUSED: (State.RUNNING, State.PAUSED),
        State.FINISHED: (State.RUNNING, State.FINISHED),
        State.LOST: (State.RUNNING, State.LOST),
        State.FAILED: (State.FAILED,),
    }
    for state, following in steps.items():
        run = store.create(replace(SPEC, name=f"once {state}"), owner="c", nickname="<Carl>")
        store.transition(run.id, State.STARTING)
        store.claim(run.id, ME)
        for to in following:
            store.transition(run.id, to, f"It is {to}.")
        store.rename(run.id, state)
    again = store.create(SPEC)
    store.transition(again.id, State.STOPPED, "Stopped before it began.")
    store.reopen(again.id, 33)
    store.send(waiting[0].id, "a job")
    runs = store.runs()
    store.close()
    return runs


def damage_head(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to be taken for one" * 200)


def damage_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 : len(data)] = b"\xff" * (len(data) - 4096)
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_all(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).write_bytes(b"\x01\x02rubbish" * 5000)


def other_table(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs (colour TEXT)")
    connection.close()


@pytest.mark.parametrize("harm", [damage_head, damage_middle, cut, empty, damage_all, other_table, Path.unlink])
def test_a_damaged_record_comes_back_whole_from_the_folders(home: Path, harm: Callable[[Path], None]) -> None:
    before = filled(home)
    path = home / "runs.sqlite"
    harm(path)
    harmed = path.read_bytes() if path.exists() else b""
    store = Store(home)
    assert sorted(store.runs(), key=lambda run: run.id) == sorted(before, key=lambda run: run.id)
    assert [run.created for run in store.runs()] == [run.created for run in before]
    queued = [run.spec.name for run in before if run.state == State.QUEUED][::-1]
    assert [run.spec.name for run in store.in_state(State.QUEUED)] == queued
    store.close()
    kept = kept_aside(path)
    assert bool(kept) == (harm not in (empty, Path.unlink))
    # Only looking into a whole database that is none of ours changes its head.
    assert not kept or harm is other_table or harmed in [file.read_bytes() for file in kept]


def test_a_record_damaged_under_an_open_store_is_made_anew_and_both_processes_go_on(home: Path) -> None:
    before = filled(home)
    first, second = Store(home), Store(home)
    with first._cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage_middle(home / "runs.sqlite")
    third = Store(home)
    assert len(third.runs()) == len(first.runs()) == len(second.runs()) == len(before)
    run = first.create(SPEC)
    assert second.get(run.id) == third.get(run.id) == run
    for store in (first, second, third):
        store.close()


def test_damage_again_and_again_keeps_only_the_last_few_files(home: Path) -> None:
    filled(home)
    for _ in range(6):
        damage_all(home / "runs.sqlite")
        Store(home).close()
    assert len(kept_aside(home / "runs.sqlite")) == KEPT_ASIDE


def test_folders_of_an_older_version_come_back_as_far_as_they_know(home: Path) -> None:
    store = Store(home)
    ids = [store.create(replace(SPEC, name=name)).id for name in ("waited", "ended", "said", "trained", "torn")]
    for run_id in ids:
        path = store.folder(run_id) / "run.json"
        told = json.loads(path.read_text())
        old = {name: told[name] for name in ("id", "created", "spec")}
        if run_id == ids[1]:
            old |= {"state": "failed", "message": "It went wrong.", "finished": 5.0}
        path.write_text(json.dumps(old) if run_id != ids[4] else json.dumps(old)[:100])
    for run_id, event in ((ids[2], {"type": "end", "state": "finished", "message": None}), (ids[3], {"type": "start"})):
        writer = EventWriter(store.folder(run_id) / "metrics.jsonl")
        writer.append(event)
        writer.close()
    store.close()
    empty(home / "runs.sqlite")
    again = Store(home)
    states = {run.spec.name: (run.state, run.message) for run in again.runs()}
    assert states["waited"] == (State.QUEUED, None)
    assert states["ended"] == (State.FAILED, "It went wrong.")
    assert again.get(ids[1]).finished == 5.0
    assert states["said"] == (State.FINISHED, None)
    assert states["trained"][0] == State.LOST
    assert "resume the run" in (states["trained"][1] or "")
    assert "torn" not in states
    again.close()


def test_a_deleted_run_does_not_come_back_even_if_its_folder_could_not_go(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(home)
    run = store.create(SPEC)
    store.transition(run.id, State.STOPPED)
    monkeypatch.setattr("shutil.rmtree", lambda *_args, **_options: None)
    store.delete(run.id)
    assert store.folder(run.id).exists()
    store.close()
    empty(home / "runs.sqlite")
    again = Store(home)
    assert again.runs() == []
    again.close()


def test_the_command_brings_back_what_is_missing_and_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = filled(home)
    damage_head(home / "runs.sqlite")
    assert main(["recover"]) == 0
    said = capsys.readouterr().out
    assert f"{len(before)} runs are in the record, {len(before)} of them brought back from their folders." in said
    assert str(kept_aside(home / "runs.sqlite")[0]) in said
    store = Store(home)
    with store._cursor() as cursor:
        cursor.execute("DELETE FROM runs WHERE id = ?", (before[0].id,))
    (store.folder(before[1].id) / "run.json").write_text('{"spec": {"na')
    with store._cursor() as cursor:
        cursor.execute("DELETE FROM runs WHERE id = ?", (before[1].id,))
    assert main(["recover"]) == 0
    said = capsys.readouterr().out
    assert f"{len(before) - 1} runs are in the record, 1 of them brought back" in said
    assert f"The folder {store.folder(before[1].id)} does not say what was trained" in said
    assert store.get(before[0].id) == before[0]
    store.close()


def test_the_command_without_a_home_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNLAB_HOME", str(home / "none"))
    assert main(["recover"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (home / "none").exists()
