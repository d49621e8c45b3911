"""Read tables of TOML in the file of a lesson; whatever is wrong is one sentence with its line."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cnnlab.core.lessons.facts import FACTS
from cnnlab.core.lessons.language import Expression, LanguageError, read
from cnnlab.core.lessons.lesson import LessonError
from cnnlab.core.lessons.texts import expressions_in

LONGEST_WORDS = 400
MOST_ROWS = 6
_TYPES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
    bool: "true or false",
    datetime: "a moment",
}


class Tables:
    """Read the tables of one file; every sentence names it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def rows(self, rows: Sequence[Any], line: int, known: Mapping[str, type]) -> list[dict[str, Any]]:
        """Return tables of texts, each with all that is known."""
        if len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
            raise self.error(line, f"expected at most {MOST_ROWS} tables with {', '.join(known)}.")
        return [self.table(row, line, known, needed=tuple(known)) for row in rows]

    def table(
        self,
        table: Mapping[str, Any],
        line: int,
        known: Mapping[str, type],
        needed: Sequence[str] = (),
        longest: int = LONGEST_WORDS,
    ) -> dict[str, Any]:
        """Return a table with keys that are known and values of their types, texts of at most so many characters."""
        for key, value in table.items():
            if key not in known:
                raise self.error(line, f"there is no {key}; there are {', '.join(known)}.")
            wanted = known[key]
            if type(value) is not wanted and not (wanted is float and type(value) is int):
                raise self.error(line, f"{key} is {_TYPES[wanted]}; not {value!r:.60}.")
            if isinstance(value, str):
                self.bounded(value, line, longest)
        for key in needed:
            if key not in table:
                raise self.error(line, f"{key} is missing.")
        return dict(table)

    def bounded(self, words: str, line: int, longest: int) -> None:
        """Check the length of a text and the expressions in it."""
        if len(words) > longest:
            raise self.error(line, f"a text here has at most {longest} characters; this one has {len(words)}.")
        for expression in expressions_in(words):
            self.expression(expression, line)

    def expression(self, text: str, line: int) -> Expression:
        """Return an expression of facts that are known, each with what it takes."""
        try:
            expression = read(text)
        except LanguageError as error:
            raise self.error(line, str(error)) from None
        for name, given in sorted(expression.asked):
            if name not in FACTS:
                raise self.error(line, f"there is no fact {name}; there are {', '.join(FACTS)}.")
            if FACTS[name].takes != given:
                raise self.error(line, f"{name} takes {FACTS[name].takes} constants in brackets; not {given}.")
        return expression

    def toml(self, text: str, line: int) -> dict[str, Any]:
        """Return what a text in TOML says."""
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self.error(line, f"this is not TOML: {error}.") from None
        except RecursionError:
            raise self.error(line, "this is nested too deeply.") from None

    def error(self, line: int, message: str) -> LessonError:
        """Return what is wrong in a line."""
        return LessonError(self._name, line, message)
