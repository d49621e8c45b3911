"""Let a student work: answer, take a hint, reach goals, train; every function takes the student's token."""

import sqlite3
from dataclasses import replace

from cnnlab.classroom.record.errors import ClassroomError, TooMany
from cnnlab.classroom.record.floods import Flood
from cnnlab.classroom.record.phases import Phase, is_withheld, round_of, takes_answers
from cnnlab.classroom.record.work import Asked, Attempt, Event, Filed, Outcome, Standing, State, Work
from cnnlab.classroom.store.base import (
    Base,
    add_attempt,
    ask_of,
    changeable_row,
    due_of,
    exercise_of,
    is_over,
    move,
    newest_version,
    phase_of,
    standing_of,
    student_of,
    student_row,
    touch,
    written,
)
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons.judging import judge, why_not
from cnnlab.core.lessons.playing import columns_to_hide, reached
from cnnlab.core.lessons.situation import Situation
from cnnlab.processes.data.jobs import Asker

MOST_ATTEMPTS = 1000  # of one student in one exercise
LONGEST_GIVEN, LONGEST_SAID = 300, 600
LONGEST_STANDING = 10_000  # characters
SIGN_OF_LIFE = 20.0  # seconds for which nothing is written where nothing has changed
MOST_TRAININGS = 200  # of one student, where the exercise sets no limit
_ANSWERS = "So many answers come from here that this is no class", 120, 12_000, 60.0
_COMMITTED = "Your answer is kept; what it is worth is told when everybody has answered."
_BEFORE = "This is from before; answer again to be counted. What it is worth is told when everybody has answered."


class Works:
    """Hold the work of every student."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._answers = Flood(*_ANSWERS)

    def view(self, token: str) -> Work:
        """Return a student's own work as the student may see it."""
        with self._base.database.reading() as cursor:
            return work_of(cursor, self._row(cursor, token), self._base.clock())

    def stand(self, token: str, standing: Standing) -> None:
        """Keep what stands before a student, so that another browser shows the same."""
        text = written(standing)
        if len(text) > LONGEST_STANDING:
            raise ClassroomError("This network is too large to be kept with your work; make it smaller.")
        now = self._base.clock()
        with self._base.database.reading() as cursor:
            row = self._row(cursor, token)
        if row["standing"] == text and now - row["touched"] < SIGN_OF_LIFE:
            return
        with self._base.database.writing() as cursor:
            row = self._row(cursor, token)
            cursor.execute("UPDATE students SET standing = ? WHERE id = ?", (text, row["id"]))
            touch(cursor, row, now)

    def answer(self, token: str, at: At, given: str, situation: Situation, asker: Asker) -> Outcome:
        """Judge and keep an answer as it was typed, the place of a choice or of a map as lessons do.

        While the whole class is asked it is committed, and nobody is told yet what it is worth. Raises `ClassroomError`
        where nothing can be answered, and `LanguageError` where the question itself is wrong.
        """
        self._answers.count(asker)
        given, now = given[:LONGEST_GIVEN].strip(), self._base.clock()
        with self._base.database.reading() as cursor:
            row = self._row(cursor, token)
            ask = ask_of(exercise_of(cursor, row["exercise"], row["version"]), at)
        # Judging may compute maps, and nobody waits for that with the record in hand.
        if refused := why_not(ask, given, situation):
            return Outcome(False, None, "", refused)
        verdict = judge(ask, given, situation)
        right = verdict.right if ask.is_judged else None
        kept = verdict.given[:LONGEST_GIVEN], right, verdict.slip[:LONGEST_SAID], verdict.message[:LONGEST_SAID]
        with self._base.database.writing() as cursor:
            row = changeable_row(self._base, cursor, token, now, row["version"])
            phase = phase_of(cursor, row, at)
            if not takes_answers(phase):
                raise ClassroomError("Everybody talks about this question now; answer when you are asked again.")
            made = cursor.execute("SELECT COUNT(*) FROM attempts WHERE student = ?", (row["id"],)).fetchone()[0]
            if made >= MOST_ATTEMPTS:
                raise TooMany(f"You have answered {MOST_ATTEMPTS:,} times; your teacher sees the answers so far.")
            add_attempt(cursor, row, at, Attempt(*kept, round_of(phase), now))
            # Whoever has handed in takes nothing back by voting with the class.
            if round_of(phase) and State(row["state"]) in (State.SUBMITTED, State.RETURNED):
                touch(cursor, row, now)
            else:
                move(cursor, row, Event.CHANGE, now)
        if is_withheld(phase):
            return Outcome(True, None, "", _COMMITTED)
        return Outcome(False, right, verdict.slip, verdict.message)

    def hint(self, token: str, at: At) -> str:
        """Return the hint of a question, and remember that it was asked for."""
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = self._row(cursor, token)
            ask = ask_of(exercise_of(cursor, row["exercise"], row["version"]), at)
            cursor.execute("INSERT OR IGNORE INTO hints VALUES (?, ?, ?, ?, ?)", (row["id"], row["version"], *at, now))
            touch(cursor, row, now)
        return ask.hint

    def check_goal(self, token: str, at: At, situation: Situation) -> bool:
        """Tell whether a goal is reached; one that was reached once stays so. Raises `LanguageError`."""
        with self._base.database.reading() as cursor:
            row = self._row(cursor, token)
            exercise = exercise_of(cursor, row["exercise"], row["version"])
            known = at in reached_by(cursor, row)
        if at not in exercise.goals:
            raise ClassroomError("There is no such goal in this exercise.")
        if known or not reached(exercise.lesson.steps[at[0]].goals[at[1]], situation)[0]:
            return known
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = changeable_row(self._base, cursor, token, now, row["version"])
            cursor.execute("INSERT OR IGNORE INTO goals VALUES (?, ?, ?, ?, ?)", (row["id"], row["version"], *at, now))
            move(cursor, row, Event.CHANGE, now)
        return True

    def book_training(self, token: str) -> int:
        """Take one of the trainings that a student may start; raise `ClassroomError` if none is left.

        Returns the number to give to `trained` or `unbook`.
        """
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = changeable_row(self._base, cursor, token, now)
            most = exercise_of(cursor, row["exercise"], row["version"]).limits.trainings or MOST_TRAININGS
            taken = cursor.execute("SELECT COUNT(*) FROM trainings WHERE student = ?", (row["id"],)).fetchone()[0]
            if taken >= most:
                allowed = counted(most, "training", "trainings")
                raise ClassroomError(f"This exercise allows {allowed} a student, and you have started {taken:,}.")
            cursor.execute("INSERT INTO trainings (student, at) VALUES (?, ?)", (row["id"], now))
            number = int(cursor.lastrowid or 0)
            touch(cursor, row, now)
        return number

    def trained(self, token: str, number: int, run: str) -> None:
        """Enter the run that was started for a booked training."""
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = self._row(cursor, token)
            cursor.execute(
                "UPDATE trainings SET run = ? WHERE number = ? AND student = ? AND run = ''", (run, number, row["id"])
            )
            if State(row["state"]) != State.DRAFT and not is_over(cursor, row, now):
                move(cursor, row, Event.CHANGE, now)

    def unbook(self, token: str, number: int) -> None:
        """Give a booked training back that could not be started."""
        with self._base.database.writing() as cursor:
            row = self._row(cursor, token)
            cursor.execute("DELETE FROM trainings WHERE number = ? AND student = ? AND run = ''", (number, row["id"]))

    def take_newest(self, token: str) -> None:
        """Begin again with the newest version of the exercise; answers to the old one stay with it."""
        now = self._base.clock()
        with self._base.database.writing() as cursor:
            row = changeable_row(self._base, cursor, token, now)
            newest = newest_version(cursor, row["exercise"])
            if newest != row["version"]:
                cursor.execute("UPDATE students SET version = ? WHERE id = ?", (newest, row["id"]))
                move(cursor, row, Event.CHANGE, now)

    def _row(self, cursor: sqlite3.Cursor, token: str) -> sqlite3.Row:
        return student_row(cursor, self._base.signer.read_token(token))


def reached_by(cursor: sqlite3.Cursor, row: sqlite3.Row) -> frozenset[At]:
    """Return the goals that a student has reached."""
    found = cursor.execute(
        "SELECT step, goal FROM goals WHERE student = ? AND version = ?", (row["id"], row["version"])
    )
    return frozenset((each["step"], each["goal"]) for each in found)


def asked_of(cursor: sqlite3.Cursor, row: sqlite3.Row, exercise: Exercise, *, whole: bool = False) -> dict[At, Asked]:
    """Return how a student stands with every question; without `whole` what nobody may know yet is left out."""
    phases = {
        (each["step"], each["ask"]): Phase(each["phase"])
        for each in cursor.execute(
            "SELECT step, ask, phase FROM class_questions WHERE exercise = ? AND version = ?",
            (row["exercise"], row["version"]),
        )
    }
    made: dict[At, list[Attempt]] = {at: [] for at in exercise.asks}
    for each in cursor.execute(
        "SELECT a.*, f.size, f.digest, f.handed_in FROM attempts a LEFT JOIN files f ON f.attempt = a.number"
        " WHERE a.student = ? AND a.version = ? ORDER BY a.number",
        (row["id"], row["version"]),
    ):
        right = None if each["correct"] is None else bool(each["correct"])
        size = each["size"]
        file = None if size is None else Filed(each["number"], size, each["digest"], bool(each["handed_in"]))
        attempt = Attempt(each["given"], right, each["slip"], each["said"], each["round"], each["at"], file)
        made.setdefault((each["step"], each["ask"]), []).append(attempt)
    found = {at: Asked(tuple(attempts), phases.get(at)) for at, attempts in made.items()}
    return found if whole else {at: _as_told(asked) for at, asked in found.items()}


def _as_told(asked: Asked) -> Asked:
    """Return a question without what any answer is worth, as long as the class may not know."""
    if not is_withheld(asked.phase):
        return asked
    now = round_of(asked.phase)
    told = (
        replace(each, right=None, slip="", said=_COMMITTED if each.round == now else _BEFORE) for each in asked.attempts
    )
    return replace(asked, attempts=tuple(told))


def work_of(cursor: sqlite3.Cursor, row: sqlite3.Row, now: float) -> Work:
    """Return a student's work as the student may see it."""
    exercise = exercise_of(cursor, row["exercise"], row["version"])
    asked = asked_of(cursor, row, exercise)
    hints = cursor.execute("SELECT step, ask FROM hints WHERE student = ? AND version = ?", (row["id"], row["version"]))
    hinted = {(each["step"], each["ask"]) for each in hints}
    due = due_of(cursor, row)
    is_final = State(row["state"]) == State.RETURNED and (due is None or now > due)
    told = {at for at, one in asked.items() if _may_be_explained(one, exercise.asks[at].is_judged, is_final)}
    # Full points would tell that every answer is right.
    votes = any(is_withheld(one.phase) for one in asked.values())
    sent = cursor.execute(
        "SELECT COUNT(*) AS times, MAX(at) AS last FROM submissions WHERE student = ?", (row["id"],)
    ).fetchone()
    runs = cursor.execute("SELECT run FROM trainings WHERE student = ? ORDER BY number", (row["id"],)).fetchall()
    return Work(
        student_of(row),
        replace(exercise.for_student(hinted, told), due=due),
        row["version"],
        newest_version(cursor, row["exercise"]),
        State(row["state"]),
        standing_of(row),
        asked,
        reached_by(cursor, row),
        tuple(each["run"] for each in runs),
        sent["times"],
        sent["last"],
        None if votes else row["points"],
        "" if votes else row["comment"],
        columns_to_hide([ask for at, ask in exercise.asks.items() if at not in told]),
    )


def _may_be_explained(asked: Asked, is_judged: bool, is_final: bool) -> bool:
    """Tell whether a student may read the explanation: it was answered right, revealed to the class, or is over."""
    if is_withheld(asked.phase):
        return False
    answered = asked.last is not None and (asked.is_right or not is_judged)
    return answered or asked.phase == Phase.REVEALED or is_final
