"""Draw the page for exercises: for whoever holds the teacher's key, and for everybody where the server has none."""

import streamlit as st

from cnnlab.ui.classroom.give.form.drafting import DRAFTING, keep_in_tab
from cnnlab.ui.classroom.give.form.editor import editor
from cnnlab.ui.classroom.give.given import given
from cnnlab.ui.classroom.give.network_address import can_be_overheard
from cnnlab.ui.classroom.give.place import DRAFT, LIST, PLACE
from cnnlab.ui.classroom.give.shelf import shelf
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.teacher import key_field
from cnnlab.ui.session.services import teacher_key
from cnnlab.ui.session.visitor import is_teacher
from cnnlab.viz.html import paragraph, quiet

KEY_WANTED = (
    "Exercises are given out by whoever has the teacher's key of this server; type it here. Whoever started the server "
    "has chosen it, as CNNLAB_TEACHER_KEY."
)


def exercises() -> None:
    """Draw what the visitor may see."""
    if teacher_key().exists and not is_teacher():
        show_html(paragraph(KEY_WANTED))
        key_field()
        if can_be_overheard():
            show_html(quiet("This address is plain http: others on the same network can read the key as it is sent."))
        return
    # The glossary's class is a kind of picture, and here the word means people.
    with st.container(key="exercises"), faults_said():
        _place(PLACE.get())
    keep_in_tab()


def _place(place: str) -> None:
    """Draw where the teacher is."""
    if place == DRAFT and DRAFTING.get() is not None:
        editor()
    elif place in (LIST, DRAFT) or not teacher_key().exists:
        shelf()
    else:
        given(place)
