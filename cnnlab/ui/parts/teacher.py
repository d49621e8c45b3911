"""Let a teacher unlock everybody's runs with the server's key."""

import streamlit as st

from cnnlab.core.settings import LONGEST_KEY
from cnnlab.core.words import Refusal
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.keys import IS_TEACHER
from cnnlab.ui.session.sent import text
from cnnlab.ui.session.services import teacher_key
from cnnlab.ui.session.visitor import address, is_teacher
from cnnlab.viz.html import quiet


def teacher_panel() -> None:
    """Draw the field for the teacher's key, where the server has one."""
    if not teacher_key().exists:
        return
    if is_teacher():
        show_html(quiet("Unlocked: you may change everybody's runs until you reload the page."))
        return
    with st.popover("Teacher", width="stretch"):
        key_field()


def key_field() -> None:
    """Draw the field for the key itself, with what is said to a wrong one."""
    st.text_input("The teacher's key", type="password", key="teacher_key", on_change=_try_key, max_chars=LONGEST_KEY)
    if refused := st.session_state.get("teacher_refused"):
        refuse(refused)


def _try_key() -> None:
    typed = text("teacher_key", LONGEST_KEY)
    st.session_state["teacher_key"] = ""
    st.session_state["teacher_refused"] = ""
    if not typed:
        return
    try:
        opened = teacher_key().opens(typed, address())
    except Refusal as error:
        st.session_state["teacher_refused"] = str(error)
        return
    IS_TEACHER.set(opened)
    if not opened:
        st.session_state["teacher_refused"] = "That is not the key."
