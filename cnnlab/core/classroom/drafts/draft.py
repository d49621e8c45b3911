"""Be an exercise that is still being written: every expression is a text, and every text may be anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cnnlab.core.classroom.exercise import Exercise, Kind, Limits, kind_of
from cnnlab.core.lessons.lesson import Ask, Go, Step
from cnnlab.core.network import Network

T = TypeVar("T")
RIGHT, WRONG = "True", "False"
"""Conditions of a choice that is right, or wrong, whatever stands on the screen."""
MINUTES = 10


@dataclass(frozen=True)
class DraftMistake:
    """Hold a wrong answer that is recognised: the expression that gives it, and what is said to it."""

    gives: str = ""
    says: str = ""


@dataclass(frozen=True)
class DraftChoice:
    """Hold one answer of a choice; `right` is a condition."""

    text: str = ""
    right: str = WRONG
    says: str = ""


@dataclass(frozen=True)
class DraftAsk:
    """Hold a question; of `answer`, `choices`, `place` and `endings` only what belongs to its kind counts.

    The rest waits. `endings` are typed one after the other, `pdf, .ipynb`.
    """

    question: str = ""
    kind: Kind = "answer"
    answer: str = ""
    within: float = 0.0
    mistakes: tuple[DraftMistake, ...] = ()
    choices: tuple[DraftChoice, ...] = ()
    place: str = ""
    endings: str = ""
    hint: str = ""
    explain: str = ""


@dataclass(frozen=True)
class DraftGoal:
    """Hold a goal with its condition."""

    text: str = ""
    when: str = ""


@dataclass(frozen=True)
class DraftStep:
    """Hold a step."""

    title: str = ""
    go: Go = field(default_factory=lambda: Go("architecture"))
    text: str = ""
    asks: tuple[DraftAsk, ...] = ()
    goals: tuple[DraftGoal, ...] = ()


@dataclass(frozen=True)
class Draft:
    """Hold an exercise that is being written; what an `Exercise` has means the same here."""

    title: str = ""
    minutes: int = MINUTES
    message: str = ""
    by: str = ""
    due: float | None = None
    points: float | None = None
    seed: int = 0
    begin: Go = field(default_factory=lambda: Go("architecture"))
    network: Network = field(default_factory=Network.seed)
    weights_run: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    steps: tuple[DraftStep, ...] = (DraftStep(),)
    lang: str = "en"
    quote: str = ""
    link: str = ""

    def with_step(self, place: int, step: DraftStep) -> "Draft":
        """Return this with another step in one place."""
        return replace(self, steps=put(self.steps, place, step))


def of_kind(ask: DraftAsk, kind: Kind) -> DraftAsk:
    """Return a question of another kind; a choice begins with two answers, which nobody has typed yet."""
    choices = ask.choices if ask.choices or kind != "choices" else (DraftChoice(), DraftChoice())
    return replace(ask, kind=kind, choices=choices)


def put(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    """Return items with another one in one place."""
    return (*items[:place], item, *items[place + 1 :])


def without(items: tuple[T, ...], place: int) -> tuple[T, ...]:
    """Return items without that in one place."""
    return (*items[:place], *items[place + 1 :])


def moved(items: tuple[T, ...], place: int, by: int) -> tuple[T, ...]:
    """Return items with one of them moved by so many places, as far as there are any."""
    to = min(max(place + by, 0), len(items) - 1)
    rest = without(items, place)
    return (*rest[:to], items[place], *rest[to:])


def doubled(items: tuple[T, ...], place: int) -> tuple[T, ...]:
    """Return items with that in one place twice."""
    return (*items[: place + 1], *items[place:])


def draft_of(exercise: Exercise) -> Draft:
    """Return the draft that says the same as an exercise."""
    lesson = exercise.lesson
    return Draft(
        lesson.title,
        lesson.minutes,
        exercise.message,
        exercise.by,
        exercise.due,
        exercise.points,
        exercise.seed,
        exercise.begin,
        exercise.network,
        exercise.weights_run,
        exercise.only,
        exercise.hidden,
        exercise.limits,
        tuple(map(_step, lesson.steps)),
        lesson.lang,
        lesson.quote,
        lesson.link,
    )


def _step(step: Step) -> DraftStep:
    goals = tuple(DraftGoal(goal.text, goal.when.text) for goal in step.goals)
    return DraftStep(step.title, step.go, step.text, tuple(map(_ask, step.asks)), goals)


def _ask(ask: Ask) -> DraftAsk:
    return DraftAsk(
        ask.question,
        kind_of(ask),
        "" if ask.answer is None else ask.answer.text,
        ask.within,
        tuple(DraftMistake(each.gives.text, each.says) for each in ask.mistakes),
        tuple(DraftChoice(each.text, each.right.text, each.says) for each in ask.choices),
        "" if ask.place is None else ask.place.text,
        ", ".join(ask.endings),
        ask.hint,
        ask.explain,
    )
