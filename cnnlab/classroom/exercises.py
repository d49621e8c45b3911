"""Keep exercises with their versions; of two teachers who change one at once, nobody overwrites the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from cnnlab.classroom.record.codes import new_id
from cnnlab.classroom.record.errors import ChangedMeanwhile, ClassroomError
from cnnlab.classroom.store.base import Base, exercise_of, newest_version
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.writing import write_exercise

MOST_EXERCISES, MOST_VERSIONS = 1000, 500


@dataclass(frozen=True)
class Listed:
    """Hold one line of the list of exercises; times are Unix seconds."""

    id: str
    title: str
    version: int
    created: float
    saved: float
    students: int


@dataclass(frozen=True)
class Kept:
    """Hold one version of an exercise as it is kept."""

    id: str
    version: int
    exercise: Exercise


class Exercises:
    """Hold every exercise of a home."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def add(self, exercise: Exercise) -> Kept:
        """Keep a new exercise as its first version; raise a `Refusal`, also for what no file can hold."""
        text, exercise_id, now = write_exercise(exercise), new_id(), self._base.clock()
        with self._base.database.writing() as cursor:
            if cursor.execute("SELECT COUNT(*) FROM exercises").fetchone()[0] >= MOST_EXERCISES:
                raise ClassroomError(f"A server keeps at most {MOST_EXERCISES:,} exercises; delete old ones.")
            cursor.execute("INSERT INTO exercises VALUES (?, ?)", (exercise_id, now))
            cursor.execute("INSERT INTO versions VALUES (?, 1, ?, ?, ?)", (exercise_id, text, exercise.title, now))
        return Kept(exercise_id, 1, exercise)

    def save(self, exercise_id: str, exercise: Exercise, seen: int) -> Kept:
        """Keep a new version on top of the one that was `seen`; raise `ChangedMeanwhile` if there is a newer one.

        Whoever began keeps the version that they began with; the due date is that of the newest for everybody.
        """
        text, now = write_exercise(exercise), self._base.clock()
        with self._base.database.writing() as cursor:
            newest = newest_version(cursor, exercise_id)
            if newest != seen:
                _changed_meanwhile(newest)
            if newest >= MOST_VERSIONS:
                raise ClassroomError(f"An exercise has at most {MOST_VERSIONS} versions; duplicate it.")
            values = (exercise_id, newest + 1, text, exercise.title, now)
            cursor.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", values)
        return Kept(exercise_id, newest + 1, exercise)

    def duplicate(self, exercise_id: str) -> Kept:
        """Keep the newest version of an exercise as another exercise."""
        return self.add(self.newest(exercise_id).exercise)

    def newest(self, exercise_id: str) -> Kept:
        """Return the newest version of an exercise; raise `ClassroomError` if there is no such exercise."""
        with self._base.database.reading() as cursor:
            version = newest_version(cursor, exercise_id)
            return Kept(exercise_id, version, exercise_of(cursor, exercise_id, version))

    def version(self, exercise_id: str, version: int) -> Kept:
        """Return one version of an exercise; raise `ClassroomError` if there is none."""
        with self._base.database.reading() as cursor:
            return Kept(exercise_id, version, exercise_of(cursor, exercise_id, version))

    def all(self) -> tuple[Listed, ...]:
        """Return every exercise, the one that was saved last first."""
        with self._base.database.reading() as cursor:
            rows = cursor.execute(
                "SELECT e.id, v.title, v.version, e.created, v.saved,"
                " (SELECT COUNT(*) FROM students s WHERE s.exercise = e.id) AS students"
                " FROM exercises e JOIN versions v ON v.exercise = e.id"
                " WHERE v.version = (SELECT MAX(version) FROM versions WHERE exercise = e.id)"
                " ORDER BY v.saved DESC, e.id"
            ).fetchall()
        return tuple(Listed(**dict(row)) for row in rows)

    def files(self, exercise_id: str) -> Iterator[tuple[int, str]]:
        """Yield every version of an exercise with its file."""
        with self._base.database.reading() as cursor:
            rows = cursor.execute(
                "SELECT version, text FROM versions WHERE exercise = ? ORDER BY version", (exercise_id,)
            ).fetchall()
        return ((row["version"], row["text"]) for row in rows)


def _changed_meanwhile(newest: int) -> NoReturn:
    raise ChangedMeanwhile(
        f"Somebody has saved version {newest} of this exercise meanwhile; look at it, then save yours on top."
    )
