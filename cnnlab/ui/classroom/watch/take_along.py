"""Let a teacher take a class along: marks for a mark book, every answer, or everything."""

import re
import unicodedata
from collections.abc import Callable

import streamlit as st

from cnnlab.ui.classroom.watch.whole_class import class_address
from cnnlab.ui.parts.html import download_link, show_html
from cnnlab.ui.session.services import classroom
from cnnlab.ui.session.visitor import me
from cnnlab.viz.html import quiet

LONGEST_NAME = 40
WHOLE = "Everything (.zip)"


def take_class_along(exercise_id: str) -> None:
    """Draw the downloads, each made when it is pressed."""
    room = classroom()
    name = file_name(room.exercises.newest(exercise_id).exercise.title)
    show_html(
        quiet(
            "Marks have one line a student, in the columns of nbgrader: your points, or those that the exercise "
            "proposes where you gave none. Everything has marks, answers, receipts, the files that were handed in, and "
            "each version of the exercise."
        )
    )
    with st.container(horizontal=True, key="watch_downloads"):
        # A byte order mark lets a spreadsheet read every letter.
        _download(
            "Marks (.csv)", lambda: f"\ufeff{room.export.marks(exercise_id)}".encode(), f"{name}-marks.csv", "text/csv"
        )
        _download(
            "Answers (.json)",
            lambda: room.export.answers(exercise_id).encode(),
            f"{name}-answers.json",
            "application/json",
        )
        download_link(WHOLE, class_address(exercise_id, me(), name))


def file_name(title: str) -> str:
    """Return a title as the name of a file that every system takes."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-")[:LONGEST_NAME].strip("-") or "exercise"


def _download(label: str, make: Callable[[], bytes], name: str, kind: str) -> None:
    st.download_button(label, make, name, kind, on_click="ignore")
