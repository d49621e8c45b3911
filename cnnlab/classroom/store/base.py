"""Hold what all parts of a class's store share, and read the rows that most of them need."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.phases import Phase
from cnnlab.classroom.record.signed import Signer
from cnnlab.classroom.record.work import Attempt, Event, Standing, State, Student, moved
from cnnlab.classroom.store.database import ClassDatabase
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.lessons import Ask
from cnnlab.core.words import Refusal

LONGEST_PAUSE = 120.0  # seconds between two signs of life that still count as work


@dataclass(frozen=True)
class Base:
    """Hold the record, the signer and a clock in Unix seconds."""

    database: ClassDatabase
    signer: Signer
    clock: Callable[[], float] = time.time


def newest_version(cursor: sqlite3.Cursor, exercise_id: str) -> int:
    """Return the number of the newest version; raise `ClassroomError` if there is no such exercise."""
    row = cursor.execute("SELECT MAX(version) FROM versions WHERE exercise = ?", (exercise_id,)).fetchone()
    if row[0] is None:
        raise ClassroomError("There is no such exercise here; it was deleted, or the link is of another server.")
    return int(row[0])


def exercise_of(cursor: sqlite3.Cursor, exercise_id: str, version: int) -> Exercise:
    """Return one version of an exercise; raise `ClassroomError` if there is none, or if it cannot be read."""
    row = cursor.execute(
        "SELECT text FROM versions WHERE exercise = ? AND version = ?", (exercise_id, version)
    ).fetchone()
    if row is None:
        raise ClassroomError("There is no such version of the exercise here.")
    return _read(exercise_id, row["text"])


@lru_cache(maxsize=64)
def _read(exercise_id: str, text: str) -> Exercise:
    try:
        return read_exercise(f"{exercise_id}.md", text.encode())
    except Refusal as error:
        raise ClassroomError(f"This exercise was made by another version of CNN Lab: {error}") from None


def student_row(cursor: sqlite3.Cursor, student: str) -> sqlite3.Row:
    """Return the row of a student; raise `ClassroomError` if there is none any more."""
    row: sqlite3.Row | None = cursor.execute("SELECT * FROM students WHERE id = ?", (student,)).fetchone()
    if row is None:
        raise ClassroomError("Your work is not here any more; it was deleted. Ask your teacher, or begin again.")
    return row


def changeable_row(
    base: Base, cursor: sqlite3.Cursor, token: str, now: float, version: int | None = None
) -> sqlite3.Row:
    """Return the row of a student who may still change the work, in the version that was looked at."""
    row = student_row(cursor, base.signer.read_token(token))
    if version not in (None, row["version"]):
        raise ClassroomError("You have begun with a newer version of the exercise meanwhile; look at it first.")
    if is_over(cursor, row, now):
        raise ClassroomError("The exercise is over: it was due, and what was handed in until then counts.")
    return row


def student_of(row: sqlite3.Row) -> Student:
    """Return a row as a student."""
    return Student(row["id"], row["exercise"], row["name"])


def standing_of(row: sqlite3.Row) -> Standing:
    """Return what stood before a student."""
    return Standing(**json.loads(row["standing"]))


def written(standing: Standing) -> str:
    """Return what stands before a student as it is kept."""
    return json.dumps(asdict(standing))


def phase_of(cursor: sqlite3.Cursor, row: sqlite3.Row, at: At) -> Phase | None:
    """Return how far asking the class is with a question of a student's version, None if the class is not asked."""
    found = cursor.execute(
        "SELECT phase FROM class_questions WHERE exercise = ? AND version = ? AND step = ? AND ask = ?",
        (row["exercise"], row["version"], *at),
    ).fetchone()
    return None if found is None else Phase(found["phase"])


def due_of(cursor: sqlite3.Cursor, row: sqlite3.Row) -> float | None:
    """Return when a student's work is due: as the newest version says, so that a teacher can give more time."""
    return exercise_of(cursor, row["exercise"], newest_version(cursor, row["exercise"])).due


def is_over(cursor: sqlite3.Cursor, row: sqlite3.Row, now: float) -> bool:
    """Tell whether a student's work was due before now."""
    due = due_of(cursor, row)
    return due is not None and now > due


def ask_of(exercise: Exercise, at: At) -> Ask:
    """Return a question; raise `ClassroomError` if there is none at this place."""
    ask = exercise.asks.get(at)
    if ask is None:
        raise ClassroomError("There is no such question in this exercise.")
    return ask


def add_attempt(cursor: sqlite3.Cursor, row: sqlite3.Row, at: At, attempt: Attempt) -> int:
    """Enter an answer to a question of a student's version, and return its number."""
    kept = attempt.round, attempt.given, attempt.right, attempt.slip, attempt.said, attempt.at
    cursor.execute(
        "INSERT INTO attempts (student, version, step, ask, round, given, correct, slip, said, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row["id"], row["version"], *at, *kept),
    )
    return int(cursor.lastrowid or 0)


def move(cursor: sqlite3.Cursor, row: sqlite3.Row, event: Event, now: float) -> State:
    """Move a student's work on, and count the time since the last sign of life; raise `ClassroomError`."""
    state = moved(State(row["state"]), event)
    cursor.execute("UPDATE students SET state = ? WHERE id = ?", (state, row["id"]))
    touch(cursor, row, now)
    return state


def touch(cursor: sqlite3.Cursor, row: sqlite3.Row, now: float) -> None:
    """Note a sign of life: work goes on, unless the pause was long."""
    passed = min(max(0.0, now - row["touched"]), LONGEST_PAUSE)
    cursor.execute("UPDATE students SET touched = ?, seconds = seconds + ? WHERE id = ?", (now, passed, row["id"]))
