"""Validate a student's work, hand it in, and prove what was handed in."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.floods import Flood
from cnnlab.classroom.record.work import Asked, Event, Receipt, Validated, missing_of
from cnnlab.classroom.store.base import Base, exercise_of, is_over, move, student_row
from cnnlab.classroom.works import asked_of, reached_by, work_of
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.processes.data.jobs import Asker

MOST_HANDED_IN = 50  # times by one student
_SENT = "From here so much was handed in that this is no class", 60, 3000, 3600.0


class HandingIn:
    """Hold what was handed in."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._sent = Flood(*_SENT)

    def validate(self, token: str) -> Validated:
        """Say what is missing before it is handed in; whatever that is, it may be handed in then."""
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = self._row(cursor, token, now)
            missing = missing_of(work_of(cursor, row, now))
            move(cursor, row, Event.VALIDATE, now)
        return Validated(missing)

    def submit(self, token: str, asker: Asker) -> Receipt:
        """Hand the work in as it is, and return the receipt; raise `ClassroomError` if it is not validated or over."""
        self._sent.count(asker)
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = self._row(cursor, token, now)
            times = cursor.execute("SELECT COUNT(*) FROM submissions WHERE student = ?", (row["id"],)).fetchone()[0]
            if times >= MOST_HANDED_IN:
                raise TooMany(f"You have handed in {MOST_HANDED_IN} times; the last one counts.")
            exercise = exercise_of(cursor, row["exercise"], row["version"])
            asked = asked_of(cursor, row, exercise, whole=True)
            goals = reached_by(cursor, row)
            receipt = self._receipt(cursor, row, exercise, asked, goals, times + 1, now)
            move(cursor, row, Event.SUBMIT, now)
            _keep_files(cursor, row)
            cursor.execute(
                "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                (row["id"], times + 1, row["version"], receipt.text, proposed(exercise, asked, goals), now),
            )
        return receipt

    def receipts(self, token: str) -> tuple[Receipt, ...]:
        """Return the receipts of everything that a student has handed in, the last one first."""
        with self._base.database.reading() as cursor:
            rows = cursor.execute(
                "SELECT receipt FROM submissions WHERE student = ? ORDER BY number DESC",
                (self._base.signer.read_token(token),),
            ).fetchall()
        return tuple(self._base.signer.read_receipt(row["receipt"]) for row in rows)

    def verify(self, text: str) -> Receipt:
        """Return what a receipt proves; raise `ClassroomError` for every text that this server has not signed."""
        return self._base.signer.read_receipt(text)

    def _row(self, cursor: sqlite3.Cursor, token: str, now: float) -> sqlite3.Row:
        row = student_row(cursor, self._base.signer.read_token(token))
        if is_over(cursor, row, now):
            raise ClassroomError("The exercise was due, so nothing can be handed in any more; ask your teacher.")
        return row

    def _receipt(
        self,
        cursor: sqlite3.Cursor,
        row: sqlite3.Row,
        exercise: Exercise,
        asked: Mapping[At, Asked],
        goals: frozenset[At],
        number: int,
        now: float,
    ) -> Receipt:
        runs = cursor.execute("SELECT run FROM trainings WHERE student = ? AND run != '' ORDER BY number", (row["id"],))
        receipt = Receipt(
            row["exercise"],
            exercise.title,
            row["version"],
            row["id"],
            row["name"],
            number,
            now,
            tuple((*at, one.last.proven) for at, one in sorted(asked.items()) if one.last is not None),
            tuple(sorted(goals)),
            tuple(each["run"] for each in runs),
        )
        return replace(receipt, text=self._base.signer.receipt(receipt))


def _keep_files(cursor: sqlite3.Cursor, row: sqlite3.Row) -> None:
    """Let the files of a student stay as they were handed in, whatever is handed in after them."""
    whose = "attempt IN (SELECT number FROM attempts WHERE student = ? AND version = ?)"
    cursor.execute(f"UPDATE files SET handed_in = 1 WHERE {whose}", (row["id"], row["version"]))


def proposed(exercise: Exercise, asked: Mapping[At, Asked], goals: frozenset[At]) -> float:
    """Return the points that an exercise gives by itself: a share for each right answer, sentence, file, goal."""
    count = len(exercise.asks) + len(exercise.goals)
    done = sum(
        one.last is not None and (one.last.right is True or not exercise.asks[at].is_judged)
        for at, one in asked.items()
    )
    return round(exercise.max_points * (done + len(goals)) / count, 2) if count else 0.0
