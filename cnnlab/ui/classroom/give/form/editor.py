"""Draw the draft: what it is, its steps, what students begin with and may do, its file, and beside it the check."""

import streamlit as st

from cnnlab.ui.classroom.give.file import text_of_file
from cnnlab.ui.classroom.give.form.about import about
from cnnlab.ui.classroom.give.form.allowed import limits, touched, unseen
from cnnlab.ui.classroom.give.form.begins import begins
from cnnlab.ui.classroom.give.form.check import check
from cnnlab.ui.classroom.give.form.drafting import drafting, field_key, undo
from cnnlab.ui.classroom.give.form.steps import steps
from cnnlab.ui.classroom.give.place import LIST, go_to
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import quiet

PARTS = ("What it is", "Steps", "What they begin with", "What they may do", "As a file")


def editor() -> None:
    """Draw it."""
    with st.container(horizontal=True, vertical_alignment="center", key="give_top"):
        st.button("All exercises", icon=":material/arrow_back:", on_click=lambda: go_to(LIST))
        if past := drafting().past:
            st.button("Undo", icon=":material/undo:", key=field_key("undo"), on_click=undo)
            show_html(quiet(f"{past[-1][0]}."), width="content")
    left, right = st.columns([8, 4], gap="large")
    with left:
        what, do, first, may, file = st.tabs(PARTS)
        with what:
            about()
        with do:
            steps()
        with first:
            begins()
        with may:
            touched()
            unseen()
            limits()
        with file:
            text_of_file()
    with right, st.container(key="give_check"):
        check()
