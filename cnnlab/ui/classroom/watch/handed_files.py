"""Let a teacher save the files that a student has handed in; none is ever opened here."""

from functools import partial

import streamlit as st

from cnnlab.classroom.record.texts import path_part_of
from cnnlab.classroom.table import Opened
from cnnlab.core.words import plain
from cnnlab.ui.classroom.watch.columns import label_of
from cnnlab.ui.classroom.work.handed_file import HARMLESS, content_or_why
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.services import classroom
from cnnlab.viz.html import heading, quiet


def files(opened: Opened) -> None:
    """Draw a button for each file, the last one of a question first; nothing where there is none."""
    found = [
        (at, attempt, attempt.file)
        for at, asked in sorted(opened.asked.items())
        for attempt in reversed(asked.attempts)
        if attempt.file is not None
    ]
    if not found:
        return
    show_html(heading("Files"), quiet("Nobody has looked into them; open them as you would a stranger's."))
    of_exercise = classroom().files.of_exercise
    with st.container(horizontal=True, key="watch_files"):
        for at, attempt, file in found:
            # A name is hostile text, and the label of a button is Markdown.
            st.download_button(
                f"{label_of(at)} {plain(attempt.given)}",
                partial(content_or_why, partial(of_exercise, opened.row.student.exercise, file.number)),
                path_part_of(attempt.given),
                HARMLESS,
                key=f"watch_file_{file.number}",
                icon=":material/download:",
                on_click="ignore",
            )
