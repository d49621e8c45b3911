"""Ask a whole class one question: commit, show the histogram, discuss, ask again, reveal."""

import re
import sqlite3
from collections import Counter

from cnnlab.classroom.record.errors import ChangedMeanwhile, ClassroomError
from cnnlab.classroom.record.phases import (
    NEXT,
    REVEALING,
    Bar,
    ClassQuestion,
    Phase,
    is_withheld,
    round_of,
    takes_answers,
)
from cnnlab.classroom.store.base import Base, ask_of, exercise_of, newest_version, student_row
from cnnlab.core.classroom.exercise import At
from cnnlab.core.lessons import Ask

MOST_BARS = 30
_PRESSED = "Somebody has pressed meanwhile; look where the question is now."
_NEXT_TURN = "(SELECT COALESCE(MAX(turn), 0) + 1 FROM class_questions)"
_GROUPED = re.compile(r"(?<=\d)[,'’ \u00a0\u202f](?=\d{3}(?!\d))")


class Asking:
    """Hold the questions that classes are asked, one at a time for each exercise, in its newest version."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def ask(self, exercise_id: str, at: At) -> ClassQuestion:
        """Ask the class a question; one that was asked before begins anew, and its answers stand beside the vote.

        Raises `ChangedMeanwhile` while this is what the class is asked: somebody else has pressed.
        """
        with self._base.database.writing() as cursor:
            version = newest_version(cursor, exercise_id)
            if ask_of(exercise_of(cursor, exercise_id, version), at).file:
                raise ClassroomError("A file is handed in by each student alone; ask the class another question.")
            current = _current(cursor, exercise_id, version)
            if current is not None and current.at == at and is_withheld(current.phase):
                raise ChangedMeanwhile(_PRESSED)
            cursor.execute(
                "UPDATE attempts SET round = 0 WHERE version = ? AND step = ? AND ask = ?"
                " AND student IN (SELECT id FROM students WHERE exercise = ?)",
                (version, *at, exercise_id),
            )
            cursor.execute(
                f"INSERT INTO class_questions VALUES (?, ?, ?, ?, ?, 1, {_NEXT_TURN}) ON CONFLICT DO UPDATE SET"
                " phase = excluded.phase, revision = revision + 1, turn = excluded.turn",
                (exercise_id, version, *at, Phase.ASKED),
            )
            return _current(cursor, exercise_id, version) or _nothing()

    def press(self, exercise_id: str, seen: int, *, reveal: bool = False) -> ClassQuestion:
        """Go on to the next phase of the current question, or `reveal` it at once once its histogram was shown.

        `seen` is the revision that was on the screen when somebody pressed: of two presses at once one counts, and the
        other raises `ChangedMeanwhile`. Raises `ClassroomError` where there is nothing to go on to.
        """
        with self._base.database.writing() as cursor:
            version = newest_version(cursor, exercise_id)
            current = _current(cursor, exercise_id, version) or _nothing()
            if current.revision != seen:
                raise ChangedMeanwhile(_PRESSED)
            following = Phase.REVEALED if reveal and current.phase in REVEALING else NEXT.get(current.phase)
            if following is None or (reveal and following != Phase.REVEALED):
                raise ClassroomError("This question cannot go on from here; ask another one.")
            cursor.execute(
                "UPDATE class_questions SET phase = ?, revision = revision + 1"
                " WHERE exercise = ? AND version = ? AND step = ? AND ask = ?",
                (following, exercise_id, version, *current.at),
            )
            return _current(cursor, exercise_id, version) or _nothing()

    def current(self, exercise_id: str) -> ClassQuestion | None:
        """Return the question that the class was asked last, None if none was."""
        with self._base.database.reading() as cursor:
            return _current(cursor, exercise_id, newest_version(cursor, exercise_id))

    def for_student(self, token: str) -> ClassQuestion | None:
        """Return the question that a student's class was asked last, None if none was in the student's version."""
        with self._base.database.reading() as cursor:
            row = student_row(cursor, self._base.signer.read_token(token))
            return _current(cursor, row["exercise"], row["version"])

    def committed(self, exercise_id: str) -> int:
        """Return how many have answered the current question in this round."""
        current = self.current(exercise_id)
        return 0 if current is None else sum(bar.count for bar in self.histogram(exercise_id, current.at))

    def histogram(self, exercise_id: str, at: At, *, first: bool = False) -> tuple[Bar, ...]:
        """Return what was predicted, the most frequent first; what it is worth only once it is revealed.

        Of everybody the last answer of the round counts; `first` asks for the first round where there is a second. A
        question that the class was never asked counts everybody's first answer, and is revealed.
        """
        with self._base.database.reading() as cursor:
            return _histogram(cursor, exercise_id, newest_version(cursor, exercise_id), at, first=first)

    def histogram_for_student(self, token: str, at: At, *, first: bool = False) -> tuple[Bar, ...]:
        """Return the histogram if the class may see it; while everybody still answers there is none."""
        with self._base.database.reading() as cursor:
            row = student_row(cursor, self._base.signer.read_token(token))
            phase = _phase(cursor, row["exercise"], row["version"], at)
            if phase is None or (takes_answers(phase) and phase != Phase.REVEALED):
                return ()
            return _histogram(cursor, row["exercise"], row["version"], at, first=first)


def _nothing() -> ClassQuestion:
    raise ClassroomError("The class is asked nothing now; choose a question first.")


def _current(cursor: sqlite3.Cursor, exercise_id: str, version: int) -> ClassQuestion | None:
    row = cursor.execute(
        "SELECT * FROM class_questions WHERE exercise = ? AND version = ? ORDER BY turn DESC LIMIT 1",
        (exercise_id, version),
    ).fetchone()
    return (
        None if row is None else ClassQuestion((row["step"], row["ask"]), version, Phase(row["phase"]), row["revision"])
    )


def _phase(cursor: sqlite3.Cursor, exercise_id: str, version: int, at: At) -> Phase | None:
    row = cursor.execute(
        "SELECT phase FROM class_questions WHERE exercise = ? AND version = ? AND step = ? AND ask = ?",
        (exercise_id, version, *at),
    ).fetchone()
    return None if row is None else Phase(row["phase"])


def _histogram(cursor: sqlite3.Cursor, exercise_id: str, version: int, at: At, *, first: bool) -> tuple[Bar, ...]:
    ask = ask_of(exercise_of(cursor, exercise_id, version), at)
    phase = _phase(cursor, exercise_id, version, at)
    told = phase in (None, Phase.REVEALED)
    which = "MIN" if phase is None else "MAX"
    in_round = "" if phase is None else f" AND round = {_round(cursor, exercise_id, version, at, phase, first)}"
    # Beside MIN and MAX, SQLite gives the other columns from the row that has it.
    rows = cursor.execute(
        f"SELECT given, correct, slip, {which}(number) FROM attempts WHERE version = ? AND step = ? AND ask = ?"
        f" AND student IN (SELECT id FROM students WHERE exercise = ? AND version = ?){in_round} GROUP BY student",
        (version, *at, exercise_id, version),
    ).fetchall()
    counts = Counter(_shown(ask, row["given"]) for row in rows)
    worth = {_shown(ask, row["given"]): (row["correct"], row["slip"]) for row in rows}
    bars = [
        Bar(given, count, None if worth[given][0] is None else bool(worth[given][0]), worth[given][1])
        if told
        else Bar(given, count)
        for given, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    rest = sum(bar.count for bar in bars[MOST_BARS:])
    return (*bars[:MOST_BARS], *([Bar("other answers", rest)] if rest else []))


def _round(cursor: sqlite3.Cursor, exercise_id: str, version: int, at: At, phase: Phase, first: bool) -> int:
    """Return which round a histogram counts; a revealed question has the last one that was answered."""
    if first:
        return 1
    if phase != Phase.REVEALED:
        return round_of(phase)
    row = cursor.execute(
        "SELECT MAX(round) FROM attempts WHERE version = ? AND step = ? AND ask = ?"
        " AND student IN (SELECT id FROM students WHERE exercise = ?)",
        (version, *at, exercise_id),
    ).fetchone()
    return int(row[0] or 1)


def _shown(ask: Ask, given: str) -> str:
    """Return an answer as a bar is named: the words of a choice, a number without what groups its digits."""
    if ask.choices and given.isdecimal() and int(given) < len(ask.choices):
        return ask.choices[int(given)].text
    return _GROUPED.sub("", " ".join(given.split()).casefold())
