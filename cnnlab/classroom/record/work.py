"""Say where a student's work stands: a draft, validated, handed in, or returned with points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.phases import Phase
from cnnlab.core.classroom.exercise import At, StudentExercise


class State(StrEnum):
    """Name where a student's work stands; one that is changed after it was handed in is a draft again."""

    DRAFT = "draft"
    VALIDATED = "validated"
    SUBMITTED = "submitted"
    RETURNED = "returned"


class Event(StrEnum):
    """Name what can happen to a student's work."""

    CHANGE = "change"
    VALIDATE = "validate"
    SUBMIT = "submit"
    GIVE_BACK = "give back"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        **{(state, Event.CHANGE): State.DRAFT for state in State},
        (State.DRAFT, Event.VALIDATE): State.VALIDATED,
        (State.VALIDATED, Event.VALIDATE): State.VALIDATED,
        (State.VALIDATED, Event.SUBMIT): State.SUBMITTED,
        (State.SUBMITTED, Event.GIVE_BACK): State.RETURNED,
        (State.RETURNED, Event.GIVE_BACK): State.RETURNED,
    }
)
_WHY = {
    Event.VALIDATE: "Nothing has changed since it was handed in; there is nothing to validate.",
    Event.SUBMIT: "Validate your answers first; then they can be handed in.",
    Event.GIVE_BACK: "This work was changed after it was handed in, or never was; wait until it is.",
}


def moved(state: State, event: Event) -> State:
    """Return where a work stands after something happened to it; raise `ClassroomError` where it cannot."""
    after = TRANSITIONS.get((state, event))
    if after is None:
        raise ClassroomError(_WHY[event])
    return after


@dataclass(frozen=True)
class Student:
    """Name a student: `id` is no secret, `name` is what was typed and hostile."""

    id: str
    exercise: str
    name: str


@dataclass(frozen=True)
class Begun:
    """Hold a student who has begun: `token` is what every call takes, `code` opens the work elsewhere, told once."""

    student: Student
    token: str
    code: str


@dataclass(frozen=True)
class Filed:
    """Hold what is known of a file beside its content: `number` names it, `size` is in bytes, `digest` its SHA-256."""

    number: int
    size: int
    digest: str
    handed_in: bool


@dataclass(frozen=True)
class Attempt:
    """Hold one answer. `right` is None where nobody judges, or where it may not be told yet; `at` in Unix seconds.

    `round` is 0 beside a class, 1 and 2 for the first and second time that the whole class was asked. `given` is the
    name of a `file`, where that is the answer.
    """

    given: str
    right: bool | None
    slip: str
    said: str
    round: int
    at: float
    file: Filed | None = None

    @property
    def proven(self) -> str:
        """Return the answer as a receipt proves it: of a file also its size and its SHA-256."""
        return self.given if self.file is None else f"{self.given} ({self.file.size} bytes, SHA-256 {self.file.digest})"


@dataclass(frozen=True)
class Asked:
    """Hold how a student stands with one question: every attempt, and the phase if the whole class is asked."""

    attempts: tuple[Attempt, ...] = ()
    phase: Phase | None = None

    @property
    def last(self) -> Attempt | None:
        """Return the attempt that counts."""
        return self.attempts[-1] if self.attempts else None

    @property
    def is_right(self) -> bool:
        """Tell whether the answer that counts is known to be right."""
        return self.last is not None and self.last.right is True


@dataclass(frozen=True)
class Standing:
    """Hold what stands before a student, so that another browser shows the same: references, as links know them.

    `step` is None before the first. `network` is the text of a link. All are bounded; whoever shows them looks them up.
    """

    page: str = ""
    step: int | None = None
    network: str = ""
    picture: str = ""
    data: str = ""
    weights: str = ""
    run: str = ""
    layer: int | None = None
    channel: int = 0


@dataclass(frozen=True)
class Work:
    """Hold a student's own work as the student may see it.

    `version` is that of the exercise it belongs to, `newest` the newest there is. `asked` has every question, `reached`
    the goals. `trainings` are the runs, empty for one that was booked and not started. `handed_in` counts how often it
    was, `handed_in_at` is the last time. `points` are None before the teacher gave any, and while the class votes.
    `hidden` are the columns of numbers that would tell an answer. Times are Unix seconds.
    """

    student: Student
    exercise: StudentExercise
    version: int
    newest: int
    state: State
    standing: Standing
    asked: Mapping[At, Asked]
    reached: frozenset[At]
    trainings: tuple[str, ...]
    handed_in: int
    handed_in_at: float | None
    points: float | None
    comment: str
    hidden: tuple[str, ...] = ()


def missing_of(work: Work) -> tuple[str, ...]:
    """Say what is not done in a work; of an answer that the class talks about, nothing but that it is there."""
    found = []
    for i, step in enumerate(work.exercise.steps):
        for j in range(len(step.asks)):
            last, where = work.asked[i, j].last, f"Step {i + 1}, question {j + 1}"
            if last is None:
                found.append(f"{where} has no answer yet.")
            elif last.right is False:
                found.append(f"{where}: the last answer is not right.")
        lacking = (goal for j, goal in enumerate(step.goals) if (i, j) not in work.reached)
        found += (f"Step {i + 1}: a goal is not reached yet: {goal}" for goal in lacking)
    return tuple(found)


@dataclass(frozen=True)
class Outcome:
    """Hold what became of an answer: judged, or `committed` until the class is shown how everybody answered."""

    committed: bool
    right: bool | None
    slip: str
    said: str


@dataclass(frozen=True)
class Validated:
    """Hold what validating found, as sentences; none of them tells an answer."""

    missing: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether everything is answered and reached."""
        return not self.missing


@dataclass(frozen=True)
class Receipt:
    """Hold what was handed in, and when: `text` proves it. `answers` are (step, question, answer), from 0."""

    exercise: str
    title: str
    version: int
    student: str
    name: str
    number: int
    at: float
    answers: tuple[tuple[int, int, str], ...]
    goals: tuple[At, ...] = ()
    trainings: tuple[str, ...] = ()
    text: str = field(default="", compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the text, as JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "text"}
