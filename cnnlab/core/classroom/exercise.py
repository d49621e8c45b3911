"""Be an exercise: a lesson with settings, and the part of it that a student may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cnnlab.core.lessons.lesson import Ask, Go, Lesson, Step
from cnnlab.core.lessons.playing import network_of
from cnnlab.core.network import Network

At = tuple[int, int]
"""Where a question or a goal stands: the position of its step, and its own in the step; both count from 0."""
Kind = Literal["answer", "choices", "place", "sentence", "file"]
ANY = "*"


@dataclass(frozen=True)
class Limits:
    """Hold what an exercise allows a student; None is what the server allows.

    `epochs` and `minutes` are those of one training, `params` of its network, `trainings` how many may be started.
    """

    epochs: int | None = None
    params: int | None = None
    minutes: int | None = None
    trainings: int | None = None


@dataclass(frozen=True)
class StudentAsk:
    """Hold a question as a student may see it; `hint` and `explain` are empty until they may be told.

    `endings` are those that a file may have, none for any.
    """

    question: str
    kind: Kind
    choices: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    has_hint: bool = False
    hint: str = ""
    explain: str = ""


@dataclass(frozen=True)
class StudentStep:
    """Hold a step as a student may see it; `goals` are their texts."""

    title: str
    go: Go
    text: str
    asks: tuple[StudentAsk, ...]
    goals: tuple[str, ...]


@dataclass(frozen=True)
class StudentExercise:
    """Hold an exercise as a student may see it: no expected answer, no condition of a goal, no hint that was not asked.

    `due` is in Unix seconds; `points` are the most that can be had.
    """

    title: str
    message: str
    by: str
    lang: str
    minutes: int
    begin: Go
    network: Network
    weights_run: str
    only: Mapping[str, tuple[str, ...]]
    hidden: Mapping[str, tuple[str, ...]]
    limits: Limits
    due: float | None
    seed: int
    points: float
    steps: tuple[StudentStep, ...]

    def may_touch(self, page: str, handle: str) -> bool:
        """Tell whether a student may touch a control of a page, by its handle."""
        allowed = self.only.get(page)
        return (allowed is None or _is_named(allowed, handle)) and not self.hides(page, handle)

    def hides(self, page: str, handle: str) -> bool:
        """Tell whether a control of a page is not shown to a student, by its handle."""
        return _is_named(self.hidden.get(page, ()), handle)


@dataclass(frozen=True)
class Exercise:
    """Hold an exercise.

    `begin` says which page, picture, data, weights, layer and settings a student begins with, on top of `network`;
    `weights_run` is the run whose weights those are, empty for those that `begin` names. `message` is Markdown, `by`
    who gives it out. `only` has for a page the handles of its controls that may be touched, `*` at the end of one
    standing for any ending; on a page that is not named everything may be. `hidden` has in the same way those that are
    not even shown. `due` is in Unix seconds. `seed` is that of
    random weights and of trainings. `points` are the most that can be had, None one for each question and goal.
    """

    lesson: Lesson
    begin: Go
    network: Network = field(default_factory=Network.seed)
    weights_run: str = ""
    message: str = ""
    by: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    due: float | None = None
    seed: int = 0
    points: float | None = None

    @property
    def title(self) -> str:
        """Return the title."""
        return self.lesson.title

    @property
    def begins_with(self) -> Network:
        """Return the network that a student begins with; raise `NetworkFormatError` if a change names what is not."""
        return network_of(self.begin, self.network)

    @property
    def asks(self) -> dict[At, Ask]:
        """Return every question by where it stands."""
        return {(i, j): ask for i, step in enumerate(self.lesson.steps) for j, ask in enumerate(step.asks)}

    @property
    def asks_of_class(self) -> dict[At, Ask]:
        """Return every question that a whole class can be asked: a file is handed in by each student alone."""
        return {at: ask for at, ask in self.asks.items() if not ask.file}

    @property
    def goals(self) -> tuple[At, ...]:
        """Return where every goal stands."""
        return tuple((i, j) for i, step in enumerate(self.lesson.steps) for j in range(len(step.goals)))

    @property
    def max_points(self) -> float:
        """Return the most points that can be had."""
        return float(len(self.asks) + len(self.goals)) if self.points is None else self.points

    def may_touch(self, page: str, handle: str) -> bool:
        """Tell whether a student may touch a control of a page, by its handle."""
        allowed = self.only.get(page)
        return (allowed is None or _is_named(allowed, handle)) and not self.hides(page, handle)

    def hides(self, page: str, handle: str) -> bool:
        """Tell whether a control of a page is not shown to a student, by its handle."""
        return _is_named(self.hidden.get(page, ()), handle)

    def for_student(self, hinted: Collection[At] = (), explained: Collection[At] = ()) -> StudentExercise:
        """Return what a student may see; hints and explanations only of the questions that are named."""
        steps = tuple(_for_student(i, step, hinted, explained) for i, step in enumerate(self.lesson.steps))
        return StudentExercise(
            self.title,
            self.message,
            self.by,
            self.lesson.lang,
            self.lesson.minutes,
            self.begin,
            self.begins_with,
            self.weights_run,
            self.only,
            self.hidden,
            self.limits,
            self.due,
            self.seed,
            self.max_points,
            steps,
        )


def kind_of(ask: Ask) -> Kind:
    """Return what a question asks for."""
    if ask.sentence:
        return "sentence"
    if ask.file:
        return "file"
    if ask.place is not None:
        return "place"
    return "choices" if ask.choices else "answer"


def _is_named(handles: Collection[str], handle: str) -> bool:
    return any(handle.startswith(one[:-1]) if one.endswith(ANY) else handle == one for one in handles)


def _for_student(place: int, step: Step, hinted: Collection[At], explained: Collection[At]) -> StudentStep:
    asks = tuple(
        StudentAsk(
            ask.question,
            kind_of(ask),
            tuple(choice.text for choice in ask.choices),
            ask.endings,
            bool(ask.hint),
            ask.hint if (place, j) in hinted else "",
            ask.explain if (place, j) in explained else "",
        )
        for j, ask in enumerate(step.asks)
    )
    return StudentStep(step.title, step.go, step.text, asks, tuple(goal.text for goal in step.goals))
