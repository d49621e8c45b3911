"""Forget: one student, a whole class, or whatever is older than a server keeps."""

import contextlib
import threading

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.store.base import Base, newest_version

DAY = 24 * 3600.0
OFTEN = 3600.0  # seconds between two looks for what is too old


class Forgetting:
    """Delete so that nothing stays in the files of the record."""

    def __init__(self, base: Base, keep_days: int) -> None:
        self._base = base
        self._keep = keep_days * DAY
        self._stopped = threading.Event()

    def student(self, exercise_id: str, student: str) -> tuple[str, ...]:
        """Delete a student with all answers; return the runs that belonged to them, which are kept elsewhere."""
        return self._delete("s.exercise = ? AND s.id = ?", exercise_id, student)

    def whole_class(self, exercise_id: str) -> tuple[str, ...]:
        """Delete an exercise with its students and answers for good; return the runs that belonged to them."""
        with self._base.database.reading() as cursor:
            newest_version(cursor, exercise_id)
        runs = self._delete("s.exercise = ?", exercise_id)
        with self._base.database.writing() as cursor:
            cursor.execute("DELETE FROM exercises WHERE id = ?", (exercise_id,))
            cursor.execute("DELETE FROM follow WHERE room = ?", (exercise_id,))
        self._base.database.leave_no_trace()
        return runs

    def too_old(self) -> int:
        """Delete every student who gave no sign of life for as long as the server keeps them; return how many."""
        before = self._base.clock() - self._keep
        with self._base.database.reading() as cursor:
            old = cursor.execute("SELECT COUNT(*) FROM students WHERE touched < ?", (before,)).fetchone()[0]
        if old:
            self._delete("s.touched < ?", before)
        return int(old)

    def go_on(self) -> None:
        """Forget what is too old now and once an hour, beside everything else, until `stop`."""
        threading.Thread(target=self._go_on, name="forgetting", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _go_on(self) -> None:
        while True:
            # A home that cannot be used now may be well in an hour; pages say what is wrong.
            with contextlib.suppress(ClassroomError):
                self.too_old()
            if self._stopped.wait(OFTEN):
                return

    def _delete(self, condition: str, *values: object) -> tuple[str, ...]:
        with self._base.database.writing() as cursor:
            runs = cursor.execute(
                "SELECT t.run FROM trainings t JOIN students s ON s.id = t.student"
                f" WHERE t.run != '' AND {condition} ORDER BY t.number",
                values,
            ).fetchall()
            cursor.execute(f"DELETE FROM students AS s WHERE {condition}", values)
        self._base.database.leave_no_trace()
        return tuple(row["run"] for row in runs)
