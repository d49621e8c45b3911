"""Read and evaluate the closed language of lessons: named facts, numbers, comparisons, and, or, not.

An expression is Python's grammar with nearly everything left out, so that a file or a link can compute nothing else:
no attribute, no index, no power, no loop; a call is a fact with constants. Its length, its parts and its numbers are
bounded, so is its time.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab.core.words import Refusal

Value = bool | int | float | str | tuple[int, ...]

LONGEST = 300
MOST_PARTS = 80
LARGEST = 10**15

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_COMPARISONS: Mapping[type[ast.cmpop], tuple[Callable[[Any, Any], bool], str]] = {
    ast.Lt: (operator.lt, "below"),
    ast.LtE: (operator.le, "at most"),
    ast.Gt: (operator.gt, "above"),
    ast.GtE: (operator.ge, "at least"),
    ast.Eq: (operator.eq, ""),
    ast.NotEq: (operator.ne, "other than"),
}


class LanguageError(Refusal):
    """Say in one sentence why a text is no expression, or cannot be evaluated."""


class NotYet(Refusal):
    """Say in one sentence why a fact is not there: nothing was trained, no such layer, no picture."""


Facts = Mapping[str, Callable[..., Value]]
"""What can be asked by name; each raises `NotYet` where there is no answer."""


@dataclass(frozen=True)
class Expression:
    """Hold an expression that was read: its text, and the facts that it asks for with how many constants."""

    text: str
    asked: frozenset[tuple[str, int]]

    @property
    def tree(self) -> ast.expr:
        """Return what was read."""
        return ast.parse(self.text, mode="eval").body


def read(text: str) -> Expression:
    """Read an expression; raise `LanguageError`."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise LanguageError(f"An expression has at most {LONGEST} characters; this one has {len(text)}.")
    if not text:
        raise LanguageError("An expression is missing.")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LanguageError(f"“{text}” is no expression of facts, numbers, comparisons, and, or, not.") from None
    parts = list(ast.walk(tree))
    if len(parts) > MOST_PARTS:
        raise LanguageError(f"An expression has at most {MOST_PARTS} parts; this one has {len(parts)}.")
    _check(tree)
    return Expression(text, frozenset(_asked(tree)))


def _check(node: ast.expr) -> None:
    match node:
        case ast.BoolOp(values=values):
            inner = values
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            inner = [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            inner = [left, right]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            inner = [left, right]
        case ast.Call(func=ast.Name(), args=constants, keywords=[]) if all(map(_is_constant, constants)):
            inner = []
        case ast.Name():
            inner = []
        case _ if _is_constant(node):
            inner = []
        case _:
            raise LanguageError(f"“{ast.unparse(node)}” is not part of the language of lessons.")
    for each in inner:
        _check(each)


def _is_constant(node: ast.expr) -> bool:
    if not isinstance(node, ast.Constant):
        return False
    value = node.value
    return isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) <= LARGEST)


def _asked(tree: ast.expr) -> Iterator[tuple[str, int]]:
    called = {id(node.func): len(node.args) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, called.get(id(node), 0)


def evaluate(expression: Expression, facts: Facts) -> Value:
    """Return the value of an expression; raise `LanguageError`, or `NotYet` where a fact is not there."""
    return _value(expression.tree, facts)


def holds(expression: Expression, facts: Facts) -> bool:
    """Tell whether a condition holds; one about a fact that is not there does not."""
    try:
        return bool(evaluate(expression, facts))
    except NotYet:
        return False


@dataclass(frozen=True)
class Missing:
    """Hold one comparison that does not hold: the fact as it was asked for, its value, and what it is compared with.

    `why` is the sentence of a fact that is not there.
    """

    fact: str
    value: Value | None
    wanted: str
    why: str = ""


def missing(expression: Expression, facts: Facts) -> tuple[Missing, ...]:
    """Return by which facts a condition does not hold yet; empty if it holds."""
    return () if holds(expression, facts) else tuple(_missing(expression.tree, facts, True))


def _missing(node: ast.expr, facts: Facts, wanted: bool) -> Iterator[Missing]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _missing(node.operand, facts, not wanted)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from _missing(each, facts, wanted)
    else:
        try:
            if bool(_value(node, facts)) != wanted:
                yield _said(node, facts, wanted)
        except NotYet as reason:
            yield Missing(ast.unparse(node), None, "", str(reason))


def _said(node: ast.expr, facts: Facts, wanted: bool) -> Missing:
    if isinstance(node, ast.Compare):
        word = _COMPARISONS[type(node.ops[0])][1]
        bound = f"{word} {shown(_value(node.comparators[0], facts))}".strip()
        return Missing(ast.unparse(node.left), _value(node.left, facts), bound if wanted else f"not {bound}")
    return Missing(ast.unparse(node), _value(node, facts), shown(wanted))


def _value(node: ast.expr, facts: Facts) -> Value:
    match node:
        case ast.Constant(value=value):
            return value  # type: ignore[return-value]  # `read` let only these constants pass
        case ast.BoolOp(op=op, values=values):
            every = (bool(_value(each, facts)) for each in values)
            return all(every) if isinstance(op, ast.And) else any(every)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, facts)
        case ast.UnaryOp(operand=operand):
            return _bounded(operator.neg, node, _value(operand, facts))
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_ARITHMETIC[type(op)], node, _value(left, facts), _value(right, facts))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return bool(
                _bounded(_COMPARISONS[type(op)][0], node, _value(left, facts), _value(right, facts), any_type=True)
            )
        case ast.Call(func=ast.Name(id=name), args=constants):
            return _fact(name, facts)(*(each.value for each in constants if isinstance(each, ast.Constant)))
        case ast.Name(id=name):
            return _fact(name, facts)()
    raise LanguageError(f"“{ast.unparse(node)}” is not part of the language of lessons.")


def _fact(name: str, facts: Facts) -> Callable[..., Value]:
    if name not in facts:
        raise LanguageError(f"There is no fact {name}; there are {', '.join(sorted(facts))}.")
    return facts[name]


def _bounded(compute: Callable[..., Any], node: ast.expr, *values: Value, any_type: bool = False) -> Value:
    """Return what an operator makes of values; only numbers have sums, and none grows beyond bounds."""
    numbers = all(isinstance(value, int | float) for value in values)
    if not numbers and not any_type:
        raise LanguageError(f"“{ast.unparse(node)}” computes with something that is no number.")
    try:
        value: Value = compute(*values)
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        raise LanguageError(f"“{ast.unparse(node)}” cannot be computed: {error}.") from None
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise LanguageError(f"“{ast.unparse(node)}” is larger than {LARGEST:,}.")
    return value


def shown(value: Value) -> str:
    """Return a value as it stands in a sentence."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}".replace("-", "−")
        case float():
            return f"{value:.4g}".replace("-", "−")
        case tuple():
            return " × ".join(f"{each:,}" for each in value)
    return value
