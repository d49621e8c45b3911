"""Judge what somebody predicts for one number of a layer, and recognise the slip behind a wrong answer.

Every slip is a formula that people really use instead of the right one; what it gives for this layer is compared
with the answer. `cnnlab.core.teach.slips` holds the formulas.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnnlab.core.network import Network
from cnnlab.core.network.layers import AXES, Slip, numbers_of
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import describe_pair, describe_shape
from cnnlab.core.teach.slips import field_slips, macs_slips, params_slips, shape_slips

Answer = tuple[int, ...]
MOST_CHARACTERS = 60
_NUMBER = re.compile(r"\d+")
_WHOLE = re.compile(r"[\d\s.,'’()\[\]×x*·;NnOoEe]*")
_GROUPED = re.compile(r"(?<=\d)[,'’ .](?=\d{3}(?!\d))")


@dataclass(frozen=True)
class Verdict:
    """Tell whether an answer is right, in a sentence; `slip` names what went wrong, empty if right or unknown."""

    right: bool
    given: str
    message: str
    slip: str = ""


@dataclass(frozen=True)
class _Asked:
    """Describe one number that can be asked for: its name, its value in a row, and the slips around it."""

    said: str
    value: Callable[[Row], Answer]
    show: Callable[[Answer], str]
    slips: Callable[[Network, Sequence[Row], int], Iterator[Slip]]


ASKED: Mapping[str, _Asked] = {
    "shape": _Asked("output shape", lambda row: row.output_shape, describe_shape, shape_slips),
    "params": _Asked("parameters", lambda row: (row.params,), lambda a: f"{a[0]:,}", params_slips),
    "macs": _Asked("multiply-adds", lambda row: (row.macs,), lambda a: f"{a[0]:,}", macs_slips),
    "field": _Asked("receptive field", lambda row: row.receptive_field, describe_pair, field_slips),
}
"""What can be asked for: output shape (height, width, channels), parameters, multiply-adds, receptive field."""


def _side(said: str, place: int) -> _Asked:
    """Ask for one number of the output shape; its slips are those of the shape that differ there."""

    def slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
        right = rows[index].output_shape
        for slip in shape_slips(network, rows, index):
            if len(slip.value) == len(right) and slip.value[place] != right[place]:
                yield Slip(slip.name, (slip.value[place],), slip.message)

    return _Asked(said, lambda row: (row.output_shape[place],), lambda a: f"{a[0]:,}", slips)


SIDES: Mapping[str, _Asked] = {
    "height": _side("height of the maps", 0),
    "width": _side("width of the maps", 1),
    "channels": _side("output channels", -1),
}
"""What a lesson or an exercise can ask for beside that: one number of the output shape."""


def known_slips(network: Network, rows: Sequence[Row], index: int, column: str) -> Iterator[str]:
    """Yield what each slip gives for `column` of layer `index`, as it is written; one answer for each sentence."""
    asked, said = _asked(column), set()
    for slip in asked.slips(network, rows, index):
        if slip.message not in said:
            said.add(slip.message)
            yield asked.show(slip.value)


def judge(network: Network, rows: Sequence[Row], index: int, column: str, given: str) -> Verdict:
    """Judge an answer, as it was typed, for `column` (a key of `ASKED` or of `SIDES`) of layer `index`.

    A shape may be written 148 × 148 × 32, 148, 148, 32 or (None, 148, 148, 32); a count with or without commas; one
    number stands for a square receptive field, or for the height and width of maps, which is still asked for in full.
    """
    asked = _asked(column)
    right = asked.value(rows[index])
    numbers = numbers_in(given, len(right), square=column == "field")
    if numbers is None and (alone := _one_side(network, rows, index, asked, given)):
        return alone
    if numbers is None:
        example = describe_shape(right) if len(right) == 1 else " × ".join(_names(column, network)[: len(right)])
        wanted = "one whole number" if len(right) == 1 else f"{len(right)} numbers: {example}"
        return Verdict(False, given[:MOST_CHARACTERS], f"Here the {asked.said} is {wanted}.")
    if numbers == right:
        return Verdict(True, given, f"Right: {asked.show(right)}.")
    for slip in asked.slips(network, rows, index):
        if slip.value == numbers:
            return Verdict(False, given, slip.message, slip.name)
    return Verdict(False, given, _hint(_names(column, network), numbers, right))


def _asked(column: str) -> _Asked:
    return ASKED[column] if column in ASKED else SIDES[column]


def _names(column: str, network: Network) -> tuple[str, ...]:
    """Name the numbers of an answer of more than one number."""
    sides = tuple(name for name, *_ in AXES[network.rank])
    return sides if column == "field" else (*sides, "channels")


def _one_side(network: Network, rows: Sequence[Row], index: int, asked: _Asked, given: str) -> Verdict | None:
    """Judge what was typed for a whole shape as its height and width alone, or None if nothing is known of it."""
    right = asked.value(rows[index])
    sides = len(right) - 1
    if sides < 1 or (side := numbers_in(given, sides, square=True)) is None or asked.said != "output shape":
        return None
    *names, last = numbers_of(right)
    whole = f"Write {'both' if sides == 1 else 'all three'}: {' × '.join((*names, last))}."
    if side == right[:-1]:
        return Verdict(False, given, f"{describe_pair(side)} is its {' and '.join(names)}. {whole}")
    for slip in asked.slips(network, rows, index):
        if slip.value[:-1] == side:
            return Verdict(False, given, f"{slip.message} {whole}", slip.name)
    return None


def numbers_in(given: str, count: int, square: bool = False) -> Answer | None:
    """Return the numbers of an answer, or None if it is not `count` numbers; a leading None is the batch.

    With `square` one number stands for two equal ones.
    """
    if len(given) > MOST_CHARACTERS or not _WHOLE.fullmatch(given):
        return None
    text = re.sub(r"^\s*[(\[]?\s*none\b", "", given.strip(), flags=re.IGNORECASE)
    if re.search("[a-wyz]", text, re.IGNORECASE):
        return None
    found = tuple(int(n) for n in _NUMBER.findall(text))
    if len(found) != count:
        found = tuple(int(n) for n in _NUMBER.findall(_GROUPED.sub("", text)))
    if square and count == 2 and len(found) == 1:
        found = found * 2
    return found if len(found) == count else None


def _hint(names: Sequence[str], numbers: Answer, right: Answer) -> str:
    """Say what is right in a wrong answer, without giving the rest away."""
    if len(right) == 1:
        return f"Not {numbers[0]:,}; it is {'more' if numbers[0] < right[0] else 'less'}."
    wrong = [name for name, n, r in zip(names, numbers, right, strict=False) if n != r]
    return f"Not yet: look at the {' and the '.join(wrong)} again."
