"""Show what an exercise is before anything of it is done: read-only, with the ways in."""

from collections.abc import Iterator

import streamlit as st

from cnnlab.classroom.record.codes import LONGEST_TYPED
from cnnlab.classroom.record.texts import LONGEST_NAME
from cnnlab.core.classroom.exercise import StudentExercise
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.lessons.texts import plain_parser
from cnnlab.core.words import plain
from cnnlab.ui.classroom.work.coming import (
    Door,
    be_another,
    begin,
    close_door,
    come_back,
    door_open,
    go_on,
    take_network,
)
from cnnlab.ui.classroom.work.moments import is_past, moment
from cnnlab.ui.parts import frame
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES, link
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.sent import text
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import from_markdown, heading, notice, pairs, quiet, tag

NAME, CODE = "exercise_name", "exercise_code"
TELLING = ("home", "convolution", "feature_maps")
"""Pages on which every layer shows its shape, and what it sees of the picture."""
SAFE_HOSTS = ("http://localhost", "http://127.0.0.1", "http://[::1]", "https://")


def door() -> bool:
    """Draw the door in place of the page, if one stands there; tell whether it does."""
    found = door_open()
    if found is None:
        return False
    if found.code:
        _your_code(found)
    elif found.exercise is None:
        _nothing(found)
    else:
        _exercise(found, found.exercise)
    return True


def closed(page: str) -> bool:
    """Say in place of a page why it is closed, if it tells what a question asks for; tell whether it does.

    The page that the step itself leads to is always open.
    """
    work = at_work()
    if work is None or work.step is None or page == work.exercise.steps[work.step].go.page:
        return False
    if page not in TELLING or not {"shape", "field"} & set(work.withheld):
        return False
    frame.page(TITLES[page], "Closed until you have answered")
    show_html(notice("This page tells what a question of the exercise asks for. It opens when that is answered."))
    link(work.exercise.steps[work.step].go.page, "To the page of this step")
    return True


def _nothing(door: Door) -> None:
    frame.page("Exercise", "Where is it?", strip=False)
    refuse(door.refused)
    st.button("Go on without it", key="exercise_leave", on_click=close_door)


def _exercise(door: Door, exercise: StudentExercise) -> None:
    by = f"An exercise by {exercise.by}" if exercise.by else "An exercise"
    frame.page(exercise.title, by, strip=False)
    frame.network_strip(exercise.network, hide=True)
    left, right = st.columns([7, 5], gap="large")
    with left, st.container(key="exercise_says"):
        if exercise.message:
            show_html(tag("div", from_markdown(exercise.message, plain_parser()), lang=exercise.lang))
        show_html(pairs(_facts(exercise), "facts"))
    with right, st.container(key="exercise_ways"):
        if door.refused:
            refuse(door.refused)
        if door.known:
            _known(door)
        else:
            _unknown()
        st.button(
            "Make it mine",
            key="exercise_mine",
            type="tertiary",
            on_click=take_network,
            help="Takes the network as your own, without the exercise; nothing is recorded.",
        )
        show_html(quiet(*_kept()))
        st.button("Not now", key="exercise_leave", type="tertiary", on_click=close_door)


def _known(door: Door) -> None:
    # A name is hostile text, and the label of a button is Markdown.
    st.button(f"Go on as {plain(door.known)}", key="exercise_go_on", type="primary", on_click=go_on)
    st.button("I am somebody else", key="exercise_another", on_click=be_another)


def _unknown() -> None:
    with st.form("exercise_begin", border=False):
        st.text_input("Your name", key=NAME, max_chars=LONGEST_NAME, placeholder="as your teacher knows you")
        st.form_submit_button("Begin", type="primary", on_click=lambda: begin(text(NAME, 8 * LONGEST_NAME)))
    with st.popover("I have a code"), st.form("exercise_back", border=False):
        st.text_input("Your code", key=CODE, max_chars=LONGEST_TYPED, placeholder="k7mzq-2hd9w-xn4rt")
        st.form_submit_button("Go on", on_click=lambda: come_back(text(CODE, LONGEST_TYPED)))


def _facts(exercise: StudentExercise) -> Iterator[tuple[str, str]]:
    """Yield what is said of an exercise before it begins."""
    questions = sum(len(step.asks) for step in exercise.steps)
    goals = sum(len(step.goals) for step in exercise.steps)
    asked = [counted(questions, "question", "questions")] if questions else []
    asked += [counted(goals, "goal", "goals")] if goals else []
    yield "Length", f"{counted(exercise.minutes, 'minute', 'minutes')}, {counted(len(exercise.steps), 'step', 'steps')}"
    if asked:
        yield "To do", " and ".join(asked)
    yield "Points", f"{exercise.points:g}"
    yield (
        "Due",
        "at any time"
        if exercise.due is None
        else f"{moment(exercise.due)}{', which is over' if is_past(exercise.due) else ''}",
    )
    if said := ", ".join(_limits(exercise)):
        yield "Trainings", said


def _limits(exercise: StudentExercise) -> Iterator[str]:
    limits = exercise.limits
    if limits.trainings is not None:
        yield f"at most {counted(limits.trainings, 'training', 'trainings')}"
    if limits.epochs is not None:
        yield f"{counted(limits.epochs, 'epoch', 'epochs')} each"
    if limits.minutes is not None:
        yield f"{counted(limits.minutes, 'minute', 'minutes')} each"
    if limits.params is not None:
        yield f"networks of at most {counted(limits.params, 'parameter', 'parameters')}"


def _kept() -> Iterator[str]:
    """Yield what is kept, in two sentences, and a third where others can read along."""
    yield (
        "This server keeps the name that you type, your answers, what stands on your screen (a picture of yours, too), "
        "and your trainings, and "
        f"your teacher sees them; they are deleted {counted(settings().keep_days, 'day', 'days')} after your last "
        "visit. No account, and nothing leaves this server. "
    )
    here = st.context.url or ""
    if here and not here.startswith(SAFE_HOSTS):
        yield "This page comes over plain http, so others on this network can read names and codes."


def _your_code(door: Door) -> None:
    """Show the code of whoever has just begun."""
    frame.page(door.exercise.title if door.exercise else "Exercise", "How do I come back?", strip=False)
    with st.container(key="exercise_your_code"):
        show_code(door.code)
        st.button("To the first step", key="exercise_first", type="primary", on_click=close_door)


def show_code(code: str) -> None:
    """Show a code, which can be copied."""
    show_html(heading("Your code"))
    st.code(code, language=None)
    show_html(
        notice(
            "Write it down. It opens your work in another browser, and whoever has it works as you. It is shown only "
            "now; you can ask for another one."
        )
    )
