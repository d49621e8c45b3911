"""What is forgotten is nowhere: no byte of it stays in any file of the record, and old students go by themselves."""

import time
from pathlib import Path

import pytest

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.record.errors import ClassroomError
from tests.unit.classroom.exercise_files import ANN, BEN, POST, SENTENCE, Clock, opened

DAY = 24 * 3600.0


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def worked(room: Classroom, exercise_id: str, name: str) -> str:
    asker = ANN if name == "Ann-q" else BEN
    begun = room.students.begin(exercise_id, name, asker)
    room.works.answer(begun.token, SENTENCE, f"words of {name}", POST, asker)
    room.works.trained(begun.token, room.works.book_training(begun.token), f"run-of-{name}")
    room.handing_in.validate(begun.token)
    room.handing_in.submit(begun.token, asker)
    return begun.token


def test_a_class_is_deleted_for_good(room: Classroom, given_out: str, home: Path) -> None:
    tokens = [worked(room, given_out, name) for name in ("Ann-q", "Ben-q")]
    (home / "classroom.sqlite.damaged-20260101-000000-000000").write_bytes(b"Ann-q")
    other = room.exercises.duplicate(given_out).id
    link = room.link(given_out)
    assert b"Ann-q" in bytes_of(home)
    assert room.forgetting.whole_class(given_out) == ("run-of-Ann-q", "run-of-Ben-q")
    for gone in (b"Ann-q", b"Ben-q", given_out.encode()):
        assert gone not in bytes_of(home)
    for call in (room.works.view, room.students.who):
        with pytest.raises(ClassroomError, match="it was deleted"):
            call(tokens[0])
    with pytest.raises(ClassroomError, match="There is no such exercise here"):
        room.table.rows(room.invited(link).exercise)
    with pytest.raises(ClassroomError, match="There is no such exercise here"):
        room.forgetting.whole_class(given_out)
    assert [one.id for one in room.exercises.all()] == [other]


def test_one_student_is_deleted_and_the_others_stay(room: Classroom, given_out: str, home: Path) -> None:
    ann, ben = (worked(room, given_out, name) for name in ("Ann-q", "Ben-q"))
    student = room.students.who(ann).id
    assert room.forgetting.student("another", student) == ()
    assert room.forgetting.student(given_out, student) == ("run-of-Ann-q",)
    assert b"Ann-q" not in bytes_of(home)
    assert room.works.view(ben).handed_in == 1
    assert room.students.again(given_out, ANN) is None


def test_who_gave_no_sign_of_life_is_forgotten_and_exercises_stay(
    room: Classroom, given_out: str, clock: Clock
) -> None:
    worked(room, given_out, "Ann-q")
    clock.now += 399 * DAY
    room.students.begin(given_out, "Ben", BEN)
    assert room.forgetting.too_old() == 0
    clock.now += 2 * DAY
    assert room.forgetting.too_old() == 1
    assert [row.student.name for row in room.table.rows(given_out)] == ["Ben"]


def test_a_server_that_starts_forgets_by_itself(room: Classroom, given_out: str, clock: Clock, home: Path) -> None:
    worked(room, given_out, "Ann-q")
    clock.now += 500 * DAY
    again = opened(home, clock)
    deadline = time.monotonic() + 10
    while again.table.rows(given_out):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    again.close()
