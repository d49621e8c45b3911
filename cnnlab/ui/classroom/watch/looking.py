"""Let a teacher see what stands before a student, on the pages themselves, and go back by one press."""

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.ui.classroom.work.standing import stand_as
from cnnlab.ui.lessons.course import current, leave
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session.aside import take_back_own
from cnnlab.ui.session.exercise import lay_down
from cnnlab.ui.session.keys import PAGE_WANTED, WATCH_REFUSED
from cnnlab.ui.session.services import classroom
from cnnlab.ui.session.visitor import is_teacher
from cnnlab.viz.html import bold, tag

LOOKED_AT = "looked_at"
BACK = "exercises"  # the page of the teacher


def look_at(exercise_id: str, student: str) -> None:
    """Put what stands before a student on the pages, after the teacher's own was put aside.

    It is a copy: nothing that is done with it reaches the student.
    """
    try:
        row = classroom().table.open(exercise_id, student).row
        exercise = classroom().exercises.version(exercise_id, row.version).exercise
        own = classroom().pictures.of_exercise(exercise_id, student)
    except ClassroomError as error:
        WATCH_REFUSED.set(str(error))
        return
    if current() is not None:
        leave()
    lay_down()
    stand_as(exercise.for_student(), row.standing, own, is_theirs=False)
    st.session_state[LOOKED_AT] = row.student.name


def looking_line() -> None:
    """Say on every page whose work is seen, and lead back."""
    name: str | None = st.session_state.get(LOOKED_AT)
    if name is None or not is_teacher():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="looking_line"):
        said = tag("div", "You see what stands before ", bold(name), "; a copy, so nothing you do reaches it.")
        show_html(tag("div", said, role="status"), width="content")
        st.button("Back to my own", key="looking_back", type="primary", on_click=_back)


def _back() -> None:
    st.session_state.pop(LOOKED_AT, None)
    take_back_own()
    if BACK in TITLES:
        PAGE_WANTED.set(BACK)
