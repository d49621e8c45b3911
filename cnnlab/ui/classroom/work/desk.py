"""Do what a student does with an exercise: in the record, or in a preview, of which nothing is recorded."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import streamlit as st

from cnnlab.classroom.files import refuse_file
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.texts import file_name_of
from cnnlab.classroom.record.work import Asked, Attempt, Filed, Outcome, Standing, State, Student, Work
from cnnlab.core.classroom.exercise import At, Exercise
from cnnlab.core.lessons.judging import judge, why_not
from cnnlab.core.lessons.playing import columns_to_hide, reached
from cnnlab.core.lessons.situation import Situation
from cnnlab.ui.classroom.work.pictures import keep_own
from cnnlab.ui.session.exercise import AtWork
from cnnlab.ui.session.services import classroom, settings
from cnnlab.ui.session.visitor import asker

PREVIEW = "exercise_preview"
PREVIEWED = Student("", "", "preview")


class Desk(Protocol):
    """Be where a student works; each method raises `ClassroomError`, and what judges `LanguageError`."""

    def view(self) -> Work:
        """Return the work as the student may see it."""

    def answer(self, at: At, given: str, situation: Situation) -> Outcome:
        """Judge an answer."""

    def hand_file(self, at: At, name: str, content: bytes) -> None:
        """Take a file as the answer to a question."""

    def take_file_back(self, at: At) -> None:
        """Forget the file of a question."""

    def hint(self, at: At) -> str:
        """Return the hint of a question."""

    def check_goal(self, at: At, situation: Situation) -> bool:
        """Tell whether a goal is reached."""

    def stand(self, standing: Standing) -> None:
        """Keep what stands before the student."""

    def keep_picture(self) -> None:
        """Keep the picture that the student brought."""


@dataclass(frozen=True)
class Recorded:
    """Work in the record, as the student of a token."""

    token: str

    def view(self) -> Work:
        """Return the work as the student may see it."""
        return classroom().works.view(self.token)

    def answer(self, at: At, given: str, situation: Situation) -> Outcome:
        """Judge and keep an answer."""
        return classroom().works.answer(self.token, at, given, situation, asker())

    def hand_file(self, at: At, name: str, content: bytes) -> None:
        """Keep a file, if the home has room for it."""
        if problem := settings().disk.problem(len(content)):
            raise ClassroomError(problem)
        classroom().files.hand_in(self.token, at, name, content, asker())

    def take_file_back(self, at: At) -> None:
        """Forget the file of a question."""
        classroom().files.take_back(self.token, at)

    def hint(self, at: At) -> str:
        """Return the hint of a question, and let the record remember that."""
        return classroom().works.hint(self.token, at)

    def check_goal(self, at: At, situation: Situation) -> bool:
        """Tell whether a goal is reached, and keep that."""
        return classroom().works.check_goal(self.token, at, situation)

    def stand(self, standing: Standing) -> None:
        """Keep what stands before the student."""
        classroom().works.stand(self.token, standing)

    def keep_picture(self) -> None:
        """Keep the picture that the student brought."""
        keep_own(self.token)


@dataclass(frozen=True)
class Tried:
    """Hold what was done in a preview."""

    exercise: Exercise
    asked: Mapping[At, Asked] = field(default_factory=dict)
    hinted: frozenset[At] = frozenset()
    reached: frozenset[At] = frozenset()


class Previewed:
    """Work for nothing: what is done stands in the session, and is gone with it."""

    def view(self) -> Work:
        """Return the work as a student would see it."""
        tried = _tried()
        exercise = tried.exercise
        asked = {at: tried.asked.get(at, Asked()) for at in exercise.asks}
        told = {at for at, one in asked.items() if one.is_right or (one.last and not exercise.asks[at].is_judged)}
        seen = exercise.for_student(tried.hinted, told)
        hidden = columns_to_hide([ask for at, ask in exercise.asks.items() if at not in told])
        return Work(
            PREVIEWED,
            seen,
            0,
            0,
            State.DRAFT,
            Standing(),
            asked,
            tried.reached,
            (),
            0,
            None,
            None,
            "",
            hidden,
        )

    def answer(self, at: At, given: str, situation: Situation) -> Outcome:
        """Judge an answer as the record would."""
        tried = _tried()
        ask = tried.exercise.asks[at]
        if refused := why_not(ask, given, situation):
            return Outcome(False, None, "", refused)
        verdict = judge(ask, given, situation)
        right = verdict.right if ask.is_judged else None
        before = tried.asked.get(at, Asked()).attempts
        attempt = Attempt(verdict.given, right, verdict.slip, verdict.message, 0, 0.0)
        _keep(replace(tried, asked={**tried.asked, at: Asked((*before, attempt))}))
        return Outcome(False, right, verdict.slip, verdict.message)

    def hand_file(self, at: At, name: str, content: bytes) -> None:
        """Take a file as the record would; its content goes nowhere."""
        tried = _tried()
        name = file_name_of(name)
        refuse_file(tried.exercise.asks[at].endings, name, len(content))
        before = tried.asked.get(at, Asked()).last
        number = 1 + (before.file.number if before is not None and before.file is not None else 0)
        attempt = Attempt(name, None, "", "", 0, time.time(), Filed(number, len(content), "", handed_in=False))
        _keep(replace(tried, asked={**tried.asked, at: Asked((attempt,))}))

    def take_file_back(self, at: At) -> None:
        """Forget the file of a question."""
        tried = _tried()
        _keep(replace(tried, asked={**tried.asked, at: Asked()}))

    def hint(self, at: At) -> str:
        """Return the hint of a question."""
        tried = _tried()
        _keep(replace(tried, hinted=tried.hinted | {at}))
        return tried.exercise.asks[at].hint

    def check_goal(self, at: At, situation: Situation) -> bool:
        """Tell whether a goal is reached; one that was reached stays so."""
        tried = _tried()
        if at not in tried.reached and reached(tried.exercise.lesson.steps[at[0]].goals[at[1]], situation)[0]:
            _keep(replace(tried, reached=tried.reached | {at}))
        return at in _tried().reached

    def stand(self, standing: Standing) -> None:
        """Keep nothing."""

    def keep_picture(self) -> None:
        """Keep nothing."""


def desk_of(work: AtWork) -> Desk:
    """Return where the visitor works."""
    return Previewed() if work.is_preview else Recorded(work.token)


def begin_preview(exercise: Exercise) -> None:
    """Let nothing be done yet in a preview."""
    _keep(Tried(exercise))


def end_preview() -> None:
    """Forget what was done in a preview."""
    st.session_state.pop(PREVIEW, None)


def _keep(tried: Tried) -> None:
    st.session_state[PREVIEW] = tried


def _tried() -> Tried:
    tried: Tried | None = st.session_state.get(PREVIEW)
    if tried is None:
        raise ClassroomError("This preview is over; begin it again.")
    return tried
