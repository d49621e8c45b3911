"""A class is asked: all commit, the histogram is shown, all are asked again, then it is told, and not before."""

from dataclasses import replace

import pytest

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.record.errors import ChangedMeanwhile, ClassroomError
from cnnlab.classroom.record.phases import NEXT, Bar, Phase
from cnnlab.classroom.record.work import State, Student, missing_of
from cnnlab.processes.data.jobs import Asker
from tests.unit.classroom.exercise_files import ANN, CHOICE, POST, WIDTH, exercise


def class_of(room: Classroom, exercise_id: str, count: int) -> list[str]:
    return [room.students.begin(exercise_id, f"S{n}", Asker(f"{n}" * 32, "room")).token for n in range(count)]


def commit(room: Classroom, tokens: list[str], answers: list[str], at: tuple[int, int] = WIDTH) -> None:
    for n, (token, given) in enumerate(zip(tokens, answers, strict=True)):
        assert room.works.answer(token, at, given, POST, Asker(f"{n}" * 32, "room")).committed


def test_one_press_after_the_other_leads_from_asking_to_the_answer(room: Classroom, given_out: str) -> None:
    tokens = class_of(room, given_out, 4)
    asked = room.asking.ask(given_out, WIDTH)
    assert (asked.phase, asked.at, room.asking.committed(given_out)) == (Phase.ASKED, WIDTH, 0)
    commit(room, tokens, ["150", "150", "1,480", "148"])
    assert room.asking.committed(given_out) == 4
    assert room.asking.histogram_for_student(tokens[0], WIDTH) == ()
    shown = room.asking.press(given_out, asked.revision)
    first = (Bar("150", 2), Bar("148", 1), Bar("1480", 1))
    assert room.asking.histogram(given_out, WIDTH) == first
    assert room.asking.histogram_for_student(tokens[0], WIDTH) == first
    with pytest.raises(ClassroomError, match="talks about this question"):
        room.works.answer(tokens[0], WIDTH, "148", POST, ANN)
    again = room.asking.press(given_out, shown.revision)
    commit(room, tokens[:3], ["148", "148", "150"])
    room.asking.press(given_out, room.asking.press(given_out, again.revision).revision)
    assert room.asking.current(given_out).phase == Phase.REVEALED  # type: ignore[union-attr]
    assert room.asking.histogram(given_out, WIDTH) == (
        Bar("148", 2, True, ""),
        Bar("150", 1, False, "z-mistake"),
    )
    assert [bar.given for bar in room.asking.histogram_for_student(tokens[0], WIDTH, first=True)] == [
        "150",
        "148",
        "1480",
    ]


def test_until_it_is_revealed_nobody_learns_what_an_answer_is_worth(room: Classroom, given_out: str) -> None:
    (token,) = class_of(room, given_out, 1)
    seen = room.asking.ask(given_out, WIDTH)
    said = room.works.answer(token, WIDTH, "150", POST, ANN)
    for phase in (Phase.ASKED, Phase.SHOWN, Phase.ASKED_AGAIN, Phase.SHOWN_AGAIN):
        assert room.asking.for_student(token).phase == phase  # type: ignore[union-attr]
        work = room.works.view(token)
        told = repr((said, work, room.handing_in.validate(token), room.asking.histogram_for_student(token, WIDTH)))
        assert "z-" not in told
        assert "right=False" not in told
        assert "right=True" not in told
        assert work.asked[WIDTH].last.given == "150"  # type: ignore[union-attr]
        seen = room.asking.press(given_out, seen.revision)
    work = room.works.view(token)
    assert work.asked[WIDTH].last.right is False  # type: ignore[union-attr]
    assert work.exercise.steps[0].asks[0].explain == "z-explain"
    assert room.works.answer(token, WIDTH, "148", POST, ANN).right is True


def test_a_teacher_sees_all_along_who_is_right(room: Classroom, given_out: str) -> None:
    tokens = class_of(room, given_out, 2)
    room.asking.ask(given_out, WIDTH)
    commit(room, tokens, ["150", "148"])
    cells = [row.cells[WIDTH] for row in room.table.rows(given_out)]
    assert [(cell.given, cell.right, cell.slip, cell.slips) for cell in cells] == [
        ("150", False, "z-mistake", 1),
        ("148", True, "", 0),
    ]


def test_an_answer_may_be_changed_until_the_histogram_is_shown_and_the_last_one_counts(
    room: Classroom, given_out: str
) -> None:
    (token,) = class_of(room, given_out, 1)
    room.asking.ask(given_out, CHOICE)
    for given in ("0", "1", "0"):
        assert room.works.answer(token, CHOICE, given, POST, ANN).committed
    assert room.asking.histogram(given_out, CHOICE) == (Bar("luck", 1),)


def test_of_two_presses_at_once_one_counts(room: Classroom, given_out: str) -> None:
    seen = room.asking.ask(given_out, WIDTH)
    room.asking.press(given_out, seen.revision)
    with pytest.raises(ChangedMeanwhile, match="Somebody has pressed meanwhile"):
        room.asking.press(given_out, seen.revision)
    assert room.asking.current(given_out).phase == Phase.SHOWN  # type: ignore[union-attr]


def test_it_may_be_revealed_once_the_histogram_was_shown_and_then_it_goes_nowhere(
    room: Classroom, given_out: str
) -> None:
    with pytest.raises(ClassroomError, match="asked nothing now"):
        room.asking.press(given_out, 1)
    seen = room.asking.ask(given_out, WIDTH)
    with pytest.raises(ClassroomError, match="cannot go on from here"):
        room.asking.press(given_out, seen.revision, reveal=True)
    seen = room.asking.press(given_out, room.asking.press(given_out, seen.revision).revision, reveal=False)
    with pytest.raises(ClassroomError, match="cannot go on from here"):
        room.asking.press(given_out, seen.revision, reveal=True)
    seen = room.asking.press(given_out, seen.revision)
    seen = room.asking.press(given_out, seen.revision, reveal=True)
    assert seen.phase == Phase.REVEALED
    with pytest.raises(ClassroomError, match="cannot go on from here"):
        room.asking.press(given_out, seen.revision)
    assert room.asking.ask(given_out, CHOICE).at == CHOICE
    assert room.asking.current(given_out).at == CHOICE  # type: ignore[union-attr]
    assert set(NEXT) | set(NEXT.values()) == set(Phase)


def test_a_question_that_the_class_was_never_asked_counts_first_answers(room: Classroom, given_out: str) -> None:
    tokens = class_of(room, given_out, 2)
    for token in tokens:
        for given in ("150", "148"):
            room.works.answer(token, WIDTH, given, POST, ANN)
    assert room.asking.histogram(given_out, WIDTH) == (Bar("150", 2, False, "z-mistake"),)
    assert room.asking.histogram_for_student(tokens[0], WIDTH) == ()


def test_a_newer_version_is_asked_anew_and_who_has_the_old_one_is_not(room: Classroom, given_out: str) -> None:
    (token,) = class_of(room, given_out, 1)
    room.exercises.save(given_out, exercise(), seen=1)
    room.asking.ask(given_out, WIDTH)
    assert room.asking.for_student(token) is None
    assert room.works.answer(token, WIDTH, "148", POST, ANN).right
    assert room.asking.committed(given_out) == 0


def test_a_vote_with_the_class_takes_back_nothing_that_was_handed_in(room: Classroom, given_out: str) -> None:
    (token,) = class_of(room, given_out, 1)
    room.handing_in.validate(token)
    room.handing_in.submit(token, ANN)
    room.asking.ask(given_out, WIDTH)
    commit(room, [token], ["150"])
    assert room.works.view(token).state == State.SUBMITTED
    room.works.answer(token, CHOICE, "0", POST, ANN)
    assert room.works.view(token).state == State.DRAFT


def test_while_a_class_votes_earlier_answers_are_told_apart_by_nothing(room: Classroom, given_out: str) -> None:
    right, wrong = class_of(room, given_out, 2)
    for token, given, points in ((right, "148", 4.0), (wrong, "150", 0.0)):
        room.works.answer(token, WIDTH, given, POST, ANN)
        room.handing_in.validate(token)
        room.handing_in.submit(token, ANN)
        student = room.works.view(token).student.id
        room.table.give_back(given_out, student, points, f"You have {points}.", 0)
    seen = room.asking.ask(given_out, WIDTH)
    for again in (False, True):
        assert told(room, right, "148") == told(room, wrong, "150")
        if again:
            commit(room, [right, wrong], ["148", "150"])
        seen = room.asking.press(given_out, seen.revision)
        assert told(room, right, "148") == told(room, wrong, "150")
        seen = room.asking.press(given_out, seen.revision)
    assert seen.phase == Phase.REVEALED
    assert room.works.view(right).points == 4.0
    assert room.works.view(right).asked[WIDTH].is_right
    assert [attempt.right for attempt in room.works.view(wrong).asked[WIDTH].attempts] == [False, False]


def told(room: Classroom, token: str, given: str) -> str:
    """Return everything that the record tells a student, without what tells one student from another."""
    work = room.works.view(token)
    of_nobody = replace(work, student=Student("", "", ""), handed_in_at=None)
    bars = room.asking.histogram_for_student(token, WIDTH)
    return repr((of_nobody, missing_of(work), bars)).replace(f"Attempt(given='{given}'", "Attempt(")


def test_a_question_that_is_asked_once_more_counts_no_vote_of_before(room: Classroom, given_out: str) -> None:
    tokens = class_of(room, given_out, 2)
    seen = room.asking.ask(given_out, WIDTH)
    commit(room, tokens, ["150", "148"])
    room.asking.press(given_out, room.asking.press(given_out, seen.revision).revision, reveal=True)
    room.asking.ask(given_out, WIDTH)
    assert room.asking.committed(given_out) == 0
    commit(room, tokens[:1], ["147"])
    assert room.asking.histogram(given_out, WIDTH) == (Bar("147", 1),)
    given = [attempt.given for attempt in room.works.view(tokens[0]).asked[WIDTH].attempts]
    assert given == ["150", "147"]


def test_of_two_teachers_who_ask_at_once_one_is_told_and_no_vote_is_lost(room: Classroom, given_out: str) -> None:
    tokens = class_of(room, given_out, 2)
    room.asking.ask(given_out, WIDTH)
    commit(room, tokens, ["150", "148"])
    with pytest.raises(ChangedMeanwhile, match="Somebody has pressed meanwhile"):
        room.asking.ask(given_out, WIDTH)
    assert room.asking.committed(given_out) == 2
