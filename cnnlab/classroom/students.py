"""Let students begin with a name, and come back with a code; nobody can take the place of another."""

from cnnlab.classroom.record.codes import hash_of, new_code, new_id
from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.floods import Flood
from cnnlab.classroom.record.texts import name_of
from cnnlab.classroom.record.work import Begun, Standing, State, Student
from cnnlab.classroom.store.base import Base, newest_version, student_of, student_row, written
from cnnlab.processes.data.jobs import Asker
from cnnlab.processes.home.keys import WrongTries

MOST_STUDENTS = 1000  # of one exercise
FREE_TRIES = 5  # wrong codes from an address before it waits: a whole class mistypes
_ELSEWHERE = "This student is not in this exercise; look at the table again."
_NAMES = "From here so many have begun already that this is no class", 10, 400, 3600.0


class Students:
    """Hold the students of every exercise. A student is known by a token that the server signed, and by nothing else.

    The name is no credential. The code is not kept, only its hash; `come_back` gives a token for it. A browser is known
    again by the hash of its secret cookie, which the server works out itself: there is nothing to send for it.
    """

    def __init__(self, base: Base) -> None:
        self._base = base
        self._names = Flood(*_NAMES)
        self._codes = WrongTries(FREE_TRIES)

    def begin(self, exercise_id: str, name: str, asker: Asker) -> Begun:
        """Begin an exercise in its newest version; raise `ClassroomError`."""
        name = name_of(name)
        self._names.count(asker)
        student, code, now = new_id(), new_code(), self._base.clock()
        with self._base.database.writing() as cursor:
            version = newest_version(cursor, exercise_id)
            count = cursor.execute("SELECT COUNT(*) FROM students WHERE exercise = ?", (exercise_id,)).fetchone()[0]
            if count >= MOST_STUDENTS:
                raise TooMany(f"An exercise takes at most {MOST_STUDENTS:,} students; tell your teacher.")
            cursor.execute(
                "INSERT INTO students (id, exercise, version, name, code, begun, touched, state, standing)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (student, exercise_id, version, name, hash_of(code), now, now, State.DRAFT, written(Standing())),
            )
            if asker.owner:
                cursor.execute("REPLACE INTO browsers VALUES (?, ?, ?)", (asker.owner, exercise_id, student))
        return Begun(Student(student, exercise_id, name), self._base.signer.token(student), code)

    def come_back(self, code: str, asker: Asker) -> str:
        """Return the token of the student with this code, and remember the browser; raise `ClassroomError`.

        After some wrong codes their network address waits, and nobody else.
        """
        hashed = hash_of(code)
        if hashed is None:
            raise ClassroomError("A code has three groups of five letters and digits, such as k7mzq-2hd9w-xn4rt.")
        found: list[str] = []

        def is_right() -> bool:
            found[:] = self._of_code(hashed)
            return bool(found)

        tried = self._codes.at(asker.origin, is_right)
        if isinstance(tried, float):
            raise TooMany(f"Too many wrong codes from your network address; try again in {max(1, round(tried))} s.")
        if not found:
            raise ClassroomError("Nobody's work has this code; look at each letter again, or ask your teacher.")
        with self._base.database.writing() as cursor:
            row = student_row(cursor, found[0])
            if asker.owner:
                cursor.execute("REPLACE INTO browsers VALUES (?, ?, ?)", (asker.owner, row["exercise"], row["id"]))
        return self._base.signer.token(found[0])

    def _of_code(self, hashed: bytes) -> list[str]:
        with self._base.database.reading() as cursor:
            return [row["id"] for row in cursor.execute("SELECT id FROM students WHERE code = ?", (hashed,))]

    def again(self, exercise_id: str, asker: Asker) -> str | None:
        """Return the token of whoever worked on an exercise in this browser last, None if nobody did."""
        with self._base.database.reading() as cursor:
            row = cursor.execute(
                "SELECT student FROM browsers WHERE owner = ? AND exercise = ? AND owner != ''",
                (asker.owner, exercise_id),
            ).fetchone()
        return None if row is None else self._base.signer.token(row["student"])

    def forget_browser(self, exercise_id: str, asker: Asker) -> None:
        """Let the next one work in this browser; the work stays, and the code opens it."""
        with self._base.database.writing() as cursor:
            cursor.execute("DELETE FROM browsers WHERE owner = ? AND exercise = ?", (asker.owner, exercise_id))

    def who(self, token: str) -> Student:
        """Return whose token this is; raise `ClassroomError` if it is nobody's."""
        with self._base.database.reading() as cursor:
            return student_of(student_row(cursor, self._base.signer.read_token(token)))

    def another_code(self, token: str) -> str:
        """Return a new code for a student; the old one opens nothing any more."""
        return self._renewed(self._base.signer.read_token(token))

    def code_for(self, exercise_id: str, student: str) -> str:
        """Return a new code for a student of an exercise who has lost it, for the teacher to hand over."""
        return self._renewed(student, exercise_id)

    def stand_in(self, exercise_id: str, student: str) -> tuple[str, str]:
        """Return the token of a student for whom the teacher does something, and the browser that worked last.

        Who works in no browser any more has the own name in its place, so that what is done is nobody else's.
        """
        with self._base.database.reading() as cursor:
            row = student_row(cursor, student)
            if row["exercise"] != exercise_id:
                raise ClassroomError(_ELSEWHERE)
            found = cursor.execute("SELECT owner FROM browsers WHERE student = ? ORDER BY rowid", (student,)).fetchall()
        return self._base.signer.token(student), found[-1]["owner"] if found else student

    def _renewed(self, student: str, exercise_id: str | None = None) -> str:
        code = new_code()
        with self._base.database.writing() as cursor:
            row = student_row(cursor, student)
            if exercise_id not in (None, row["exercise"]):
                raise ClassroomError(_ELSEWHERE)
            cursor.execute("UPDATE students SET code = ? WHERE id = ?", (hash_of(code), student))
        return code
