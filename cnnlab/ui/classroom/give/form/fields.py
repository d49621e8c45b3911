"""Draw the fields of a draft: each shows what the draft says, and hands on what was typed, within bounds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from cnnlab.core.words import plain, visible
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.session.sent import among, text

K = TypeVar("K")


def line_field(
    label: str, key: str, value: str, longest: int, put: Callable[[str], None], *, help: str = "", hint: str = ""
) -> None:
    """Draw a field for one line of text."""
    st.text_input(
        label,
        value,
        key=key,
        max_chars=longest,
        help=help or None,
        placeholder=hint or None,
        on_change=lambda: put(text(key, longest)),
    )


def text_field(
    label: str,
    key: str,
    value: str,
    longest: int,
    put: Callable[[str], None],
    *,
    help: str = "",
    height: int | None = None,
) -> None:
    """Draw a field for several lines of text."""
    st.text_area(
        label,
        value,
        key=key,
        max_chars=longest,
        help=help or None,
        height=height or "content",
        on_change=lambda: put(lines(key, longest)),
    )


def lines(key: str, longest: int) -> str:
    """Return what was typed into a field of several lines, without what cannot be seen."""
    value = st.session_state.get(key)
    if not isinstance(value, str):
        return ""
    return "\n".join(visible(line.expandtabs(4)) for line in value[:longest].splitlines())


def number_field(
    label: str,
    key: str,
    value: float | None,
    bounds: tuple[float, float],
    put: Callable[[float | None], None],
    *,
    help: str = "",
    hint: str = "",
    whole: bool = True,
) -> None:
    """Draw a field for a number within bounds, or none."""
    least, most = bounds

    def take() -> None:
        given = st.session_state.get(key)
        if isinstance(given, int | float) and not isinstance(given, bool) and least <= given <= most:
            put(int(given) if whole else float(given))
        elif given is None:
            put(None)

    kind = int if whole else float
    if key not in st.session_state:
        st.session_state[key] = None if value is None else kind(min(max(value, least), most))
    # A field that begins with a number can never be emptied again.
    more: dict[str, Any] = {"key": key, "help": help or None, "placeholder": hint or None, "on_change": take}
    if whole:
        st.number_input(label, int(least), int(most), None, step=1, **more)
    else:
        st.number_input(label, float(least), float(most), None, format="%.10g", **more)


def menu(label: str, key: str, labels: Mapping[K, str], value: K, put: Callable[[K], None], *, help: str = "") -> None:
    """Draw a menu of what is offered, by their labels."""
    said = told_apart(labels)
    offered: Sequence[K] = list(said)
    missing = object()

    def take() -> None:
        picked = among(st.session_state.get(key), offered, missing)
        if picked is not missing:
            put(picked)  # type: ignore[arg-type]  # one of those that are offered

    st.selectbox(
        label,
        offered,
        offered.index(value) if value in said else 0,
        key=key,
        format_func=lambda one: said[one],
        help=help or None,
        on_change=take,
    )


def act(label: str, key: str, done: Callable[[], None], **more: object) -> None:
    """Draw a small button that changes the draft; `label` may hold words that somebody chose."""
    st.button(plain(label), key=key, on_click=done, **more)  # type: ignore[arg-type]  # what a button takes
