"""Show a teacher who is where, with which answers, slips, goals and trainings; take points and comments."""

import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from cnnlab.classroom.record.errors import ChangedMeanwhile, ClassroomError
from cnnlab.classroom.record.texts import comment_of
from cnnlab.classroom.record.work import Asked, Event, Receipt, Standing, State, Student, moved
from cnnlab.classroom.store.base import Base, exercise_of, newest_version, standing_of, student_of, student_row
from cnnlab.classroom.works import asked_of
from cnnlab.core.classroom.exercise import At


@dataclass(frozen=True)
class Cell:
    """Hold the answer that counts of one question, with how many were tried and the slips among them."""

    given: str
    right: bool | None
    slip: str
    attempts: int
    slips: int
    at: float


@dataclass(frozen=True)
class Row:
    """Hold one student of the table; times are Unix seconds, `seconds` is how long somebody worked.

    `proposed` are the points that the exercise gives by itself for what was handed in last; `marked` is what
    `give_back` must have seen.
    """

    student: Student
    version: int
    state: State
    standing: Standing
    cells: Mapping[At, Cell]
    goals: frozenset[At]
    hints: int
    trainings: tuple[str, ...]
    begun: float
    touched: float
    seconds: float
    handed_in: int
    handed_in_at: float | None
    proposed: float | None
    points: float | None
    comment: str
    marked: int

    @property
    def attempts(self) -> int:
        """Return how often something was answered."""
        return sum(cell.attempts for cell in self.cells.values())

    @property
    def slips(self) -> int:
        """Return how many answers were wrong in a way that has a name."""
        return sum(cell.slips for cell in self.cells.values())


@dataclass(frozen=True)
class Opened:
    """Hold one student's work as a teacher sees it: every attempt, whole, and what was handed in, the last first."""

    row: Row
    asked: Mapping[At, Asked]
    receipts: tuple[Receipt, ...]


class Table:
    """Hold what a teacher sees of a class; who may call this is decided where the key is asked for."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def rows(self, exercise_id: str) -> tuple[Row, ...]:
        """Return every student of an exercise, in the order in which they began."""
        with self._base.database.reading() as cursor:
            newest_version(cursor, exercise_id)
            found = cursor.execute(
                "SELECT * FROM students WHERE exercise = ? ORDER BY rowid", (exercise_id,)
            ).fetchall()
            return _rows(cursor, found, "s.exercise = ?", exercise_id)

    def open(self, exercise_id: str, student: str) -> Opened:
        """Return one student's work with every attempt; raise `ClassroomError` if there is no such student."""
        with self._base.database.reading() as cursor:
            found = _of_exercise(cursor, exercise_id, student)
            exercise = exercise_of(cursor, exercise_id, found["version"])
            texts = cursor.execute(
                "SELECT receipt FROM submissions WHERE student = ? ORDER BY number DESC", (student,)
            ).fetchall()
            receipts = tuple(self._base.signer.read_receipt(each["receipt"]) for each in texts)
            return Opened(
                _rows(cursor, [found], "s.id = ?", student)[0], asked_of(cursor, found, exercise, whole=True), receipts
            )

    def give_back(self, exercise_id: str, student: str, points: float | None, comment: str, seen: int) -> Row:
        """Give points and a comment that the student sees; raise `ChangedMeanwhile` if another teacher was faster.

        `seen` is the row's `marked` that the teacher looked at. Points lie between 0 and the most of the exercise.
        """
        comment = comment_of(comment)
        with self._base.database.writing() as cursor:
            found = _of_exercise(cursor, exercise_id, student)
            most = exercise_of(cursor, exercise_id, found["version"]).max_points
            if points is not None and not (math.isfinite(points) and 0 <= points <= most):
                raise ClassroomError(f"Points lie between 0 and {most:g}; not {points:g}.")
            if found["marked"] != seen:
                raise ChangedMeanwhile("Another teacher has given points or a comment meanwhile; look again.")
            state = moved(State(found["state"]), Event.GIVE_BACK)
            cursor.execute(
                "UPDATE students SET points = ?, comment = ?, marked = marked + 1, state = ? WHERE id = ?",
                (points, comment, state, student),
            )
            return _rows(cursor, [_of_exercise(cursor, exercise_id, student)], "s.id = ?", student)[0]


def _of_exercise(cursor: sqlite3.Cursor, exercise_id: str, student: str) -> sqlite3.Row:
    found = student_row(cursor, student)
    if found["exercise"] != exercise_id:
        raise ClassroomError("This student is not in this exercise; look at the table again.")
    return found


def _rows(cursor: sqlite3.Cursor, found: list[sqlite3.Row], whose: str, value: str) -> tuple[Row, ...]:
    """Return students as rows; `whose` is the condition that they fulfil with a value, and nobody else."""
    cells, goals, hints, trainings, sent = _gathered(cursor, whose, value)
    return tuple(
        Row(
            student_of(each),
            each["version"],
            State(each["state"]),
            standing_of(each),
            cells.get(each["id"], {}),
            frozenset(goals.get(each["id"], ())),
            hints.get(each["id"], 0),
            tuple(trainings.get(each["id"], ())),
            each["begun"],
            each["touched"],
            each["seconds"],
            *sent.get(each["id"], (0, None, None)),
            each["points"],
            each["comment"],
            each["marked"],
        )
        for each in found
    )


_OF = "FROM {0} t JOIN students s ON s.id = t.student WHERE {1}"
Sent = tuple[int, float | None, float | None]


def _gathered(
    cursor: sqlite3.Cursor, whose: str, value: str
) -> tuple[dict[str, dict[At, Cell]], dict[str, list[At]], dict[str, int], dict[str, list[str]], dict[str, Sent]]:
    """Return cells, goals, hints, trainings and what was handed in of some students, each by student."""
    of_version = f"{_OF} AND t.version = s.version"
    cells: dict[str, dict[At, Cell]] = {}
    # Beside MAX, SQLite gives the other columns from the row that has the largest: that of the last attempt.
    for each in cursor.execute(
        "SELECT t.student, t.step, t.ask, t.given, t.correct, t.slip, t.at, MAX(t.number), COUNT(*) AS attempts,"
        f" SUM(t.slip != '') AS slips {of_version.format('attempts', whose)} GROUP BY t.student, t.step, t.ask",
        (value,),
    ):
        right = None if each["correct"] is None else bool(each["correct"])
        cell = Cell(each["given"], right, each["slip"], each["attempts"], each["slips"], each["at"])
        cells.setdefault(each["student"], {})[each["step"], each["ask"]] = cell
    goals: dict[str, list[At]] = {}
    for each in cursor.execute(f"SELECT t.student, t.step, t.goal {of_version.format('goals', whose)}", (value,)):
        goals.setdefault(each["student"], []).append((each["step"], each["goal"]))
    counted = f"SELECT t.student, COUNT(*) {of_version.format('hints', whose)} GROUP BY t.student"
    hints = {each[0]: each[1] for each in cursor.execute(counted, (value,))}
    trainings: dict[str, list[str]] = {}
    booked = f"SELECT t.student, t.run {_OF.format('trainings', whose)} ORDER BY t.number"
    for each in cursor.execute(booked, (value,)):
        trainings.setdefault(each["student"], []).append(each["run"])
    last = f"SELECT t.student, MAX(t.number), t.at, t.proposed {_OF.format('submissions', whose)} GROUP BY t.student"
    sent: dict[str, Sent] = {each[0]: (each[1], each[2], each[3]) for each in cursor.execute(last, (value,))}
    return cells, goals, hints, trainings, sent
