"""Give an exercise out to a class whose names and answers are hostile, and draw what came back of it."""

from typing import Any

from streamlit.testing.v1 import AppTest

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.record.work import Begun
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.session import services
from tests.app.driving import DEADLINE
from tests.unit.classroom.exercise_files import CHOICE, FRONT, POST, WIDTH, exercise

EVIL = "<img src=x onerror=alert(1)> :red[Eve]"
NOT_DUE = FRONT.replace("due = 2027-02-01T18:00:00+01:00\n", "")


def given_out() -> str:
    """Return the name of an exercise that was given out and is not due."""
    return services.classroom().exercises.add(exercise(NOT_DUE)).id


def class_of(exercise_id: str, *names: str) -> list[Begun]:
    """Let a class begin."""
    room = services.classroom()
    return [room.students.begin(exercise_id, name, asker(place)) for place, name in enumerate(names)]


def asker(place: int) -> Asker:
    """Return one browser of many behind the same address."""
    return Asker(f"{place:032x}", "room")


def answer(begun: Begun, at: tuple[int, int], given: str) -> None:
    """Let a student answer."""
    services.classroom().works.answer(begun.token, at, given, POST, asker(int(begun.student.id[:6], 36) % 997))


def hand_in(room: Classroom, begun: Begun) -> None:
    """Let a student hand in."""
    room.handing_in.validate(begun.token)
    room.handing_in.submit(begun.token, asker(7))


def worked() -> tuple[str, list[Begun]]:
    """Return an exercise on which three students have worked: one right and handed in, one with a slip, one not yet."""
    exercise_id = given_out()
    students = class_of(exercise_id, "Ada Lovelace", EVIL, "=cmd()")
    answer(students[0], WIDTH, "150")
    answer(students[0], WIDTH, "148")
    answer(students[0], CHOICE, "1")
    answer(students[1], WIDTH, "150")
    hand_in(services.classroom(), students[0])
    return exercise_id, students


def _page(exercise_id: str) -> None:
    from cnnlab.ui.classroom.watch.looking import looking_line
    from cnnlab.ui.classroom.watch.page import results

    looking_line()
    results(exercise_id)


def results_page(exercise_id: str, **session: Any) -> AppTest:
    """Draw what came back, as somebody with the teacher's key sees it."""
    app = AppTest.from_function(_page, kwargs={"exercise_id": exercise_id}, default_timeout=DEADLINE)
    for key, value in {"is_teacher": True, **session}.items():
        app.session_state[key] = value
    return app.run()
