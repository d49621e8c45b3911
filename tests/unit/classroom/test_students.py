"""A student is known by what the server signed, and comes back by a code; nobody takes the place of another."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.record.codes import new_code
from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.texts import name_of, parts_of
from cnnlab.processes.data.jobs import Asker
from tests.nasty_names import FILE_STEMS, NASTY
from tests.unit.classroom.exercise_files import ANN, BEN, POST, WIDTH, exercise, opened


def test_a_code_opens_the_same_work_in_another_browser_and_after_a_restart(room: Classroom, given_out: str) -> None:
    begun = room.students.begin(given_out, " Ann ", ANN)
    room.works.answer(begun.token, WIDTH, "148", POST, ANN)
    room.close()
    again = opened(room._database.home)
    token = again.students.come_back(begun.code.upper(), BEN)
    assert again.students.who(token) == begun.student
    assert again.works.view(token).asked[WIDTH].is_right
    assert again.students.again(given_out, BEN) == token
    again.close()


def test_the_code_stands_nowhere_in_the_record(room: Classroom, given_out: str, home: Path) -> None:
    code = room.students.begin(given_out, "Ann", ANN).code
    kept = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
    assert b"Ann" in kept
    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept


def test_a_new_code_takes_the_place_of_the_old_one(room: Classroom, given_out: str) -> None:
    begun = room.students.begin(given_out, "Ann", ANN)
    code = room.students.another_code(begun.token)
    assert room.students.come_back(code, BEN)
    with pytest.raises(ClassroomError, match="Nobody's work has this code"):
        room.students.come_back(begun.code, BEN)


def test_wrong_codes_make_their_address_wait_and_no_other(room: Classroom, given_out: str) -> None:
    begun = room.students.begin(given_out, "Ann", ANN)
    with pytest.raises(ClassroomError, match="A code has three groups"):
        room.students.come_back("my code", BEN)
    for _ in range(6):
        with pytest.raises(ClassroomError, match="Nobody's work"):
            room.students.come_back(new_code(), BEN)
    with pytest.raises(TooMany, match="Too many wrong codes from your network address; try again in 1 s"):
        room.students.come_back(begun.code, BEN)
    assert room.students.come_back(begun.code, ANN)


@given(owner=st.one_of(st.text(), st.text("0123456789abcdef", min_size=32, max_size=32), st.just("")))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_other_browser_and_none_without_a_cookie_is_taken_for_one_that_worked(
    room: Classroom, given_out: str, owner: str
) -> None:
    mine = Asker("c0ffee" * 5 + "42", ANN.origin)
    if room.students.again(given_out, mine) is None:
        room.students.begin(given_out, "Ann", mine)
        room.students.begin(given_out, "Nobody", Asker("", "x"))
    assert room.students.again(given_out, mine) is not None
    assert (room.students.again(given_out, Asker(owner, ANN.origin)) is None) == (owner != mine.owner)


def test_a_browser_that_is_forgotten_is_nobodys_and_the_code_still_opens_the_work(
    room: Classroom, given_out: str
) -> None:
    begun = room.students.begin(given_out, "Ann", ANN)
    room.students.forget_browser(given_out, ANN)
    assert room.students.again(given_out, ANN) is None
    assert room.students.who(room.students.come_back(begun.code, ANN)).name == "Ann"


@pytest.mark.parametrize("forged", ["", "ann", "eyJzdHVkZW50IjoiYSJ9.AAAA", None, 7])
def test_a_token_that_nobody_signed_opens_nothing(room: Classroom, given_out: str, forged: str) -> None:
    room.students.begin(given_out, "Ann", ANN)
    for call in (room.students.who, room.works.view, room.handing_in.validate, room.students.another_code):
        with pytest.raises(ClassroomError, match="You are not known here"):
            call(forged)


def test_two_with_one_name_are_two(room: Classroom, given_out: str) -> None:
    ann, other = (room.students.begin(given_out, "Ann", asker) for asker in (ANN, BEN))
    room.works.answer(ann.token, WIDTH, "148", POST, ANN)
    assert ann.student.id != other.student.id
    assert room.works.view(other.token).asked[WIDTH].attempts == ()


def test_a_thousand_names_from_one_browser_or_one_address_meet_a_limit(room: Classroom, given_out: str) -> None:
    for n in range(10):
        room.students.begin(given_out, f"Ann {n}", ANN)
    with pytest.raises(TooMany, match="so many have begun already that this is no class; try again in"):
        room.students.begin(given_out, "Ann 11", ANN)
    refused = 0
    for n in range(1000):
        try:
            room.students._names.count(Asker(f"{n}", "one address"))
        except TooMany:
            refused += 1
    assert refused == 600
    assert room.students.begin(given_out, "Ben", BEN)


def test_an_exercise_takes_a_bounded_number_of_students(
    room: Classroom, given_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnlab.classroom.students.MOST_STUDENTS", 1)
    room.students.begin(given_out, "Ann", ANN)
    with pytest.raises(TooMany, match="at most 1 students"):
        room.students.begin(given_out, "Ben", BEN)
    assert room.students.begin(room.exercises.add(exercise()).id, "Ben", BEN)


@pytest.mark.parametrize("typed", ["", " ", "\u202e\u200b", "\x00", "...", "a" * 41])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(ClassroomError, match="A name has"):
        name_of(typed)


def test_a_hostile_name_is_kept_in_one_line_that_can_be_seen(room: Classroom, given_out: str) -> None:
    taken = 0
    for n, typed in enumerate([*NASTY, *FILE_STEMS]):
        try:
            begun = room.students.begin(given_out, typed, Asker(str(n), "room"))
        except ClassroomError:
            continue
        taken += 1
        name = begun.student.name
        assert 0 < len(name) <= 40
        assert name.isprintable() or any(c in name for c in "\u200c\u200d")
        assert room.students.who(begun.token).name == name
    assert taken > 15


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ann", ("Ann", "")),
        ("Ada King Lovelace", ("Ada King", "Lovelace")),
        ("Lovelace, Ada", ("Ada", "Lovelace")),
        ("Ann,", ("Ann", "")),
    ],
)
def test_a_mark_book_wants_two_names(name: str, parts: tuple[str, str]) -> None:
    assert parts_of(name) == parts


def test_of_an_address_nothing_is_written_down(room: Classroom, given_out: str, home: Path) -> None:
    asker = Asker("0wner" * 6, "an-address-as-it-is-counted")
    begun = room.students.begin(given_out, "Ann", asker)
    room.works.answer(begun.token, WIDTH, "1", POST, asker)
    room.handing_in.validate(begun.token)
    room.handing_in.submit(begun.token, asker)
    with sqlite3.connect(home / "classroom.sqlite") as record:
        assert "an-address" not in "\n".join(record.iterdump())


def test_a_teacher_gives_another_code_to_who_has_lost_it_and_to_nobody_of_another_class(
    room: Classroom, given_out: str
) -> None:
    begun = room.students.begin(given_out, "Ann", ANN)
    code = room.students.code_for(given_out, begun.student.id)
    assert room.students.who(room.students.come_back(code, BEN)) == begun.student
    with pytest.raises(ClassroomError):
        room.students.come_back(begun.code, BEN)
    other = room.exercises.add(exercise()).id
    with pytest.raises(ClassroomError, match="not in this exercise"):
        room.students.code_for(other, begun.student.id)
