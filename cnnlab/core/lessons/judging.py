"""Judge what a student answers: right or wrong, which slip was made, and why something cannot be an answer yet."""

import re
from dataclasses import replace

from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.language import Expression, Facts, LanguageError, NotYet, Value, evaluate, holds, read, shown
from cnnlab.core.lessons.lesson import Ask, Choice
from cnnlab.core.lessons.motif_answers import judge_motif
from cnnlab.core.lessons.situation import Situation
from cnnlab.core.lessons.texts import filled
from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names, trace
from cnnlab.core.teach.predict import ASKED, SIDES, Verdict
from cnnlab.core.teach.predict import judge as judge_row

LONGEST_ANSWER = 300
_CHOOSE = "Choose one of the answers."
_ABOUT_A_LAYER = re.compile(r"(\w+)\((?:'([^']*)'|\"([^\"]*)\")\)")
_ARITHMETIC = re.compile(r"[\d\s.()+\-−*/×·]{3,60}")
_SIGNS = str.maketrans({"×": "*", "·": "*", "−": "-"})
_NUMBER = re.compile(r"[-−]?\d[\d,  ’']*(?:\.\d+)?")


def judge(ask: Ask, given: str, situation: Situation) -> Verdict:
    """Judge an answer as it was typed, or the place of a choice; raise `LanguageError`.

    Where the answer is a number of a layer the known slips are recognised, and those that the lesson names.
    """
    facts = facts_of(situation)
    given = given[:LONGEST_ANSWER].strip()
    if ask.sentence:
        return Verdict(bool(given), given, "Kept." if given else "One sentence is enough.")
    if ask.choices:
        return _choice(ask, given, facts)
    if ask.place is not None:
        return _placed(ask, ask.place, situation)
    if ask.motif:
        return judge_motif(ask.motif, given)
    assert ask.answer is not None
    try:
        right = evaluate(ask.answer, facts)
    except NotYet as reason:
        return Verdict(False, given, str(reason))
    known = _known_slip(ask.answer, given, situation)
    if known is not None and known.right:
        return known
    number = _read(given, right)
    if number is None:
        return known or Verdict(False, given, f"Expected {_expected(right)}.")
    if _same(number, right, ask.within):
        return Verdict(True, given, f"Right: {shown(right)}.")
    for mistake in ask.mistakes:
        if _same(number, _or_none(mistake.gives, facts), ask.within):
            return Verdict(False, given, filled(mistake.says, facts), mistake.says)
    return known or Verdict(False, given, _direction(number, right))


def why_not(ask: Ask, given: str, situation: Situation) -> str:
    """Return in one sentence why something cannot be an answer now, right or wrong; empty if it can be.

    Nothing was given, no such choice is offered, or a fact that the question asks for is not there yet.
    """
    if ask.file:
        return "This question takes a file."
    if ask.choices:
        return "" if _chosen(ask, given) is not None else _CHOOSE
    wanted, typed = ask.answer or ask.place, given[:LONGEST_ANSWER].strip()
    try:
        right = None if wanted is None else evaluate(wanted, facts_of(situation))
    except NotYet as reason:
        return str(reason)
    if ask.place is not None or not typed:
        return "" if ask.place is not None else "Type an answer first."
    # Whoever types a digit tries, and is told what is wrong with it.
    is_read = right is None or any(c.isdigit() for c in typed) or _read(typed, right) is not None
    return "" if right is None or is_read else f"Expected {_expected(right)}."


def _chosen(ask: Ask, given: str) -> Choice | None:
    if not given.isascii() or not given.isdecimal() or len(given) > 2 or int(given) >= len(ask.choices):
        return None
    return ask.choices[int(given)]


def _choice(ask: Ask, given: str, facts: Facts) -> Verdict:
    choice = _chosen(ask, given)
    if choice is None:
        return Verdict(False, given, _CHOOSE)
    right = holds(choice.right, facts)
    said = filled(choice.says, facts) or ("Right." if right else "Not that; look again.")
    return Verdict(right, given, said, "" if right else choice.text)


def _placed(ask: Ask, wanted: Expression, situation: Situation) -> Verdict:
    """Judge the place that was pressed; whoever swaps rows and columns is told so."""
    facts = facts_of(situation)
    try:
        here = situation.place()
        right = bool(evaluate(wanted, facts))
    except NotYet as reason:
        return Verdict(False, "", str(reason))
    if right:
        return Verdict(True, here.said, f"Right: {here.said}.")
    for mistake in ask.mistakes:
        if holds(mistake.gives, facts):
            return Verdict(False, here.said, filled(mistake.says, facts), mistake.says)
    swapped = facts_of(replace(situation, place=lambda: here.swapped))
    if {("row", 0), ("column", 0)} <= wanted.asked and holds(wanted, swapped):
        said = f"Rows and columns are swapped: this is row {here.row}, column {here.column}. The row comes first."
        return Verdict(False, here.said, said, "rows and columns swapped")
    return Verdict(False, here.said, f"Not {here.said}; look again.")


def _known_slip(answer: Expression, given: str, situation: Situation) -> Verdict | None:
    """Return what the instruments say to this answer, if they ask for the same number."""
    asked = number_of_layer(answer, situation.network)
    return asked and judge_row(situation.network, trace(situation.network), *asked, given)


def number_of_layer(answer: Expression, network: Network) -> tuple[int, str] | None:
    """Return which layer and which of its numbers an answer asks for, None if the instruments do not ask for it."""
    found = _ABOUT_A_LAYER.fullmatch(answer.text)
    if found is None or found[1] not in {*ASKED, *SIDES}:
        return None
    return layer_names(network).index(found[2] or found[3]), found[1]


def _read(given: str, right: Value) -> Value | None:
    """Return an answer of the kind of the right one, None if it is none."""
    if isinstance(right, bool):
        return {"yes": True, "no": False}.get(given.casefold())
    if isinstance(right, str):
        return given.casefold() if given else None
    found = [_plain(each) for each in _NUMBER.findall(given)]
    if isinstance(right, tuple):
        return tuple(int(each) for each in found) if len(found) == len(right) else None
    if len(found) != 1:
        return _worked_out(given)
    return found[0] / 100 if "%" in given or _is_percent(found[0], right) else found[0]


def _is_percent(number: float, right: float) -> bool:
    """Tell whether somebody who was asked for a share wrote 44 for 44 %: no share is larger than 1."""
    return isinstance(right, float) and 0 < right < 1 < number <= 100


def _worked_out(given: str) -> float | None:
    """Return what arithmetic such as 150 − 3 + 1 or 180/360 comes to, None if it is none."""
    if not _ARITHMETIC.fullmatch(given):
        return None
    try:
        value = evaluate(read(given.translate(_SIGNS)), {})
    except (LanguageError, NotYet):
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(number: str) -> float:
    return float(re.sub(r"[,  ’']", "", number).replace("−", "-"))


def _same(given: Value, right: Value | None, within: float) -> bool:
    given, right = _alone(given), None if right is None else _alone(right)
    if isinstance(right, str):
        return given == right.casefold()
    if isinstance(right, int | float) and isinstance(given, int | float) and not isinstance(right, bool):
        return abs(given - right) <= max(within * abs(right), 1e-9 * abs(right))
    return given == right


def _alone(value: Value) -> Value:
    """Return the number that is all of a shape such as (9248,); anything else as it is."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _or_none(expression: Expression, facts: Facts) -> Value | None:
    try:
        return evaluate(expression, facts)
    except NotYet:
        return None


def _expected(right: Value) -> str:
    if isinstance(right, tuple):
        return f"{len(right)} numbers"
    return {bool: "yes or no", str: "a name"}.get(type(right), "one number")


def _direction(given: Value, right: Value) -> str:
    if isinstance(given, int | float) and isinstance(right, int | float):
        return f"Not {shown(given)}; it is {'more' if given < right else 'less'}."
    return f"Not {shown(given)}; look again."
