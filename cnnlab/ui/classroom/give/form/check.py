"""Say beside the fields what a draft lacks, and offer what can be done with it: save, try, take along."""

import time
from functools import partial

import streamlit as st

from cnnlab.classroom.record.errors import ChangedMeanwhile
from cnnlab.core.classroom.drafts.draft import Draft, draft_of
from cnnlab.core.classroom.drafts.finishing import Lack, file_of_draft, finished
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.writing import write_exercise
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.words import Refusal
from cnnlab.runs.record.settings import problem_of_form
from cnnlab.ui.classroom.give.form.drafting import begin, drafting, field_key, look_past, saved_as
from cnnlab.ui.classroom.give.place import CHANGED, REFUSED, go_to
from cnnlab.ui.classroom.watch.take_along import file_name
from cnnlab.ui.classroom.work.preview import preview
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.services import classroom, settings, teacher_key
from cnnlab.viz.html import heading, notice, quiet, tag

MOST_SHOWN = 6


def check() -> None:
    """Draw what is lacking, and the buttons."""
    now = drafting()
    exercise, lacks = checked(now.draft)
    show_html(heading("Check"))
    if lacks:
        show_html(tag("ul", *(tag("li", lack.sentence) for lack in lacks[:MOST_SHOWN]), class_="lacks"))
        if len(lacks) > MOST_SHOWN:
            show_html(quiet(f"and {len(lacks) - MOST_SHOWN} more"))
    elif exercise is not None:
        asks, goals = counted(len(exercise.asks), "question"), counted(len(exercise.goals), "goal")
        steps = counted(len(exercise.lesson.steps), "step")
        points = f"{exercise.max_points:g} {'point' if exercise.max_points == 1 else 'points'}"
        show_html(notice(f"Nothing is wrong: {steps}, {asks}, {goals}, {points}.", color="var(--good)"))
    complete = exercise if not lacks else None
    if teacher_key().exists:
        _save(complete)
    _try(complete)
    _take_along(now.draft)


def checked(draft: Draft) -> tuple[Exercise | None, tuple[Lack, ...]]:
    """Return the exercise that a draft is, and everything that is wrong with it."""
    exercise, lacks = finished(draft, settings(), time.time())
    gos = ((None, draft.begin), *((place, step.go) for place, step in enumerate(draft.steps)))
    forms = [Lack(said, place) for place, go in gos if (said := problem_of_form(go.training))]
    return exercise, (*lacks, *forms)


def _save(exercise: Exercise | None) -> None:
    now = drafting()
    label = f"Save as version {now.seen + 1}" if now.exercise else "Save"
    st.button(
        label,
        type="primary",
        key=field_key("save"),
        disabled=exercise is None or now.is_saved,
        width="stretch",
        on_click=partial(save, exercise),
    )
    if newest := CHANGED.get():
        _two_teachers(newest)
    if refused := REFUSED.take():
        refuse(refused)
    if now.is_saved:
        show_html(quiet(f"Version {now.seen} is saved as it stands here."))
        st.button("Give it out", key=field_key("give_out"), width="stretch", on_click=lambda: go_to(now.exercise))


def save(exercise: Exercise | None) -> None:
    """Keep the draft as a version; if another teacher was faster nothing is overwritten and nothing lost."""
    now = drafting()
    CHANGED.set(0)
    if exercise is None:
        return
    try:
        kept = classroom().exercises
        saved = kept.save(now.exercise, exercise, now.seen) if now.exercise else kept.add(exercise)
        saved_as(saved.id, saved.version)
        go_to(saved.id)
    except ChangedMeanwhile as error:
        REFUSED.set(f"{error} What you typed is still here.")
        CHANGED.set(classroom().exercises.newest(now.exercise).version)
    except Refusal as error:
        REFUSED.set(str(error))


def _two_teachers(newest: int) -> None:
    """Offer both ways out once somebody else has saved a version meanwhile."""
    now = drafting()

    def on_top() -> None:
        CHANGED.set(0)
        look_past(newest)

    def theirs() -> None:
        CHANGED.set(0)
        try:
            kept = classroom().exercises.version(now.exercise, newest)
            begin(draft_of(kept.exercise), kept.id, kept.version, saved=True)
        except Refusal as error:
            REFUSED.set(str(error))

    st.download_button(
        f"Take version {newest} along to look at it",
        partial(_file_of, now.exercise, newest),
        f"{file_name(now.draft.title)}-{newest}.md",
        "text/markdown",
        on_click="ignore",
        width="stretch",
    )
    st.button(f"Put mine on top of version {newest}", key=field_key("on_top"), on_click=on_top, width="stretch")
    st.button(f"Drop mine and open version {newest}", key=field_key("theirs"), on_click=theirs, width="stretch")


def _file_of(exercise: str, version: int) -> str:
    """Return the file of a version; it is asked for outside of any session."""
    try:
        return write_exercise(classroom().exercises.version(exercise, version).exercise)
    except Refusal as error:
        return f"{error}\n"


def _try(exercise: Exercise | None) -> None:
    st.button(
        "Try it as a student",
        key=field_key("try"),
        disabled=exercise is None,
        width="stretch",
        on_click=partial(_preview, exercise),
        help="From the first step, with its locks; nothing is recorded. “End the preview” brings you back.",
    )


def _preview(exercise: Exercise | None) -> None:
    # Any client can press a button that is not enabled.
    if exercise is not None:
        preview(exercise)


def _take_along(draft: Draft) -> None:
    try:
        text = file_of_draft(draft)
    except Refusal as error:
        refuse(error)
        return
    st.download_button(
        "Take it along as a file",
        text,
        f"{file_name(draft.title)}.md",
        "text/markdown",
        on_click="ignore",
        width="stretch",
        key=field_key("take_along"),
        help="The format of lessons; “Open a file” reads it, and so does check-lesson.",
    )
