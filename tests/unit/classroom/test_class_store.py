"""What was acknowledged is there: after a kill, beside other writers, in an older record or a damaged one."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.follow import Followed
from cnnlab.classroom.record.errors import ChangedMeanwhile
from cnnlab.classroom.store import schema
from cnnlab.classroom.store.faults import DAMAGED, LOCKED, NEWER, NO_KEY, ClassroomFault
from cnnlab.processes.home.faults import GONE
from tests.unit.classroom.exercise_files import ANN, POST, SENTENCE, WIDTH, Clock, exercise, opened

ROOT = Path(__file__).resolve().parents[3]
NAME = "classroom.sqlite"
WRITER = """
import sys, pathlib
from cnnlab.classroom.record.errors import ClassroomError
from tests.unit.classroom.exercise_files import *
home, exercise_id = pathlib.Path(sys.argv[1]), sys.argv[2]
room = opened(home)
token = room.students.begin(exercise_id, "Ann", Asker()).token
print(token, flush=True)
for n in range(10_000):
    who = Asker(str(n), str(n))
    room.works.answer(token, SENTENCE, f"answer {n}", POST, who)
    room.handing_in.validate(token)
    try:
        print(n, room.handing_in.submit(token, who).number, flush=True)
    except ClassroomError:
        print(n, 0, flush=True)
"""


def child(code: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)


def killed(home: Path, exercise_id: str, after: int) -> tuple[str, list[tuple[int, int]]]:
    """Kill a process in the middle of its writing; return the token of its student, and what it acknowledged."""
    with child(WRITER, str(home), exercise_id) as writer:
        assert writer.stdout is not None
        token = writer.stdout.readline().strip()
        lines = [writer.stdout.readline() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
    acknowledged = [(int(n), int(number)) for n, number in (line.split() for line in lines if line.endswith("\n"))]
    return token, acknowledged


def holds_what_was_acknowledged(home: Path, token: str, acknowledged: list[tuple[int, int]]) -> None:
    room = opened(home)
    given = [each.given for each in room.works.view(token).asked[SENTENCE].attempts]
    receipts = {receipt.number: receipt for receipt in room.handing_in.receipts(token)}
    room.close()
    assert len(given) >= len(acknowledged) > 0
    assert given == [f"answer {n}" for n in range(len(given))]
    for n, number in acknowledged:
        if number:
            assert receipts[number].answers == ((1, 1, f"answer {n}"),)


def test_a_killed_process_loses_nothing_that_was_acknowledged(room: Classroom, given_out: str, home: Path) -> None:
    holds_what_was_acknowledged(home, *killed(home, given_out, 8))


@pytest.mark.slow
@pytest.mark.parametrize("after", range(1, 60, 3))
def test_a_process_may_be_killed_anywhere(room: Classroom, given_out: str, home: Path, after: int) -> None:
    holds_what_was_acknowledged(home, *killed(home, given_out, after))


def test_processes_write_at_once_and_none_loses_an_answer(room: Classroom, given_out: str, home: Path) -> None:
    code = WRITER.replace("10_000", "8")
    writers = [child(code, str(home), given_out) for _ in range(2)]
    tokens = [writer.communicate(timeout=60)[0].split()[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    for token in tokens:
        work = room.works.view(token)
        assert ([each.given for each in work.asked[SENTENCE].attempts], work.handed_in) == (
            [f"answer {n}" for n in range(8)],
            8,
        )


def test_of_two_teachers_who_save_at_once_one_is_told_and_nothing_is_lost(room: Classroom, home: Path) -> None:
    kept = room.exercises.add(exercise())
    others = [opened(home) for _ in range(4)]

    def save(other: Classroom) -> int:
        try:
            return other.exercises.save(kept.id, exercise(), seen=1).version
        except ChangedMeanwhile:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, others)) == [0, 0, 0, 2]
    with pytest.raises(ChangedMeanwhile, match="Somebody has saved version 2"):
        room.exercises.save(kept.id, exercise(), seen=1)
    assert [version for version, _ in room.exercises.files(kept.id)] == [1, 2]
    for other in others:
        other.close()


def test_exercises_are_listed_duplicated_and_read_by_version(room: Classroom, clock: Clock) -> None:
    first = room.exercises.add(exercise())
    clock.now += 1
    second = room.exercises.duplicate(first.id)
    clock.now += 1
    room.exercises.save(first.id, exercise(), seen=1)
    room.students.begin(first.id, "Ann", ANN)
    listed = room.exercises.all()
    assert [(one.id, one.version, one.students, one.title) for one in listed] == [
        (first.id, 2, 1, "One kernel"),
        (second.id, 1, 0, "One kernel"),
    ]
    assert room.exercises.version(first.id, 1).exercise.for_student() == first.exercise.for_student()
    assert room.invited(room.link(first.id)).version == 2


def test_a_new_home_is_brought_up_to_date_and_an_old_one_takes_the_steps_it_lacks(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = opened(home)
    given_out = room.exercises.add(exercise()).id
    token = room.students.begin(given_out, "Ann", ANN).token
    room.close()
    monkeypatch.setattr(
        schema, "STEPS", (*schema.STEPS, "ALTER TABLE students ADD COLUMN seat TEXT NOT NULL DEFAULT 'x';")
    )
    newer = opened(home)
    assert newer.students.who(token).name == "Ann"
    newer.close()
    with sqlite3.connect(home / NAME) as record:
        assert record.execute("PRAGMA user_version").fetchone() == (len(schema.STEPS),)
        assert record.execute("SELECT seat FROM students").fetchall() == [("x",)]


def test_a_step_that_fails_in_its_middle_leaves_the_record_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(home).close()
    broken = (*schema.STEPS, "ALTER TABLE students ADD COLUMN seat TEXT; ALTER TABLE nothing ADD COLUMN x TEXT;")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", broken)
        room = opened(home)
        with pytest.raises(ClassroomFault):
            room.exercises.all()
        room.close()
    room = opened(home)
    assert room.exercises.all() == ()
    room.close()
    with sqlite3.connect(home / NAME) as record:
        assert "seat" not in [row[1] for row in record.execute("PRAGMA table_info(students)")]


def test_a_record_of_a_newer_version_is_left_alone(home: Path) -> None:
    opened(home).close()
    with sqlite3.connect(home / NAME) as record:
        record.execute("PRAGMA user_version = 99")
    room = opened(home)
    with pytest.raises(ClassroomFault, match=NEWER[:40]):
        room.exercises.all()
    room.close()
    with sqlite3.connect(home / NAME) as record:
        assert record.execute("PRAGMA user_version").fetchone() == (99,)


def test_a_damaged_record_gives_back_what_can_be_read_and_is_kept_aside(home: Path) -> None:
    room = opened(home)
    given_out = room.exercises.add(exercise()).id
    tokens = [room.students.begin(given_out, f"S{n}", ANN).token for n in range(5)]
    for token in tokens:
        room.works.answer(token, WIDTH, "148", POST, ANN)
    room.close()
    with sqlite3.connect(home / NAME) as record:
        record.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = record.execute("SELECT rootpage FROM sqlite_master WHERE name = 'attempts_of_student'").fetchone()[0]
        size = record.execute("PRAGMA page_size").fetchone()[0]
    with (home / NAME).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    room = opened(home)
    assert [room.students.who(token).name for token in tokens] == [f"S{n}" for n in range(5)]
    assert all(room.works.view(token).asked[WIDTH].is_right for token in tokens)
    room.close()
    assert list(home.glob(f"{NAME}.damaged-*"))


def test_a_file_that_is_no_record_is_kept_aside_and_a_new_one_made(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / NAME).write_bytes(b"no database" * 100)
    room = opened(home)
    assert room.exercises.all() == ()
    room.close()
    assert list(home.glob(f"{NAME}.damaged-*"))


def test_what_is_wrong_with_the_home_is_one_sentence_and_passes(home: Path, tmp_path: Path) -> None:
    room = Classroom(home, 400, patience=0.2)
    kept = room.exercises.add(exercise())
    blocker = sqlite3.connect(home / NAME, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(ClassroomFault, match=LOCKED[:30]):
        room.follow.publish("", Followed())
    assert room.exercises.newest(kept.id).version == 1
    blocker.execute("ROLLBACK")
    blocker.close()
    room.follow.publish("", Followed())
    home.rename(tmp_path / "elsewhere")
    with pytest.raises(ClassroomFault, match=GONE[:40]):
        room.exercises.all()
    (tmp_path / "elsewhere").rename(home)
    assert room.exercises.newest(kept.id).version == 1
    room.close()
    (home / "classroom.key").write_bytes(b"x")
    with pytest.raises(ClassroomFault, match="can be neither read nor made"):
        opened(home)
    assert "classroom.key" in NO_KEY
    assert "kept aside" in DAMAGED


def test_two_servers_on_one_home_sign_with_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        rooms = list(pool.map(lambda _: opened(tmp_path / "new"), range(4)))
    given_out = rooms[0].exercises.add(exercise()).id
    token = rooms[0].students.begin(given_out, "Ann", ANN).token
    for room in rooms:
        assert room.students.who(token).name == "Ann"
        assert room.invited(rooms[0].link(given_out)).exercise == given_out
        room.close()
    assert sorted(path.name for path in (tmp_path / "new").glob("classroom.key*")) == ["classroom.key"]


@pytest.mark.slow
def test_a_class_of_a_hundred_answers_quickly(room: Classroom, given_out: str) -> None:
    tokens = [room.students.begin(given_out, f"S{n}", type(ANN)(f"{n}", "room")).token for n in range(100)]
    took = []
    for _ in range(5):
        for n, token in enumerate(tokens):
            began = time.monotonic()
            room.works.answer(token, WIDTH, "150", POST, type(ANN)(f"{n}", "room"))
            took.append(time.monotonic() - began)
    began = time.monotonic()
    rows = room.table.rows(given_out)
    assert len(rows) == 100
    assert time.monotonic() - began < 0.3
    assert sorted(took)[int(0.95 * len(took))] < 0.2
