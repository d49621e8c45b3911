"""Draw what a teacher can begin with: what stands before them, a ready exercise, a file, and the list of those kept."""

import time
from collections.abc import Callable
from functools import lru_cache, partial

import streamlit as st

from cnnlab.classroom.exercises import Kept, Listed
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.core.classroom.drafts.draft import Draft, draft_of
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.shipped import ASSETS
from cnnlab.core.words import Refusal
from cnnlab.ui.classroom.follow.lead import lead_toggle
from cnnlab.ui.classroom.give.file import open_file
from cnnlab.ui.classroom.give.form.about import said_time
from cnnlab.ui.classroom.give.form.drafting import DRAFTING, begin, close
from cnnlab.ui.classroom.give.now import draft_of_now
from cnnlab.ui.classroom.give.place import DRAFT, REFUSED, go_to
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.services import classroom, teacher_key
from cnnlab.viz.html import aside, bold, heading, paragraph, quiet, tag

READY = ASSETS / "exercises" / "en"
NEW = "New exercise from what I have before me now"
NO_KEY = (
    "Here anybody can write an exercise, try it and take it along as a file. To give one out by link and to see what "
    "comes back, start the server with CNNLAB_TEACHER_KEY set to a word of six characters or more."
)
SHOWN = 20  # exercises of the list before somebody asks for all


@lru_cache(maxsize=1)
def ready() -> tuple[Exercise, ...]:
    """Return the exercises that ship."""
    return tuple(read_exercise(path.name, path.read_bytes()) for path in sorted(READY.glob("*.md")))


def shelf() -> None:
    """Draw it."""
    if not teacher_key().exists:
        show_html(paragraph(NO_KEY))
    if refused := REFUSED.take():
        refuse(refused)
    with st.container(horizontal=True, vertical_alignment="center", key="give_begin"):
        st.button(NEW, type="primary", on_click=lambda: _begin(draft_of_now()))
        with st.popover("Open a file"):
            open_file()
        lead_toggle()
    _draft()
    if teacher_key().exists:
        _kept()
    show_html(heading("Ready to give out"))
    for place, column in zip(ready(), st.columns(len(ready())), strict=True):
        with column, st.container(border=True, height="stretch"):
            asks, goals = counted(len(place.asks), "question"), counted(len(place.goals), "goal")
            show_html(bold(place.title), quiet(f"{place.lesson.minutes} minutes, {asks}, {goals}"))
            st.button("Begin with it", key=f"ready_{place.title}", on_click=partial(_begin, draft_of(place)))


def _begin(draft: Draft) -> None:
    begin(draft)
    go_to(DRAFT)


def _draft() -> None:
    """Draw the draft that was left, if there is one."""
    now = DRAFTING.get()
    if now is None or now.is_saved:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="give_draft"):
        title = now.draft.title.strip() or "(no title yet)"
        show_html(tag("div", "Your draft: ", bold(title), " ", aside("not saved yet"), class_="step-row"))
        st.button("Go on writing", on_click=lambda: go_to(DRAFT))
        with st.popover("Throw it away", type="tertiary"):
            show_html(paragraph("What you typed and did not save is gone then."))
            st.button("Throw the draft away", on_click=close)


def _kept() -> None:
    """Draw the list of exercises that are kept."""
    show_html(heading("Exercises"))
    try:
        listed = classroom().exercises.all()
    except ClassroomFault:
        raise
    except Refusal as error:
        refuse(error)
        return
    if not listed:
        show_html(quiet("No exercise is kept yet: begin with one of those below, or with what you have before you."))
    every = len(listed) <= SHOWN or st.toggle(f"Show all {len(listed):,}", key="give_all")
    for one in listed if every else listed[:SHOWN]:
        _line(one)


def _line(one: Listed) -> None:
    said = f"version {one.version}, saved {said_time(one.saved)} · {counted(one.students, 'student')}"
    with st.container(horizontal=True, vertical_alignment="center", key=f"kept_{one.id}"):
        show_html(tag("div", bold(one.title), " ", aside(said, _due(one)), class_="step-row"))
        st.button("Give out", key=f"out_{one.id}", on_click=lambda: go_to(one.id))
        st.button("Change", key=f"change_{one.id}", on_click=partial(_with, one.id, _change))
        st.button("Duplicate", key=f"twice_{one.id}", type="tertiary", on_click=partial(_duplicate, one.id))


def _due(one: Listed) -> str:
    """Return until when an exercise can be handed in, in words."""
    try:
        due = classroom().exercises.newest(one.id).exercise.due
    except Refusal:
        return ""
    if due is None:
        return ""
    return f" · {'was due' if due <= time.time() else 'due'} {said_time(due)}"


def _with(exercise: str, done: Callable[[Kept], None]) -> None:
    """Do something with the newest version of an exercise, or say why that cannot be."""
    try:
        done(classroom().exercises.newest(exercise))
    except Refusal as error:
        REFUSED.set(str(error))


def _change(kept: Kept) -> None:
    begin(draft_of(kept.exercise), kept.id, kept.version, saved=True)
    go_to(DRAFT)


def _duplicate(exercise: str) -> None:
    try:
        classroom().exercises.duplicate(exercise)
    except Refusal as error:
        REFUSED.set(str(error))
