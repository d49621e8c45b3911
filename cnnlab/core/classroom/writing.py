"""Write an exercise as its file, so that reading it gives the same exercise again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime
from typing import Any

from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.exchange.link import encode
from cnnlab.core.lessons.lesson import Ask, Lesson, Step
from cnnlab.core.network import Network
from cnnlab.core.words import Refusal

_FENCE = "```"


class WritingError(Refusal):
    """Say in one sentence why an exercise cannot be written as a file."""


def write_exercise(exercise: Exercise) -> str:
    """Return the file of an exercise; raise `WritingError` for one that would be read as something else.

    A text with a heading, or with a fence that stays open, would begin a step or swallow a question. What no file may
    hold, such as too long a text, raises `LessonError`.
    """
    text = exercise_file(exercise)
    name = f"{exercise.lesson.name}.md"
    if _without_lines(read_exercise(name, text.encode())) != _without_lines(exercise):
        raise WritingError(
            "This exercise would be read as another one: a title is one line, and a text holds no heading of a step "
            f"(##) and closes each fence ({_FENCE}) that it opens; change the text."
        )
    return text


def exercise_file(exercise: Exercise) -> str:
    """Return the file of an exercise, whatever would be read from it."""
    return "".join(_file(exercise))


def _without_lines(exercise: Exercise) -> Exercise:
    steps = tuple(replace(step, line=0) for step in exercise.lesson.steps)
    return replace(exercise, lesson=replace(exercise.lesson, steps=steps))


def _file(exercise: Exercise) -> Iterator[str]:
    yield "+++\n"
    yield from _pairs(_lesson_facts(exercise.lesson))
    yield "\n[exercise]\n"
    yield from _pairs(_exercise_facts(exercise))
    yield "+++\n"
    for step in exercise.lesson.steps:
        yield from _step(step)


def _lesson_facts(lesson: Lesson) -> dict[str, Any]:
    facts = {name: getattr(lesson, name) for name in ("title", "minutes", "lang", "quote", "link")}
    return {name: value for name, value in facts.items() if value != ""}


def _exercise_facts(exercise: Exercise) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(exercise, name) for name in ("message", "by", "weights_run")}
    facts["network"] = "" if exercise.network == Network.seed() else encode(exercise.network)
    facts |= {
        "due": None if exercise.due is None else datetime.fromtimestamp(exercise.due, UTC),
        "seed": exercise.seed or None,
        "points": exercise.points,
        "begin": changed(exercise.begin),
        "only": exercise.only,
        "hidden": exercise.hidden,
        "limits": changed(exercise.limits),
    }
    return {name: value for name, value in facts.items() if value not in ("", None, {})}


def changed(value: Any) -> dict[str, Any]:
    """Return by name what a dataclass holds that is not its default."""
    found: dict[str, Any] = {}
    for each in fields(value):
        default = each.default if each.default_factory is MISSING else each.default_factory()
        if (one := getattr(value, each.name)) != default:
            found[each.name] = one
    return found


def _step(step: Step) -> Iterator[str]:
    yield f"\n## {step.title}\n\n"
    yield from _directive("go", changed(step.go))
    if step.text:
        yield f"\n{step.text}\n"
    for ask in step.asks:
        yield from _directive("ask", _ask(ask))
    for goal in step.goals:
        yield from _directive("goal", {"text": goal.text, "when": goal.when.text})


def _ask(ask: Ask) -> dict[str, Any]:
    facts: dict[str, Any] = {"question": ask.question}
    facts |= {name: one.text for name in ("answer", "place") if (one := getattr(ask, name)) is not None}
    facts["within"] = ask.within
    facts["mistakes"] = [{"gives": each.gives.text, "says": each.says} for each in ask.mistakes]
    facts["choices"] = [{"text": each.text, "right": each.right.text, "says": each.says} for each in ask.choices]
    facts |= {"motif": ask.motif, "sentence": ask.sentence, "file": ask.file, "endings": ask.endings}
    facts |= {"hint": ask.hint, "explain": ask.explain}
    return {name: value for name, value in facts.items() if value or name == "question"}


def _directive(kind: str, facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n{_FENCE}{{{kind}}}\n"
    yield from _pairs(facts)
    yield f"{_FENCE}\n"


def _pairs(facts: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(name)} = {_value(value)}\n" for name, value in facts.items())


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _value(name)


def _value(value: Any) -> str:
    """Return a value as TOML; what JSON writes of texts and numbers is TOML too, but for one control character."""
    match value:
        case Mapping():
            return "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }"
        case datetime():
            return value.isoformat()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Sequence():
            return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
