"""Say what one argument of a layer is: how it is written, what is legal, and how the editor asks for it."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

Bounds = tuple[float, float, float]

SIZES = {1: "single", 2: "pair"}
"""How a number for each axis is written, for layers of so many axes."""
ENDS = {1: "ends", 2: "sides"}
"""How two numbers for each axis are written, one an end."""
PER_AXIS = ("single", "pair", "ends")
"""The forms that hold whole numbers side by side."""


@dataclass(frozen=True)
class Option:
    """Describe one argument of a layer.

    `form` is how it is written (`int`, `float`, `bool`, `text`; a number or two ends for each of one or two axes:
    `single`, `pair`, `ends`, `sides`). Legal is what lies from `least` to `most`, or is among `choices`; `instead`
    is what a text or a too large number is mended to. With `any_case` a text is read in small letters, as Keras
    does. Where nothing is given, `follows` names the option it is like.

    The editor has a slider from `bounds` (least, most, step), or the texts of `offers`; a number with neither is not
    taught. `main` tells that the number is also shown where only the most important ones are.
    """

    form: str
    default: Any = None
    required: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    instead: Any = None
    any_case: bool = False
    follows: str = ""
    bounds: Bounds | None = None
    offers: tuple[Any, ...] = ()
    main: bool = False

    @property
    def is_taught(self) -> bool:
        """Tell whether the editor has a control for it."""
        return bool(self.form == "bool" or self.choices or self.bounds or self.offers)

    def is_plainly_legal(self, value: Any) -> bool:
        """Tell at once of nearly every legal value that it is one; the others need a closer look."""
        if self.choices:
            return value in self.choices
        if self.form in PER_AXIS:
            return bool(value[0] >= self.least <= value[-1])
        return self.form == "int" and bool(value >= self.least)

    def problem(self, name: str, value: Any) -> str:
        """Say in a sentence why no layer can have this value; empty if one can."""
        if self.choices:
            if value in self.choices:
                return ""
            two = " or ".join(map(repr, self.choices))
            said = two if len(self.choices) == 2 else f"one of {', '.join(self.choices)},"
            return f"{name} must be {said}{',' if len(self.choices) == 2 else ''} not {value!r}."
        if self.least is None or value is None or ((lowest := _lowest(value)) >= self.least and self.most is None):
            return ""
        if self.most is not None:
            fits = self.least <= lowest <= self.most
            return "" if fits else f"{name} must lie between {self.least} and {self.most}, but is {value}."
        if self.form in ENDS.values():
            return f"{name} must be {self.least} or more on every side, but is {value}."
        shown = " × ".join(map(str, value)) if isinstance(value, tuple) else value
        return f"{name} must be at least {self.least}, but is {shown}."

    def legal(self, value: Any) -> Any:
        """Return the legal value nearest to this one."""
        if self.choices:
            near = get_close_matches(value, self.choices, 1) if value not in self.choices else [value]
            return (*near, self.instead)[0]
        if self.least is None or value is None:
            return value
        if self.most is not None and not value <= self.most:
            return self.instead
        return _raised(value, self.least)


def _lowest(value: Any) -> Any:
    return min(map(_lowest, value)) if isinstance(value, tuple) else value


def _raised(value: Any, least: int) -> Any:
    """Return a number, or all numbers in a tuple, where it is lower as `least`."""
    if isinstance(value, tuple):
        return tuple(_raised(v, least) for v in value)
    return max(type(value)(least), value)
