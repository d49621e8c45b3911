"""Draw the teacher's table of an exercise, live: who is where, with which answers, slips, goals and trainings."""

import re
import time
from collections.abc import Sequence

import streamlit as st

from cnnlab.classroom.record.phases import is_withheld
from cnnlab.classroom.record.work import State
from cnnlab.classroom.table import Row
from cnnlab.core.classroom.exercise import At
from cnnlab.ui.classroom.watch.columns import SAID, Class, Column, Wanted, columns_of, cut, label_of, rows_wanted
from cnnlab.ui.classroom.watch.scores import scores_of
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import matching, position
from cnnlab.ui.session.keys import WATCH_COLUMN, WATCH_FALLING, WATCHED_STUDENT
from cnnlab.ui.session.sent import chosen, text
from cnnlab.ui.session.services import classroom
from cnnlab.viz.html import Html, button, quiet, table, tag, together

LIVE_SECONDS = 2.0
LONGEST_FILTER = 40
ANY_STATE, NO_QUESTION = "any state", "no question"


class TableSends:
    """Declare what the table sends: the student that was opened, the column to sort by."""

    opened = Message(matching(re.compile(r"[\w-]{1,40}")))
    sorted = Message(position)


_TABLE = component(
    "class_table",
    "classroom/table.js",
    html="classroom/table.html",
    sends=TableSends,
    isolate=False,
)


def live_table(exercise_id: str) -> None:
    """Draw the filters and the table, which refreshes itself; a press on a name opens that student."""
    exercise = classroom().exercises.newest(exercise_id).exercise
    _filters(tuple(exercise.asks))
    st.fragment(_live, run_every=LIVE_SECONDS)(exercise_id)


def class_rows(exercise_id: str) -> tuple[Class, tuple[Row, ...]]:
    """Return what the columns of an exercise are made from, and every row. Raises `ClassroomError`, `StoreFault`."""
    room = classroom()
    kept, rows = room.exercises.newest(exercise_id), room.table.rows(exercise_id)
    current = room.asking.current(exercise_id)
    withheld = {current.at} if current is not None and is_withheld(current.phase) else set()
    scores = scores_of(run for row in rows for run in row.trainings)
    return Class(kept.exercise, kept.version, withheld, scores, time.time()), rows


def _filters(asks: Sequence[At]) -> None:
    labels = {label_of(at): at for at in asks}
    with st.container(horizontal=True, vertical_alignment="bottom", key="watch_filters"):
        st.text_input("Name", key="watch_text", max_chars=LONGEST_FILTER, placeholder="part of a name", width=190)
        states = [ANY_STATE, *SAID.values()]
        st.selectbox("State", states, key="watch_state", width=150)
        st.selectbox("Wrong at question", [NO_QUESTION, *labels], key="watch_wrong", width=170)


def _wanted(columns: Sequence[Column], asks: Sequence[At]) -> Wanted:
    states = {said: state for state, said in SAID.items()}
    labels = {label_of(at): at for at in asks}
    state: State | None = states.get(chosen("watch_state", states, ""))
    at = labels.get(chosen("watch_wrong", labels, ""))
    column = min(WATCH_COLUMN.get(), len(columns) - 1)
    return Wanted(text("watch_text", LONGEST_FILTER).strip(), state, at, column, WATCH_FALLING.get())


def _live(exercise_id: str) -> None:
    with faults_said():
        told, rows = class_rows(exercise_id)
        columns = columns_of(told)
        wanted = _wanted(columns, tuple(told.exercise.asks))

        def sort(column: int) -> None:
            if column < len(columns):
                WATCH_FALLING.set(column == WATCH_COLUMN.get() and not WATCH_FALLING.get())
                WATCH_COLUMN.set(column)

        ids = {row.student.id for row in rows}
        data = {"html": drawn_table(columns, rows, wanted)}
        _TABLE(
            "class_table",
            [data],
            TableSends.opened.to(
                lambda student: WATCHED_STUDENT.set((exercise_id, student)) if student in ids else None
            ),
            TableSends.sorted.to(sort),
        )
        if WATCHED_STUDENT.get()[0] == exercise_id:
            st.rerun()


def drawn_table(columns: Sequence[Column], rows: Sequence[Row], wanted: Wanted) -> Html:
    """Return the table of the rows that are wanted, or why there is none."""
    everybody, shown = len(rows), rows_wanted(rows, columns, wanted)
    if not everybody:
        return quiet("Nobody has begun yet. Show the link or its code; whoever begins stands here at once.")
    handed = sum(row.handed_in > 0 for row in shown)
    count = f"{everybody} students" if len(shown) == everybody else f"{len(shown)} of {everybody} students"
    head = quiet(f"{count}, {handed} handed in")
    if not shown:
        return together(head, quiet("No student fits what you chose above."))
    heads = [_head(place, column, wanted) for place, column in enumerate(columns)]
    lines = [tag("tr", *(column.cell(row) for column in columns)) for row in shown]
    return together(head, tag("div", table("The class", heads, lines, "shapes class"), class_="sideways"))


def _head(place: int, column: Column, wanted: Wanted) -> Html:
    is_by = place == wanted.column
    direction = ("descending" if wanted.falling else "ascending") if is_by else None
    arrow = {"ascending": " ↑", "descending": " ↓", None: ""}[direction]
    pressed = button(column.head, arrow, data_sort=place, data_focus=f"sort{place}", title=cut(column.says, 200))
    return tag("th", pressed, scope="col", aria_sort=direction)
