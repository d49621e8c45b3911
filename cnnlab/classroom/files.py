"""Take the files that students hand in, give them back to them and to the teacher, and to nobody else."""

import hashlib
import sqlite3

from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.floods import Flood
from cnnlab.classroom.record.texts import file_name_of
from cnnlab.classroom.record.work import Attempt, Event
from cnnlab.classroom.store.base import Base, add_attempt, ask_of, changeable_row, exercise_of, move, student_row
from cnnlab.core.classroom.exercise import At
from cnnlab.processes.data.jobs import Asker

MB = 1_000_000  # bytes
LARGEST, MOST_OF_STUDENT, MOST_OF_EXERCISE = 1 * MB, 5 * MB, 200 * MB
_SENT = "From here so many files were sent that this is no class", 30, 3000, 600.0
_OF_ASK = "student = ? AND version = ? AND step = ? AND ask = ?"


class Files:
    """Hold the files of every student: their bytes lie in the record, and their names are never a path."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._sent = Flood(*_SENT)

    def hand_in(self, token: str, at: At, name: str, content: bytes, asker: Asker) -> None:
        """Keep a file as the answer to a question, in place of one that was not handed in with the work yet.

        Raises `ClassroomError` for what is too large, or is not asked for.
        """
        self._sent.count(asker)
        name, now = file_name_of(name), self._base.clock()
        digest = hashlib.sha256(content).hexdigest()
        with self._base.database.writing() as cursor:
            row = changeable_row(self._base, cursor, token, now)
            ask = ask_of(exercise_of(cursor, row["exercise"], row["version"]), at)
            if not ask.file:
                raise ClassroomError("This question takes no file.")
            refuse_file(ask.endings, name, len(content))
            _drop(cursor, row, at)
            _find_room(cursor, row, len(content))
            number = add_attempt(cursor, row, at, Attempt(name, None, "", "", 0, now))
            cursor.execute(
                "INSERT INTO files (attempt, size, digest, content) VALUES (?, ?, ?, ?)",
                (number, len(content), digest, content),
            )
            move(cursor, row, Event.CHANGE, now)

    def take_back(self, token: str, at: At) -> None:
        """Forget the file of a question; raise `ClassroomError` if there is none, or if it was handed in."""
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = changeable_row(self._base, cursor, token, now)
            if not _drop(cursor, row, at):
                raise ClassroomError("There is no file that could be taken back; what was handed in stays.")
            move(cursor, row, Event.CHANGE, now)

    def own(self, token: str, number: int) -> bytes:
        """Return the content of one of a student's own files; raise `ClassroomError` for every other."""
        with self._base.database.reading() as cursor:
            row = student_row(cursor, self._base.signer.read_token(token))
            return _content(cursor, "a.student = ?", row["id"], number)

    def of_exercise(self, exercise_id: str, number: int) -> bytes:
        """Return the content of a file of an exercise, for the teacher; raise `ClassroomError`."""
        with self._base.database.reading() as cursor:
            return _content(cursor, "s.exercise = ?", exercise_id, number)


def refuse_file(endings: tuple[str, ...], name: str, size: int) -> None:
    """Raise `ClassroomError` for a file that no question takes, or none with these endings; `size` is in bytes."""
    if size > LARGEST:
        raise ClassroomError(f"A file has at most {LARGEST // MB} MB ({LARGEST:,} bytes); this one has {size:,}.")
    if not size:
        raise ClassroomError("This file is empty; choose the one that you have saved.")
    if endings and not name.casefold().endswith(endings):
        raise ClassroomError(f"This question takes files that end in {' or '.join(endings)}; choose such a one.")


def _drop(cursor: sqlite3.Cursor, row: sqlite3.Row, at: At) -> bool:
    """Forget the file of a question that was not handed in with the work; tell whether there was one."""
    found = cursor.execute(
        f"DELETE FROM attempts WHERE {_OF_ASK} AND number IN (SELECT attempt FROM files WHERE handed_in = 0)",
        (row["id"], row["version"], *at),
    )
    return found.rowcount > 0


def _find_room(cursor: sqlite3.Cursor, row: sqlite3.Row, size: int) -> None:
    """Raise `TooMany` if a student, or a class, keeps more than there is room for."""
    kept = "SELECT COALESCE(SUM(f.size), 0) FROM files f JOIN attempts a ON a.number = f.attempt"
    own = cursor.execute(f"{kept} WHERE a.student = ?", (row["id"],)).fetchone()[0]
    if own + size > MOST_OF_STUDENT:
        raise TooMany(f"Your files together have at most {MOST_OF_STUDENT // MB} MB; hand in a smaller one.")
    everybody = f"{kept} WHERE a.student IN (SELECT id FROM students WHERE exercise = ?)"
    if cursor.execute(everybody, (row["exercise"],)).fetchone()[0] + size > MOST_OF_EXERCISE:
        raise TooMany(f"The files of this exercise have at most {MOST_OF_EXERCISE // MB} MB; tell your teacher.")


def _content(cursor: sqlite3.Cursor, whose: str, *values: object) -> bytes:
    found = cursor.execute(
        "SELECT f.content FROM files f JOIN attempts a ON a.number = f.attempt JOIN students s ON s.id = a.student"
        f" WHERE {whose} AND f.attempt = ?",
        values,
    ).fetchone()
    if found is None:
        raise ClassroomError("There is no such file here any more.")
    return bytes(found["content"])
