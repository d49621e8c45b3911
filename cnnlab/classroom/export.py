"""Carry a class out of here: marks as CSV in nbgrader's columns, everything as JSON, and both in one zip."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from cnnlab.classroom.exercises import Exercises
from cnnlab.classroom.files import Files
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.texts import parts_of, path_part_of
from cnnlab.classroom.record.work import Attempt, Filed, Student
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.classroom.table import Opened, Row, Table
from cnnlab.core.classroom.exercise import At

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score"),
    *("late_submission_penalty", "score", "max_score"),
)
"""Those of nbgrader 0.9's `nbgrader export`, in its order."""
FILE_COLUMNS = (
    *("assignment", "student_id", "last_name", "first_name", "step", "question", "file", "path", "bytes", "sha256"),
    *("timestamp", "handed_in"),
)
"""Those of the list of files that students have handed in."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ODD_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Handed:
    """Hold a file in the zip: whose it is, for which question, and below which path."""

    student: Student
    at: At
    attempt: Attempt
    file: Filed
    path: str


class Export:
    """Write down classes."""

    def __init__(self, exercises: Exercises, table: Table, files: Files) -> None:
        self._exercises = exercises
        self._table = table
        self._files = files

    def marks(self, exercise_id: str) -> str:
        """Return one line a student in nbgrader's columns; times are UTC.

        The score is what the teacher gave, else what the exercise gives by itself for what was handed in last, else 0.
        Nothing is handed in late here, so the penalty is 0. There are no addresses, so `email` is empty.
        """
        newest = self._exercises.newest(exercise_id).exercise
        rows = self._table.rows(exercise_id)
        most = {
            version: self._exercises.version(exercise_id, version).exercise.max_points for version in _versions(rows)
        }
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in rows:
            first, last = parts_of(row.student.name)
            score = _score(row)
            due = "" if newest.due is None else moment(newest.due)
            sent = "" if row.handed_in_at is None else moment(row.handed_in_at)
            cells = (newest.title, due, sent, row.student.id, last, first, "", score, 0.0, score, most[row.version])
            writer.writerow(map(harmless, cells))
        return out.getvalue()

    def answers(self, exercise_id: str) -> str:
        """Return everything about a class as JSON: every version, student, attempt, goal, training and mark.

        Of a file there is its name, size, SHA-256, and its path in the zip.
        """
        opened = [self._table.open(exercise_id, row.student.id) for row in self._table.rows(exercise_id)]
        told = {
            "exercise": exercise_id,
            "versions": dict(self._exercises.files(exercise_id)),
            "students": [_told(each) for each in opened],
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

    def _handed(self, exercise_id: str) -> Iterator[_Handed]:
        for row in self._table.rows(exercise_id):
            opened = self._table.open(exercise_id, row.student.id)
            for at, asked in sorted(opened.asked.items()):
                for attempt in asked.attempts:
                    if attempt.file is not None:
                        path = path_of(exercise_id, row.student.id, at, attempt.given, attempt.file)
                        yield _Handed(row.student, at, attempt, attempt.file, path)

    def _add_file(self, archive: zipfile.ZipFile, exercise_id: str, one: _Handed) -> bool:
        """Add a file to the zip; tell whether it was still there: a student may take it back at any time."""
        try:
            content = self._files.of_exercise(exercise_id, one.file.number)
        except ClassroomFault:
            raise
        except ClassroomError:
            return False
        _add(archive, one.path, content)
        return True

    def everything(self, exercise_id: str, out: BinaryIO) -> None:
        """Write a zip with marks, answers, receipts, files, and each version of the exercise as its file.

        One file at a time is in memory.
        """
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, "marks.csv", self.marks(exercise_id))
            _add(archive, "answers.json", self.answers(exercise_id))
            for version, text in self._exercises.files(exercise_id):
                _add(archive, f"exercise-version-{version}.md", text)
            for row in self._table.rows(exercise_id):
                for receipt in self._table.open(exercise_id, row.student.id).receipts:
                    _add(archive, f"receipts/{row.student.id}-{receipt.number}.txt", receipt.text)
            handed = [one for one in self._handed(exercise_id) if self._add_file(archive, exercise_id, one)]
            if handed:
                _add(archive, "files.csv", _list_of(self._exercises.newest(exercise_id).exercise.title, handed))


def _list_of(title: str, handed: Iterable[_Handed]) -> str:
    """Return one line a file, with its path in the zip; times are UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FILE_COLUMNS)
    for one in handed:
        first, last = parts_of(one.student.name)
        place = title, one.student.id, last, first, one.at[0] + 1, one.at[1] + 1
        said = one.attempt.given, one.path, one.file.size, one.file.digest, moment(one.attempt.at), one.file.handed_in
        writer.writerow(map(harmless, (*place, *said)))
    return out.getvalue()


def path_of(exercise_id: str, student: str, at: At, name: str, file: Filed) -> str:
    """Return where a file lies in the zip: below exercise, student and question, under a name that is no path."""
    return f"files/{exercise_id}/{student}/{at[0] + 1}-{at[1] + 1}/{file.number}-{path_part_of(name)}"


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def moment(seconds: float) -> str:
    """Return a moment as nbgrader writes it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _versions(rows: Iterable[Row]) -> set[int]:
    return {row.version for row in rows}


def _score(row: Row) -> float:
    return row.points if row.points is not None else row.proposed or 0.0


def _told(opened: Opened) -> dict[str, Any]:
    row = opened.row
    return {
        "id": row.student.id,
        "name": row.student.name,
        "version": row.version,
        "state": row.state,
        "standing": asdict(row.standing),
        "begun": moment(row.begun),
        "seconds": round(row.seconds, 1),
        "handed_in": row.handed_in,
        "handed_in_at": None if row.handed_in_at is None else moment(row.handed_in_at),
        "points": row.points,
        "proposed": row.proposed,
        "comment": row.comment,
        "goals": sorted(row.goals),
        "hints": row.hints,
        "trainings": row.trainings,
        "questions": [
            {"step": at[0] + 1, "question": at[1] + 1, "attempts": [_attempt(row, at, each) for each in asked.attempts]}
            for at, asked in sorted(opened.asked.items())
        ],
    }


def _attempt(row: Row, at: At, attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as JSON; only that of a file says anything of one."""
    told = asdict(attempt)
    if attempt.file is None:
        del told["file"]
    else:
        told["file"]["path"] = path_of(row.student.exercise, row.student.id, at, attempt.given, attempt.file)
    return told


def _add(archive: zipfile.ZipFile, name: str, text: str | bytes) -> None:
    entry = zipfile.ZipInfo(name, _ODD_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)
