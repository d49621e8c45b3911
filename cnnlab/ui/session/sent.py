"""Read what a browser sent as what was offered: a choice, a place in a list, a number in bounds, a short text.

Any client can send anything, whatever the page shows. Streamlit looks a choice up among its options only when it draws
the widget again; a callback, and every line above the widget, meets what was sent as it is.
"""

from collections.abc import Iterable
from typing import TypeVar

import streamlit as st

from cnnlab.core.words import visible

T = TypeVar("T")
D = TypeVar("D")
MOST_DIGITS = 9


def chosen(key: str, offered: Iterable[T], default: D) -> T | D:
    """Return what was chosen under a key if it is among what is offered to this visitor, else `default`."""
    return among(st.session_state.get(key), offered, default)


def among(value: object, offered: Iterable[T], default: D) -> T | D:
    """Return the one that a value names of those that are offered, else `default`; the value may be anything."""
    return next((one for one in offered if type(one) is type(value) and one == value), default)


def place(value: object, count: int) -> int | None:
    """Return a place in a list of so many, sent as a whole number; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count else None


def place_in_digits(value: object, count: int) -> int | None:
    """Return a place in a list of so many, sent as the text of its digits; None for anything else."""
    if not isinstance(value, str) or len(value) > MOST_DIGITS or not value.isascii() or not value.isdecimal():
        return None
    return place(int(value), count)


def number(value: object, least: float, most: float, default: float) -> float:
    """Return a number that lies within bounds, else `default`."""
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return float(value)
    return default


def text(key: str, longest: int) -> str:
    """Return what was typed into the field under a key, in so many characters that can be seen, whatever it allows."""
    value = st.session_state.get(key)
    return visible(value[:longest]) if isinstance(value, str) else ""
