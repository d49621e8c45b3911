"""Ask six questions before the lessons and six after them: the same ideas with new numbers, drawn for each student.

Everything about a student's two checks follows from an anonymous code and the answers, so nothing else need be kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from random import Random

from cnnlab.core.lessons.check_kinds import KINDS, Kind, Numbers
from cnnlab.core.shapes import trace
from cnnlab.core.teach.formulas import explain_layer
from cnnlab.core.teach.predict import numbers_in

BEFORE, AFTER = CHECKS = ("before", "after")
COUNT = len(KINDS)
CODE = re.compile(r"[a-hjkmnp-z2-9]{8}")
"""The form of a student's code, which a browser draws: no letter looks like a digit."""
LARGEST_ANSWER = 10**12
MOST_CHOICES = 4
_TRIES = 100


@dataclass(frozen=True)
class Question:
    """Hold one question, whose answer is one whole number.

    `numbers` are what was drawn, by name; `lesson` is the name of the one that teaches the idea; `choices` are empty
    where the number is typed; `slips` are (what a slip gives, its name, a sentence), none of them right; `explain` are
    lines that lead to the answer.
    """

    kind: str
    lesson: str
    text: str
    numbers: Mapping[str, int]
    right: int
    slips: tuple[tuple[int, str, str], ...]
    choices: Numbers
    explain: tuple[str, ...]

    def slip(self, answer: int) -> tuple[str, str]:
        """Return the name of the slip that gives this answer, and its sentence; both empty if none is known."""
        return next(((name, said) for value, name, said in self.slips if value == answer), ("", ""))


@dataclass(frozen=True)
class Taken:
    """Hold what a student answered so far in the two checks; None is *I do not know*."""

    code: str
    before: tuple[int | None, ...] = ()
    after: tuple[int | None, ...] = ()

    def answers(self, which: str) -> tuple[int | None, ...]:
        """Return the answers to one of `CHECKS`."""
        return self.before if which == BEFORE else self.after

    def answered(self, which: str, answer: int | None) -> "Taken":
        """Return this with one more answer; a check that is complete stays as it is."""
        given = {each: self.answers(each) for each in CHECKS}
        if len(given[which]) < COUNT:
            given[which] = (*given[which], answer)
        return Taken(self.code, **given)


def read_answer(given: str) -> int | None:
    """Return the whole number that was typed, None if it is none."""
    found = numbers_in(given, 1)
    return found[0] if found is not None and found[0] <= LARGEST_ANSWER else None


def questions(code: str, which: str) -> tuple[Question, ...]:
    """Return the six questions of one of `CHECKS` for a student's code; ValueError for what is no code."""
    if not CODE.fullmatch(code):
        raise ValueError("A code has eight letters and digits.")
    place = CHECKS.index(which)
    return tuple(_question(name, kind, _two(name, kind, code)[place]) for name, kind in KINDS.items())


def rows_of(taken: Taken, which: str) -> tuple[dict[str, object], ...]:
    """Return one row a question of a check, complete or not: what was asked, what was answered, and how."""
    asked = questions(taken.code, which)
    return tuple(
        {
            "code": taken.code,
            "check": which,
            "number": number,
            "kind": question.kind,
            "numbers": "; ".join(f"{name} {value}" for name, value in question.numbers.items()),
            "question": question.text,
            "given": "" if answer is None else answer,
            "expected": question.right,
            "right": answer == question.right,
            "slip": "did not know" if answer is None else question.slip(answer)[0],
        }
        for number, (question, answer) in enumerate(zip(asked, taken.answers(which), strict=False), 1)
    )


def _two(name: str, kind: Kind, code: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the numbers of both checks: no number, and no answer, comes twice.

    Only `Random.random` is promised to give the same numbers in every version of Python.
    """
    chance = Random(f"{code} {name}")
    offered = list(product(*kind.drawn.values()))

    def draw() -> Numbers:
        return offered[int(chance.random() * len(offered))]

    def answer(numbers: Numbers) -> int:
        return kind.value(trace(kind.network(*numbers))[-1])

    first = draw()
    others = (draw() for _ in range(_TRIES))
    second = next(
        each
        for each in others
        if all(a != b for a, b in zip(each, first, strict=True)) and answer(each) != answer(first)
    )
    return dict(zip(kind.drawn, first, strict=True)), dict(zip(kind.drawn, second, strict=True))


def _question(name: str, kind: Kind, numbers: Mapping[str, int]) -> Question:
    network = kind.network(*numbers.values())
    rows = trace(network)
    right = kind.value(rows[-1])
    known: dict[int, tuple[int, str, str]] = {}
    for value, slip in kind.slips(network, rows):
        if value != right and value > 0:
            known.setdefault(value, (value, slip.name, slip.message))
    lines = {each.name: f"{each.line}. {each.words}" for each in explain_layer(network.layers[-1], rows, len(rows) - 1)}
    choices = tuple(sorted([right, *list(known)[: MOST_CHOICES - 1]])) if kind.offers else ()
    return Question(
        name,
        kind.lesson,
        kind.text.format(**numbers),
        numbers,
        right,
        tuple(known.values()),
        choices,
        tuple(f"{each}: {lines[each]}" for each in kind.lines),
    )
