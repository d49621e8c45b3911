"""Keep the picture that a student brought last with the work, so that another browser and the teacher see it too."""

import hashlib
from dataclasses import dataclass

from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.floods import Flood
from cnnlab.classroom.record.texts import file_name_of
from cnnlab.classroom.store.base import Base, student_row
from cnnlab.processes.data.jobs import Asker

MB = 1_000_000  # bytes
LARGEST, MOST_OF_EXERCISE = 4 * MB, 200 * MB
_SENT = "From here so many pictures were brought that this is no class", 200, 6000, 600.0


@dataclass(frozen=True)
class OwnPicture:
    """Hold a picture as a student brought it: hostile until it is decoded in limits. `digest` is SHA-256 in hex."""

    name: str
    digest: str
    content: bytes


class Pictures:
    """Hold one picture of each student; it goes with the student."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._sent = Flood(*_SENT)

    def keep(self, token: str, name: str, content: bytes, asker: Asker) -> None:
        """Keep a student's picture in place of the one before; raise `ClassroomError` for what there is no room for."""
        self._sent.count(asker)
        if len(content) > LARGEST:
            raise ClassroomError(f"This picture stays in this browser: with your work, {LARGEST // MB} MB are kept.")
        digest = hashlib.sha256(content).hexdigest()
        with self._base.database.writing() as cursor:
            row = student_row(cursor, self._base.signer.read_token(token))
            others = cursor.execute(
                "SELECT COALESCE(SUM(p.size), 0) FROM pictures p JOIN students s ON s.id = p.student"
                " WHERE s.exercise = ? AND s.id != ?",
                (row["exercise"], row["id"]),
            ).fetchone()[0]
            if others + len(content) > MOST_OF_EXERCISE:
                raise TooMany("This picture stays in this browser: the class has brought as many as are kept.")
            cursor.execute(
                "REPLACE INTO pictures VALUES (?, ?, ?, ?, ?)",
                (row["id"], file_name_of(name), digest, len(content), content),
            )

    def own(self, token: str) -> OwnPicture | None:
        """Return the picture of a student, None if none was brought."""
        return self._one("s.id = ?", self._base.signer.read_token(token))

    def of_exercise(self, exercise_id: str, student: str) -> OwnPicture | None:
        """Return the picture of a student of an exercise, for the teacher."""
        return self._one("s.exercise = ? AND s.id = ?", exercise_id, student)

    def _one(self, whose: str, *values: str) -> OwnPicture | None:
        with self._base.database.reading() as cursor:
            row = cursor.execute(
                f"SELECT p.* FROM pictures p JOIN students s ON s.id = p.student WHERE {whose}", values
            ).fetchone()
        return None if row is None else OwnPicture(row["name"], row["digest"], bytes(row["content"]))
