"""Make an exercise of a draft, or say in sentences, each with its place, what it still lacks."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from cnnlab.core.classroom.drafts.draft import Draft, DraftAsk, DraftStep, draft_of
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.flaws import flaws
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.classroom.writing import exercise_file
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.lessons.language import Expression
from cnnlab.core.lessons.lesson import Ask, Choice, Goal, Lesson, LessonError, Mistake, Step
from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal

NAME = "exercise"
"""The name of the file of an exercise, without its ending."""


@dataclass(frozen=True)
class Lack:
    """Hold what a draft lacks in one sentence; `step` counts from 0, None is the whole."""

    said: str
    step: int | None = None

    @property
    def sentence(self) -> str:
        """Return the sentence with its place."""
        return self.said if self.step is None else f"Step {self.step + 1}: {self.said}"


def file_of_draft(draft: Draft) -> str:
    """Return the file of a draft, readable or not; raise `Refusal` for a network that no file can hold."""
    return exercise_file(_unread(draft))


def finished(
    draft: Draft, settings: Settings, now: float, sets: Collection[str] = tuple(SETS)
) -> tuple[Exercise | None, tuple[Lack, ...]]:
    """Return the exercise that a draft is, None if it cannot be read as one, and what is wrong with it.

    `settings` are the server's, `now` is in Unix seconds, `sets` the references of the data sets that may be named.
    """
    lacks = tuple(_lacks(draft))
    if lacks:
        return None, lacks
    text = ""
    try:
        text = file_of_draft(draft)
        exercise = read_exercise(f"{NAME}.md", text.encode())
    except LessonError as error:
        return None, (Lack(_upper(error.message), step_at(text, error.line)),)
    except Refusal as error:
        return None, (Lack(str(error)),)
    if (unlike := _other(draft, exercise)) is not None:
        return None, (unlike,)
    found = flaws(exercise, settings, now, sets)
    return exercise, tuple(Lack(_upper(said), step_at(text, line)) for line, said in found)


def step_at(text: str, line: int) -> int | None:
    """Return which step of a file a line belongs to, counted from 0; None for what stands before the first."""
    before = text.split("\n")[:line]
    count = sum(each.startswith("## ") for each in before)
    return count - 1 if count else None


def _lacks(draft: Draft) -> Iterator[Lack]:
    """Yield what is not there yet, in the words of who fills a form in."""
    if not draft.title.strip():
        yield Lack("Give the exercise a title.")
    if not draft.steps:
        yield Lack("Add a step.")
    for place, step in enumerate(draft.steps):
        if not step.title.strip():
            yield Lack("give it a title.", place)
        for number, ask in enumerate(step.asks, 1):
            if said := _lack(ask):
                yield Lack(f"question {number} {said}", place)
        for number, goal in enumerate(step.goals, 1):
            if not goal.text.strip() or not goal.when.strip():
                yield Lack(f"goal {number} lacks {'its words' if goal.when.strip() else 'what is to hold'}.", place)


def _lack(ask: DraftAsk) -> str:
    """Return what a question lacks, empty for nothing."""
    if not ask.question.strip():
        return "asks nothing yet; type the question."
    if ask.kind == "answer" and not ask.answer.strip():
        return "has no answer yet; choose what is asked."
    if ask.kind == "place" and not ask.place.strip():
        return "has no place yet; choose where it is."
    if ask.kind == "place" and not ask.explain.strip():
        return "needs an explanation that says where the place is."
    if ask.kind == "choices":
        if len(ask.choices) < 2:
            return "needs at least two answers to choose from; add one."
        if empty := [str(place) for place, each in enumerate(ask.choices, 1) if not each.text.strip()]:
            return f"lacks the words of answer {' and '.join(empty)}."
        if all(each.right == ask.choices[0].right for each in ask.choices):
            return "needs answers that are right and others that are not; mark them."
    return ""


def _unread(draft: Draft) -> Exercise:
    """Return the exercise with expressions that nobody has read."""
    steps = tuple(
        Step(
            _line(step.title),
            step.go,
            step.text.strip(),
            tuple(map(_ask, step.asks)),
            tuple(Goal(_line(goal.text), _expression(goal.when)) for goal in step.goals),
            0,
        )
        for step in draft.steps
    )
    lesson = Lesson(NAME, _line(draft.title), draft.minutes, draft.lang, draft.quote, draft.link, steps)
    return Exercise(
        lesson,
        draft.begin,
        draft.network,
        draft.weights_run,
        draft.message.strip(),
        _line(draft.by),
        draft.only,
        draft.hidden,
        draft.limits,
        draft.due,
        draft.seed,
        draft.points,
    )


def _ask(ask: DraftAsk) -> Ask:
    with_slips = ask.kind in ("answer", "place")
    return Ask(
        ask.question.strip(),
        _expression(ask.answer) if ask.kind == "answer" else None,
        ask.within if ask.kind == "answer" else 0.0,
        tuple(Mistake(_expression(each.gives), each.says) for each in ask.mistakes) if with_slips else (),
        tuple(Choice(each.text, _expression(each.right), each.says) for each in ask.choices)
        if ask.kind == "choices"
        else (),
        _expression(ask.place) if ask.kind == "place" else None,
        ask.kind == "sentence",
        ask.kind == "file",
        _endings(ask.endings) if ask.kind == "file" else (),
        ask.hint.strip(),
        ask.explain.strip(),
    )


def _endings(typed: str) -> tuple[str, ...]:
    """Return the endings that were typed, each once, small and with its point."""
    words = typed.replace(",", " ").replace(";", " ").casefold().split()
    return tuple(dict.fromkeys(f".{word.lstrip('*.')}" for word in words))


def _expression(text: str) -> Expression:
    return Expression(" ".join(text.split()), frozenset())


def _line(text: str) -> str:
    return " ".join(text.split())


def _other(draft: Draft, exercise: Exercise) -> Lack | None:
    """Return what would be read as something else than was typed: a heading or a fence in a text."""
    typed, read = draft_of(_unread(draft)), draft_of(exercise)
    for place, (one, other) in enumerate(zip(typed.steps, read.steps, strict=False)):
        if _words(one) != _words(other) or _rest(one) != _rest(other):
            return Lack(_FENCES, place)
    return None if len(typed.steps) == len(read.steps) else Lack(_FENCES)


_FENCES = (
    "it would be read as something else than you typed: a text holds no heading ##, and closes each ``` that it opens."
)


def _words(step: DraftStep) -> list[str]:
    """Return title and text without their white space, which Markdown does not tell apart."""
    return [*step.title.split(), "", *step.text.split()]


def _rest(step: DraftStep) -> DraftStep:
    return replace(step, title="", text="")


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]
