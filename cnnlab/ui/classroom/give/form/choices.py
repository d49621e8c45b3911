"""Draw the answers that a question offers, which of them are right, and what is said to each."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from cnnlab.core.classroom.drafts.draft import RIGHT, WRONG, DraftAsk, DraftChoice, put, without
from cnnlab.core.lessons.language import LONGEST
from cnnlab.core.lessons.tables import LONGEST_WORDS, MOST_ROWS
from cnnlab.ui.classroom.give.form.drafting import edit_step, field_key, restructure
from cnnlab.ui.classroom.give.form.fields import act, line_field

Items = Callable[[tuple[DraftChoice, ...]], tuple[DraftChoice, ...]]


def choices(place: int, number: int, ask: DraftAsk) -> None:
    """Draw the answers, and the button that adds one."""
    for at, choice in enumerate(ask.choices):
        _choice(place, number, at, choice)
    if len(ask.choices) < MOST_ROWS:
        st.button(
            "Add an answer",
            key=field_key(place, "ask", number, "add_choice"),
            on_click=lambda: _restructure(place, number, "An answer was added", lambda all_: (*all_, DraftChoice())),
        )


def _restructure(place: int, number: int, done: str, items: Items) -> None:
    def change(ask: DraftAsk) -> DraftAsk:
        return replace(ask, choices=items(ask.choices))

    restructure(
        done,
        lambda d: d.with_step(
            place,
            replace(d.steps[place], asks=put(d.steps[place].asks, number, change(d.steps[place].asks[number]))),
        ),
    )


def _choice(place: int, number: int, at: int, choice: DraftChoice) -> None:
    def key(name: str) -> str:
        return field_key(place, "ask", number, name, at)

    def change(**changed: str) -> None:
        def in_ask(ask: DraftAsk) -> DraftAsk:
            return replace(ask, choices=put(ask.choices, at, replace(ask.choices[at], **changed)))

        edit_step(place, lambda s: replace(s, asks=put(s.asks, number, in_ask(s.asks[number]))))

    text, says, right, gone = st.columns([3, 3, 2, 1], vertical_alignment="bottom")
    with text:
        line_field(f"Answer {at + 1}", key("choice"), choice.text, LONGEST_WORDS, lambda v: change(text=v))
    with says:
        line_field("Said to whoever takes it", key("choice_says"), choice.says, LONGEST_WORDS, lambda v: change(says=v))
    with right:
        if choice.right in (RIGHT, WRONG):
            is_right = key("right")
            st.checkbox(
                "is right",
                choice.right == RIGHT,
                key=is_right,
                on_change=lambda: change(right=RIGHT if st.session_state.get(is_right) is True else WRONG),
            )
        else:
            line_field("Right when", key("right_when"), choice.right, LONGEST, lambda v: change(right=v))
    with gone:
        said = f"Answer {at + 1} was removed"
        act(
            "Remove",
            key("gone"),
            lambda: _restructure(place, number, said, lambda all_: without(all_, at)),
            type="tertiary",
        )
