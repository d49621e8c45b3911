"""Read one value that a browser sent as what was declared of it, or refuse it with `Nonsense`, whatever it is.

A decoder looks at a type before it looks at a value, goes no deeper than was declared, and never quotes what came.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, signature
from typing import Any, TypeVar

from cnnlab.ui.session import sent

T = TypeVar("T")
Decoder = Callable[[object], T]
MOST_ROWS = 1_000_000_000
Scalar = int | float | str | bool


class Nonsense(ValueError):
    """Say what was expected of a value, in words of ours."""


def flag(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise Nonsense("true or false")
    return value


def whole(least: int, most: int) -> Decoder[int]:
    """Return what reads a whole number from `least` to `most`."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Nonsense(f"a whole number from {least} to {most}")
        return value

    return read


position = whole(0, MOST_ROWS)
"""Return a place in some list; whoever knows the list looks whether it has so many."""


def position_in_digits(value: object) -> int:
    """Return a place in some list, sent as the text of its digits."""
    place = sent.place_in_digits(value, MOST_ROWS)
    if place is None:
        raise Nonsense("a position in digits")
    return place


def decimal(least: float, most: float) -> Decoder[float]:
    """Return what reads a number from `least` to `most`."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise Nonsense(f"a number from {least} to {most}")
        return float(value)

    return read


def word(offered: Iterable[str]) -> Decoder[str]:
    """Return what reads one of the words that are offered."""
    known = frozenset(offered)

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise Nonsense("one of the words that are offered")
        return value

    return read


def any_text(longest: int) -> Decoder[str]:
    """Return what reads any text and cuts it to so many characters."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Nonsense("a text")
        return value[:longest]

    return read


def matching(pattern: "re.Pattern[str]") -> Decoder[str]:
    """Return what reads a text of which the whole matches a pattern."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Nonsense("a text of the expected form")
        return value

    return read


def maybe(decode: Decoder[T]) -> Decoder[T | None]:
    """Return what reads nothing, or a value as declared."""
    return lambda value: None if value is None else decode(value)


def several(decode: Decoder[T], most: int) -> Decoder[tuple[T, ...]]:
    """Return what reads a list of at most so many values."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Nonsense(f"a list of at most {most} values")
        return tuple(map(decode, value))

    return read


def scalars(most: int) -> Decoder[dict[str, Scalar]]:
    """Return what reads numbers, texts and switches by name, at most so many."""

    def read(value: object) -> dict[str, Scalar]:
        if not isinstance(value, dict) or len(value) > most:
            raise Nonsense(f"at most {most} values by name")
        if not all(isinstance(name, str) and isinstance(one, Scalar) for name, one in value.items()):
            raise Nonsense("numbers, texts and switches by name")
        return value

    return read


def row(made: Callable[..., T], *parts: Decoder[Any]) -> Decoder[T]:
    """Return what reads a list of exactly these parts and makes one value of them."""

    def read(value: object) -> T:
        if not isinstance(value, list) or len(value) != len(parts):
            raise Nonsense(f"a list of {len(parts)} parts")
        return made(*(decode(one) for decode, one in zip(parts, value, strict=True)))

    return read


def record(made: Callable[..., T], **parts: Decoder[Any]) -> Decoder[T]:
    """Return what reads an object with these parts and makes one value of them; what has a default may be missing."""
    needed = {name for name, one in signature(made).parameters.items() if one.default is Parameter.empty}

    def read(value: object) -> T:
        if not isinstance(value, Mapping) or not parts.keys() >= value.keys() >= needed:
            raise Nonsense(f"an object with the parts {', '.join(parts)}")
        return made(**{name: parts[name](one) for name, one in value.items()})

    return read
