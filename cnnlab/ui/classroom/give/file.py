"""Open an exercise from a file, and let its whole text be edited."""

import hashlib

import streamlit as st

from cnnlab.core.classroom.drafts.draft import Draft, draft_of
from cnnlab.core.classroom.drafts.finishing import NAME, file_of_draft
from cnnlab.core.classroom.exercise import Exercise
from cnnlab.core.classroom.reading import is_exercise, read_exercise
from cnnlab.core.lessons.lesson import Go
from cnnlab.core.lessons.reading import LARGEST_FILE, read_lesson
from cnnlab.core.pictures import shown_name
from cnnlab.core.words import Refusal
from cnnlab.ui.classroom.give.form.drafting import begin, drafting, field_key, restructure
from cnnlab.ui.classroom.give.form.fields import lines
from cnnlab.ui.classroom.give.place import DRAFT, go_to
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.viz.html import quiet

FILE, FILE_REFUSED = "exercise_file", "exercise_file_refused"
HEIGHT = 520  # pixels


def open_file() -> None:
    """Draw the field for a file."""
    st.file_uploader("An exercise, or a lesson, as Markdown", type=["md"], key=FILE, on_change=_take_file)
    if refused := st.session_state.get(FILE_REFUSED):
        refuse(refused)


def _take_file() -> None:
    uploaded = st.session_state.get(FILE)
    st.session_state[FILE_REFUSED] = ""
    if uploaded is None:
        return
    try:
        if uploaded.size > LARGEST_FILE:
            raise Refusal(f"An exercise has at most {LARGEST_FILE:,} bytes; this file has {uploaded.size:,}.")
        begin(read_any(shown_name(uploaded.name), uploaded.getvalue()))
        go_to(DRAFT)
    except Refusal as error:
        st.session_state[FILE_REFUSED] = str(error)


def read_any(name: str, content: bytes) -> Draft:
    """Return the draft of the file of an exercise, or of a lesson, which begins with its first step's page."""
    if is_exercise(name, content):
        return draft_of(read_exercise(name, content))
    lesson = read_lesson(name, content)
    if any(ask.motif for step in lesson.steps for ask in step.asks):
        raise Refusal("This lesson asks for a motif, which an exercise cannot; let it offer choices instead.")
    return draft_of(Exercise(lesson, Go(lesson.steps[0].go.page)))


def text_of_file() -> None:
    """Draw the whole file as a text that can be changed."""
    show_html(quiet("The whole exercise as its file. What is wrong is said with its line; your text stays."))
    try:
        text = file_of_draft(drafting().draft)
    except Refusal as error:
        refuse(error)
        return
    # Another draft has another field, or what was typed into the one before would stand in it.
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    key, refused_key = field_key("file", digest), field_key("file_refused", digest)

    def take() -> None:
        typed = lines(key, LARGEST_FILE)
        st.session_state[refused_key] = ""
        try:
            draft = draft_of(read_exercise(f"{NAME}.md", typed.encode()))
        except Refusal as error:
            st.session_state[refused_key] = str(error)
            return
        restructure("The file was edited", lambda _: draft)

    st.text_area("The file", text, key=key, height=HEIGHT, max_chars=LARGEST_FILE, label_visibility="collapsed")
    st.button("Take this text", key=field_key("take_text"), on_click=take)
    if refused := st.session_state.get(refused_key):
        refuse(refused)
