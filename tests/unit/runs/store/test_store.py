import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.processes.home.faults import NEWER
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import RunError, RunSpec, State
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store import Store
from cnnlab.runs.store.folders import RUN_ID

SPEC = RunSpec(
    name="first",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
)
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def test_a_run_is_the_same_after_reopening(tmp_path: Path) -> None:
    first = Store(tmp_path)
    run = first.create(SPEC)
    first.close()
    again = Store(tmp_path)
    assert again.get(run.id) == run
    assert (run.state, run.spec) == (State.QUEUED, SPEC)
    again.close()


def test_run_ids_are_unique_and_sort_by_time_and_newest_come_first(store: Store) -> None:
    ids = [store.create(SPEC).id for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(RUN_ID.fullmatch(run_id) for run_id in ids)
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.in_state(State.QUEUED)] == ids
    assert [run_id[:15] for run_id in ids] == sorted(run_id[:15] for run_id in ids)


def test_the_newest_runs_of_one_owner_are_found_among_those_of_others(store: Store) -> None:
    mine = [store.create(SPEC, owner=owner).id for owner in ("ann", "ben", "ann", "ben", "ann")][::2]
    assert [run.id for run in store.runs(owner="ann")] == mine[::-1]
    assert [run.id for run in store.runs(1, "ann")] == mine[-1:]
    assert store.runs(owner="cas") == []


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM runs ORDER BY created DESC, rowid DESC LIMIT 9",
        "SELECT * FROM runs WHERE owner = 'ann' ORDER BY created DESC, rowid DESC LIMIT 9",
        "SELECT * FROM runs WHERE state IN ('queued', 'running')",
    ],
)
def test_what_pages_ask_for_is_found_without_reading_every_run(store: Store, question: str) -> None:
    with store._cursor() as cursor:
        plan = [row["detail"] for row in cursor.execute(f"EXPLAIN QUERY PLAN {question}")]
    assert len(plan) == 1
    assert "USING INDEX" in plan[0]


def test_only_legal_transitions_happen(store: Store) -> None:
    run = store.create(SPEC)
    assert not store.transition(run.id, State.FINISHED)
    assert not store.transition(run.id, State.RUNNING)
    assert store.transition(run.id, State.STARTING)
    assert store.transition(run.id, State.RUNNING)
    assert not store.transition(run.id, State.QUEUED)
    assert store.transition(run.id, State.FINISHED)
    assert not store.transition(run.id, State.FAILED, "too late")
    ended = store.get(run.id)
    assert (ended.state, ended.message, ended.is_terminal) == (State.FINISHED, None, True)
    assert ended.started is not None
    assert ended.finished is not None
    assert ended.created <= ended.started <= ended.finished


def test_a_transition_from_a_named_state_is_won_once(store: Store) -> None:
    run = store.create(SPEC)
    wins: list[bool] = []
    barrier = threading.Barrier(8)

    def race() -> None:
        barrier.wait()
        wins.append(store.transition(run.id, State.STARTING, source=State.QUEUED))

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(wins) == [False] * 7 + [True]


def test_a_run_is_claimed_by_one_process(store: Store) -> None:
    run = store.create(SPEC)
    me, other = ProcessMark(100, 1.0), ProcessMark(200, 2.0)
    assert not store.claim(run.id, me)
    store.transition(run.id, State.STARTING)
    assert store.claim(run.id, me)
    assert store.claim(run.id, me)
    assert not store.claim(run.id, other)
    assert store.get(run.id).process == me
    assert not store.transition(run.id, State.QUEUED)


def test_processes_write_at_once(tmp_path: Path) -> None:
    code = (
        "import sys, json, pathlib; from cnnlab.runs.store import Store; from cnnlab.runs.record import RunSpec\n"
        "spec = RunSpec.from_dict(json.loads(sys.argv[2]))\n"
        "store = Store(pathlib.Path(sys.argv[1]))\n"
        "[store.create(spec) for _ in range(10)]"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(tmp_path / "new"), json.dumps(SPEC.to_dict())]
    writers = [subprocess.Popen(command, env=env) for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    store = Store(tmp_path / "new")
    assert len(store.runs()) == 40
    store.close()


def test_the_folder_alone_tells_the_story(store: Store) -> None:
    run = store.create(SPEC)
    store.describe(run.id, data_fingerprint="abc", threads=1)
    store.transition(run.id, State.FAILED, "It went wrong.")
    story = json.loads((store.folder(run.id) / "run.json").read_text())
    assert RunSpec.from_dict(story["spec"]) == SPEC
    assert story["data_fingerprint"] == "abc"
    assert (story["state"], story["message"]) == ("failed", "It went wrong.")


def test_events_are_polled_by_offset_and_a_torn_last_line_waits(store: Store) -> None:
    run = store.create(SPEC)
    assert store.read_events(run.id, 0) == ([], 0)
    path = store.folder(run.id) / "metrics.jsonl"
    writer = EventWriter(path)
    told = {"type": "epoch", "epoch": 1, "accuracy": 0.6, "val_loss": 0.5, "val_accuracy": 0.7, "seconds": 2.0}
    writer.append(told | {"loss": 0.5})
    with path.open("a") as file:
        file.write('{"type": "epoch", "ep')
    first, offset = store.read_events(run.id, 0)
    assert first == [told | {"loss": 0.5}]
    assert store.read_events(run.id, offset) == ([], offset)
    with path.open("a") as file:
        file.write('och": 2}\n')
    assert [event["epoch"] for event in store.read_events(run.id, offset)[0]] == [2]
    writer.append(told | {"loss": float("nan")})
    assert store.story(run.id).epochs[-1] == told | {"loss": None}
    writer.close()


def test_garbage_between_lines_hides_no_event(store: Store) -> None:
    run = store.create(SPEC)
    (store.folder(run.id) / "metrics.jsonl").write_bytes(b'{"type": "start"}\n{"ty\xff\n7\n{"type": "end"}\n')
    story = store.story(run.id)
    assert (len(story.starts), story.records, story.end) == (1, [], {"type": "end"})


def test_only_a_run_that_has_ended_is_deleted(store: Store) -> None:
    run = store.create(SPEC)
    with pytest.raises(RunError, match="is queued; stop it"):
        store.delete(run.id)
    store.transition(run.id, State.STOPPED)
    store.delete(run.id)
    assert not store.folder(run.id).exists()
    with pytest.raises(RunError, match="There is no run"):
        store.get(run.id)


@pytest.mark.parametrize("text", ["..", "../../etc", "20261122-101500-a1b2/..", ""])
def test_a_text_that_is_no_run_id_names_no_folder(store: Store, text: str) -> None:
    with pytest.raises(RunError, match="not the id of a run"):
        store.folder(text)


def test_a_run_that_cannot_be_read_hides_no_other(store: Store, tmp_path: Path) -> None:
    run = store.create(SPEC)
    strange = store.create(SPEC)
    with store._cursor() as cursor:
        cursor.execute("UPDATE runs SET spec = ? WHERE id = ?", ('{"from": "the future"}', strange.id))
    assert [known.id for known in store.runs()] == [run.id]


def test_a_stop_flag_keeps_the_time_of_the_first_request(store: Store) -> None:
    run = store.create(SPEC)
    assert store.stop_requested(run.id) is None
    store.request_stop(run.id)
    time.sleep(0.02)
    store.request_stop(run.id)
    assert 0.01 < (store.stop_requested(run.id) or 0) < 5


def test_a_stop_flag_without_its_time_is_as_old_as_its_file(store: Store) -> None:
    run = store.create(SPEC)
    flag = store.folder(run.id) / "stop"
    flag.touch()
    os.utime(flag, (time.time() - 50,) * 2)
    assert 49 <= (store.stop_requested(run.id) or 0) < 60


def test_a_run_that_goes_on_forgets_the_epoch_that_was_interrupted_and_its_former_end(store: Store) -> None:
    run = store.create(SPEC)
    path = store.folder(run.id) / "metrics.jsonl"
    writer = EventWriter(path)
    for event in (
        {"type": "start"},
        {"type": "epoch", "epoch": 1, "loss": 1.0},
        {"type": "batch", "epoch": 2, "batch": 3, "batches": 9},
        {"type": "end"},
    ):
        writer.append(event)
    writer.close()
    with path.open("a") as file:
        file.write('{"type": "epo')
    writer = EventWriter(path)
    writer.append({"type": "resume", "epoch": 1})
    writer.append({"type": "epoch", "epoch": 2, "loss": 0.5})
    writer.close()
    story = store.story(run.id)
    assert [(e["type"], e["epoch"]) for e in story.records] == [("epoch", 1), ("epoch", 2)]
    assert (len(story.starts), story.end) == (1, None)


def test_a_home_of_an_older_version_is_widened(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = store.create(SPEC, owner="ann", nickname="Ann")
    with store._cursor() as cursor:
        cursor.execute("DROP INDEX runs_owner")
        cursor.execute("ALTER TABLE runs DROP COLUMN owner")
    store.close()
    again = Store(tmp_path)
    assert (again.get(run.id).owner, again.get(run.id).nickname) == ("", "Ann")
    again.close()


def test_a_record_of_a_newer_version_is_refused_in_a_sentence_and_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = store.create(SPEC)
    with store._cursor() as cursor:
        cursor.execute("PRAGMA user_version = 99")
    store.close()
    newer = Store(tmp_path)
    with pytest.raises(RunError, match=NEWER):
        newer.get(run.id)
    with pytest.raises(RunError, match=NEWER):
        newer.create(SPEC)
    newer.close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as record:
        assert record.execute("PRAGMA user_version").fetchone() == (99,)
        assert record.execute("SELECT id FROM runs").fetchall() == [(run.id,)]
    assert not list(tmp_path.glob("*.damaged-*"))


def test_a_run_is_renamed_in_the_database_and_in_its_folder(store: Store) -> None:
    run = store.create(SPEC)
    store.rename(run.id, "  second ")
    assert store.get(run.id).spec.name == "second"
    assert json.loads((store.folder(run.id) / "run.json").read_text())["spec"]["name"] == "second"
    with pytest.raises(RunError, match="at least one letter"):
        store.rename(run.id, "  ")
