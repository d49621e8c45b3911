"""Draw the trainings of a class: who trains, who waits, when all are done; start one for everybody, stop all."""

import time
from collections.abc import Mapping
from datetime import datetime

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.table import Row
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.words import Refusal
from cnnlab.runs.engine.queue import ends
from cnnlab.runs.record import RunError
from cnnlab.ui.classroom.watch.scores import Score
from cnnlab.ui.classroom.watch.start_for_all import Start, start_for, who_can_start
from cnnlab.ui.classroom.watch.table import class_rows
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import WATCH_REFUSED
from cnnlab.ui.session.services import classroom, engine, store
from cnnlab.viz.html import heading, line, number_cell, paragraph, quiet, table, tag

LIVE_SECONDS = 2.0
MOST_SAID = 3


def class_trainings(exercise_id: str) -> None:
    """Draw what can be started and stopped, and the trainings, which refresh themselves."""
    if refused := WATCH_REFUSED.take():
        refuse(refused)
    _start(exercise_id)
    st.fragment(_live, run_every=LIVE_SECONDS)(exercise_id)


def _live(exercise_id: str) -> None:
    with faults_said():
        told, rows = class_rows(exercise_id)
        going = _going(rows, told.scores)
        slots = engine().capacity().slots
        _said(going, ends(store(), slots), slots)
        _ended(rows, told.scores)
        if going:
            with st.popover("Stop all", key="stop_class"):
                show_html(paragraph(f"{counted(len(going), 'training', 'trainings')} train or wait."))
                label = f"Stop {counted(len(going), 'training', 'trainings')}"
                st.button(label, type="primary", key="stop_class_now", on_click=lambda: _stop(exercise_id))


def _going(rows: tuple[Row, ...], scores: Mapping[str, Score]) -> list[tuple[str, Score]]:
    """Return name and training of everybody who trains or waits."""
    known = [(row.student.name, scores[run]) for row in rows for run in row.trainings if run in scores]
    return [(name, score) for name, score in known if not score.run.is_terminal]


def _said(going: list[tuple[str, Score]], expected: Mapping[str, float | None], slots: int) -> None:
    if not going:
        show_html(quiet("Nobody trains or waits now."))
        return
    times = [expected.get(score.run.id) for _, score in going]
    known = [seconds for seconds in times if seconds is not None]
    is_known = len(known) == len(times)
    when = f"all are done at about {_clock(max(known))}" if is_known else "when all are done is not known"
    show_html(quiet(f"{counted(len(going), 'training', 'trainings')}, {slots} at a time on this server; {when}."))
    lines = [
        line(
            name,
            tag("td", score.run.spec.name),
            tag("td", score.text),
            number_cell("" if end is None else _clock(end)),
        )
        for (name, score), end in zip(going, times, strict=True)
    ]
    drawn = table("Who trains or waits", ("Who", "Training", "State", "Done at"), lines)
    show_html(tag("div", drawn, class_="sideways"))


def _ended(rows: tuple[Row, ...], scores: Mapping[str, Score]) -> None:
    """Draw the trainings that have ended, the best first."""
    known = [(row.student.name, scores[run]) for row in rows for run in row.trainings if run in scores]
    ended = sorted((each for each in known if each[1].run.is_terminal), key=lambda each: -each[1].value)
    if ended:
        lines = [line(name, tag("td", score.run.spec.name), number_cell(score.text)) for name, score in ended]
        drawn = table("Trainings that have ended", ("Who", "Training", "Best validation"), lines)
        show_html(heading("Done"), tag("div", drawn, class_="sideways"))


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(time.time() + seconds).strftime("%H:%M")


def _stop(exercise_id: str) -> None:
    try:
        told, rows = class_rows(exercise_id)
        for _, score in _going(rows, told.scores):
            engine().stop(score.run.id)
    except Refusal as error:
        WATCH_REFUSED.set(str(error))


def _start(exercise_id: str) -> None:
    kept = classroom().exercises.newest(exercise_id)
    rows = [row for row in classroom().table.rows(exercise_id) if row.version == kept.version]
    starts = who_can_start(kept.exercise, rows)
    if not starts:
        return
    count = counted(len(starts), "student", "students")
    with st.popover("Start a training for all", key="start_class"):
        left_out = len(rows) - len(starts)
        others = f" The limits allow {counted(left_out, 'student', 'students')} none." if left_out else ""
        what = "with the settings that the exercise begins with; it counts among the trainings of each."
        said = f"One training for each of {count}, on the network that stands before the student, {what}{others}"
        show_html(paragraph(said))
        label = f"Start {counted(len(starts), 'training', 'trainings')}"
        if st.button(label, type="primary", key="start_class_now"):
            _start_all(exercise_id, starts)


def _start_all(exercise_id: str, starts: tuple[Start, ...]) -> None:
    refused = []
    bar = st.progress(0.0, text="Starting")
    for place, start in enumerate(starts):
        try:
            start_for(exercise_id, start)
        except (RunError, ClassroomError) as error:
            refused.append(f"{start.student.name}: {error}")
        bar.progress((place + 1) / len(starts), text=f"{place + 1} of {len(starts)}")
    rest = f" And {len(refused) - MOST_SAID} more." if len(refused) > MOST_SAID else ""
    WATCH_REFUSED.set(" ".join(refused[:MOST_SAID]) + rest)
    st.rerun()
