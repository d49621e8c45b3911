"""Draw what came back of an exercise: the class as a table, the class asked, its trainings, and what to take along."""

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.ui.classroom.follow.lead import lead_toggle
from cnnlab.ui.classroom.watch.ask import ask_the_class
from cnnlab.ui.classroom.watch.opened import opened_student
from cnnlab.ui.classroom.watch.table import live_table
from cnnlab.ui.classroom.watch.take_along import take_class_along
from cnnlab.ui.classroom.watch.trainings import class_trainings
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import WATCHED_STUDENT
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.visitor import is_teacher

DRAWN = {
    "The class": live_table,
    "Ask the class": ask_the_class,
    "Trainings": class_trainings,
    "Take along": take_class_along,
}
PART = "watch_part"


def results(exercise_id: str) -> None:
    """Draw what came back of an exercise, for whoever holds the teacher's key."""
    if not is_teacher():
        refuse("What came back is shown to whoever holds the teacher's key.")
        return
    with faults_said():
        try:
            _draw(exercise_id)
        except ClassroomFault:
            raise
        except ClassroomError as error:
            refuse(error)


def _draw(exercise_id: str) -> None:
    of_exercise, student = WATCHED_STUDENT.get()
    if student and of_exercise == exercise_id:
        opened_student(exercise_id, student)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="watch_parts"):
        st.segmented_control(
            "Show",
            list(DRAWN),
            default=next(iter(DRAWN)),
            key=PART,
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
        lead_toggle(exercise_id)
    DRAWN[chosen(PART, DRAWN, next(iter(DRAWN)))](exercise_id)
