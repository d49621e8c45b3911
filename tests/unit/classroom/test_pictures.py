"""The picture that a student brought last is kept with the work, in bounds, for the student and the teacher alone."""

from pathlib import Path

import pytest

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.pictures import LARGEST
from cnnlab.classroom.record.errors import ClassroomError, TooMany
from tests.unit.classroom.exercise_files import ANN, BEN, exercise
from tests.unit.classroom.test_forgetting import bytes_of


def test_the_last_picture_is_there_for_the_student_and_the_teacher_and_goes_with_the_student(
    room: Classroom, given_out: str, home: Path
) -> None:
    ann, ben = (room.students.begin(given_out, name, who) for name, who in (("Ann", ANN), ("Ben", BEN)))
    assert room.pictures.own(ann.token) is None
    for content in (b"first-picture-q", b"second-picture-q"):
        room.pictures.keep(ann.token, "../../a\\<b>.png", content, ANN)
    found = room.pictures.own(ann.token)
    assert found is not None
    assert (found.name, found.content) == ("<b>.png", b"second-picture-q")
    assert room.pictures.own(ben.token) is None
    assert room.pictures.of_exercise(given_out, ann.student.id) == found
    other = room.exercises.add(exercise()).id
    assert room.pictures.of_exercise(other, ann.student.id) is None
    with pytest.raises(ClassroomError):
        room.pictures.own("forged")
    room.forgetting.student(given_out, ann.student.id)
    assert b"picture-q" not in bytes_of(home)


def test_what_there_is_no_room_for_stays_in_the_browser_with_one_sentence(
    room: Classroom, given_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = (room.students.begin(given_out, name, who) for name, who in (("Ann", ANN), ("Ben", BEN)))
    with pytest.raises(ClassroomError, match="stays in this browser: with your work, 4 MB are kept"):
        room.pictures.keep(ann.token, "a", bytes(LARGEST + 1), ANN)
    monkeypatch.setattr("cnnlab.classroom.pictures.MOST_OF_EXERCISE", 10)
    room.pictures.keep(ann.token, "a", bytes(8), ANN)
    room.pictures.keep(ann.token, "a", bytes(9), ANN)
    with pytest.raises(TooMany, match="the class has brought as many as are kept"):
        room.pictures.keep(ben.token, "a", bytes(2), BEN)
    for _ in range(197):
        room.pictures.keep(ann.token, "a", b"a", ANN)
    for _ in range(800):
        with pytest.raises(TooMany, match="that this is no class; try again in"):
            room.pictures.keep(ann.token, "a", b"a", ANN)
