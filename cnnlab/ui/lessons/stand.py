"""Draw what the dock of a lesson and that of an exercise are both made of."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons import Go, Situation
from cnnlab.core.lessons.facts import facts_of
from cnnlab.core.lessons.judging import LONGEST_ANSWER
from cnnlab.core.lessons.language import Facts, NotYet
from cnnlab.core.lessons.playing import layer_of
from cnnlab.core.lessons.texts import filled, parser_of
from cnnlab.core.words import plain
from cnnlab.runs.record import State
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.lessons.points import selector
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import shared
from cnnlab.ui.session.choices import MapPlace
from cnnlab.ui.session.decoders import position, record
from cnnlab.ui.session.keys import LESSON_LOG, LESSON_PLACE
from cnnlab.ui.session.sent import text
from cnnlab.ui.session.services import store
from cnnlab.viz.html import Html, from_markdown, notice, quiet, tag, together


class LightSends:
    """Declare what the light sends: the place of a map that was pressed while a question asks for one."""

    placed = Message(record(MapPlace, layer=position, channel=position, row=position, column=position))


_LIGHT = component("lesson_light", "lessons/entry.js", html=tag("i", hidden=""), sends=LightSends)
GOAL_SECONDS = 1.0


def dock_box() -> DeltaGenerator:
    """Return the box that stands beside every page."""
    return st.container(key="lesson_dock")


def head(where: str, title: str, lang: str, done: float, *more: Html) -> None:
    """Draw where somebody is, the title of the step in its language, which share is done, and what else is only read.

    All of it is one element: a browser draws a step as fast as it has few of them.
    """
    top = tag("div", quiet(where), tag("h2", title, lang=lang), class_="lesson-head")
    bar = tag("progress", value=f"{done:.3f}", aria_label=f"{done:.0%} of the steps", class_="lesson-done")
    show_html(together(top, bar, *more))


def told(words: str, facts: Facts, lang: str) -> Html:
    """Return words in their language, with their numbers."""
    return tag("div", from_markdown(words, parser_of(facts)), lang=lang)


def question(words: str, facts: Facts, lang: str) -> Html:
    """Return a question."""
    return tag("p", from_markdown(words, parser_of(facts), one_line=True), class_="lesson-ask", lang=lang)


def pressed(now: Situation) -> str:
    """Return the place that was pressed in words; before that, say what to do."""
    try:
        return now.place().said
    except NotYet as reason:
        show_html(quiet(str(reason)))
        return ""


def given(key: str, choices: Sequence[str], facts: Facts, *, disabled: bool = False) -> str:
    """Draw the field of an answer, or what there is to choose from, and return what was given."""
    if not choices:
        st.text_input(
            "Your answer",
            key=key,
            label_visibility="collapsed",
            max_chars=LONGEST_ANSWER,
            persist_state="session",
            disabled=disabled,
        )
        return text(key, LONGEST_ANSWER)
    labels = [str(place) for place in range(len(choices))]
    words = {label: plain(filled(choice, facts)) for label, choice in zip(labels, choices, strict=True)}
    picked = st.radio(
        "Your answer",
        labels,
        index=None,
        key=key,
        format_func=words.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
        disabled=disabled,
    )
    return picked or ""


def say_who_waits(go: Go) -> None:
    """Say that the training of a step may have to wait."""
    if go.training and (waiting := _waiting()):
        said = f"{counted(waiting, 'training waits', 'trainings wait')} for a place on this server"
        show_html(quiet(f"{said}; yours starts by itself. Go on meanwhile: the next steps need none of it."))


def _waiting() -> int:
    """Return how many trainings wait for a place; none if that cannot be known now."""
    try:
        return len(store().in_state(State.QUEUED))
    except StoreFault:
        return 0


def goal_box(words: str, now: Situation, lang: str, *, is_reached: bool, lacking: Sequence[str] = ()) -> None:
    """Draw a goal: reached, or by which facts not yet."""
    mark = "✓ " if is_reached else "○ "
    said = tag("b", mark, from_markdown(words, parser_of(facts_of(now)), one_line=True), lang=lang)
    lines = [tag("div", each) for each in lacking]
    show_html(notice(said, *lines, color="var(--good)" if is_reached else "var(--notice)"))


def light(page: str, go: Go, lang: str, *, asks_place: bool, lesson: str = "", at: int = 0, count: int = 0) -> None:
    """Light up what a step points at, and take a place that is pressed; a lesson by its name is kept as seen."""
    here = page == go.page
    layer = layer_of(go, shared().network)
    data = {
        "at": selector(go, layer) if here else "",
        "lesson": lesson,
        "step": at + 1,
        "steps": count,
        "log": LESSON_LOG.get(),
        "lang": lang,
        "asks_place": here and asks_place,
    }
    _LIGHT("lesson_light", [data], LightSends.placed.to(LESSON_PLACE.set))
