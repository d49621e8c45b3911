"""Keep a draft as a text in a browser's tab, and read it back from a text that anybody may have changed."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, get_args

from cnnlab.core.classroom.drafts.draft import Draft, DraftAsk, DraftChoice, DraftGoal, DraftMistake, DraftStep
from cnnlab.core.classroom.exercise import Kind, Limits
from cnnlab.core.classroom.writing import changed
from cnnlab.core.exchange.link import decode, encode
from cnnlab.core.lessons.lesson import Go
from cnnlab.core.lessons.reading import Reader
from cnnlab.core.words import Refusal

LONGEST_DRAFT = 200_000
_PLAIN: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "float | None": (int, float, type(None)),
    "int | None": (int, type(None)),
}
T = TypeVar("T")


class DraftError(Refusal):
    """Say that a text is no draft."""


def text_of(draft: Draft) -> str:
    """Return a draft as text; raise `Refusal` for one that is too large to be kept."""
    form = changed(draft) | {"network": encode(draft.network), "begin": changed(draft.begin)}
    form["limits"] = changed(draft.limits)
    form["steps"] = [_step(step) for step in draft.steps]
    text = json.dumps(form, ensure_ascii=False)
    if len(text) > LONGEST_DRAFT:
        raise DraftError("This draft is too large to be kept in the browser; save it, or take it along as a file.")
    return text


def read_draft(text: str) -> Draft:
    """Return the draft that a text keeps; raise `Refusal` for every other text, and nothing else."""
    try:
        if len(text) > LONGEST_DRAFT:
            raise DraftError("A kept draft is not as long as this.")
        form = dict(json.loads(text))
        network = decode(form.pop("network"))
        begin, limits = _go(form.pop("begin")), _made(Limits, form.pop("limits"))
        only, hidden = (_handles(form.pop(name, {})) for name in ("only", "hidden"))
        steps = tuple(_read_step(dict(each)) for each in form.pop("steps"))
        made = _made(Draft, form)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DraftError("This is no draft of an exercise.") from None
    return replace(made, network=network, begin=begin, limits=limits, only=only, hidden=hidden, steps=steps)


def _step(step: DraftStep) -> dict[str, Any]:
    asks = [
        changed(ask) | {"mistakes": list(map(changed, ask.mistakes)), "choices": list(map(changed, ask.choices))}
        for ask in step.asks
    ]
    go = changed(step.go)
    return changed(step) | {"go": go, "asks": asks, "goals": list(map(changed, step.goals))}


def _read_step(form: dict[str, Any]) -> DraftStep:
    go = _go(form.pop("go"))
    asks = tuple(_read_ask(dict(each)) for each in form.pop("asks"))
    goals = tuple(_made(DraftGoal, each) for each in form.pop("goals"))
    return replace(_made(DraftStep, form), go=go, asks=asks, goals=goals)


def _read_ask(form: dict[str, Any]) -> DraftAsk:
    mistakes = tuple(_made(DraftMistake, each) for each in form.pop("mistakes"))
    choices = tuple(_made(DraftChoice, each) for each in form.pop("choices"))
    ask = replace(_made(DraftAsk, form), mistakes=mistakes, choices=choices)
    if ask.kind not in get_args(Kind):
        raise DraftError("There is no such kind of question.")
    return ask


def _go(form: Any) -> Go:
    return Reader("draft", "en").go(dict(form), 1)


def _handles(form: Any) -> dict[str, tuple[str, ...]]:
    return {str(page): tuple(map(str, handles)) for page, handles in dict(form).items()}


def _made(kind: type[T], form: Mapping[str, Any]) -> T:
    """Return what a table of plain values makes; raise TypeError for another kind of value, or an unknown name."""
    known = {each.name: _PLAIN.get(_name(each.type)) for each in fields(kind)}  # type: ignore[arg-type]
    for name, value in form.items():
        allowed = known.get(name)
        if allowed is None or not isinstance(value, allowed) or isinstance(value, bool):
            raise TypeError(name)
    return kind(**form)


def _name(annotation: Any) -> str:
    if annotation is Kind:
        return "str"
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
