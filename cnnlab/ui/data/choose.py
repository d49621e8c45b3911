"""Let a visitor choose the data set that every page works on: bundled, uploaded, or a folder of the server."""

import streamlit as st

from cnnlab.core.classroom.handles import DATA
from cnnlab.core.data.archives.zip_archives import Limits
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.data.library import NEWER
from cnnlab.core.sequences.loading import is_made, is_sequences
from cnnlab.ui.data.current import current_data, loaded, offered_data
from cnnlab.ui.data.owner import owner_panel
from cnnlab.ui.data.sequences.bring import bring_sequences
from cnnlab.ui.data.sequences.current import loaded_sequences
from cnnlab.ui.data.sequences.made_form import made_form
from cnnlab.ui.data.work import begin_reading, begin_upload, keep_refusal, show_work
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.ui.session.keys import DATA_REFUSED, DATA_REFUSED_TREE
from cnnlab.ui.session.sent import chosen, text
from cnnlab.ui.session.services import library, settings
from cnnlab.viz.html import quiet

LIMITS = Limits()
LONGEST_PATH = 500  # characters of the name of a folder


def choose_data() -> None:
    """Draw the choice among bundled, uploaded and served data sets; the choice holds on every page."""
    mine = shared()
    current_data()
    if is_hidden(DATA, "data"):
        return
    labels = told_apart({reference: one.choice for reference, one in offered_data().items()})
    st.session_state["data_choice"] = mine.data.reference
    st.radio(
        "Data set",
        list(labels),
        format_func=lambda reference: labels.get(reference, reference),
        key="data_choice",
        on_change=_take_choice,
        disabled=is_locked(DATA, "data"),
    )
    if is_locked(DATA, "data"):
        show_html(quiet("This exercise keeps the data set as it is."))
        return
    with st.container():
        _about(mine.data.reference)
    with st.container(key="data_upload"):
        st.file_uploader(
            "Your photographs as a zip or tar",
            type=["zip", "tar", "tgz", "gz", "bz2", "xz"],
            key="data_file",
            on_change=_take_upload,
            max_upload_size=settings().max_upload_mb,
            help="Folders train/cats, train/dogs, validation/cats, validation/dogs, or one folder a class, or names "
            f"such as cat.1.jpg. At most {LIMITS.max_files:,} files, {LIMITS.max_total_bytes >> 30} GiB unpacked.",
        )
    bring_sequences()
    if settings().data_root is not None:
        st.text_input(
            "A folder on this server",
            key="data_folder",
            on_change=_take_folder,
            placeholder="cats-and-dogs",
            max_chars=LONGEST_PATH,
        )
    with st.container():
        show_work()
        if refused := DATA_REFUSED.get():
            refuse(refused)
        if found := DATA_REFUSED_TREE.get():
            st.code(found, language=None)


def _about(reference: str) -> None:
    """Draw what can be done with the chosen set itself."""
    owner_panel()
    if library().has_newer():
        refuse(NEWER)
    if is_made(reference):
        made_form()


def _take_choice() -> None:
    mine = shared()
    mine.data = mine.data.chosen(chosen("data_choice", offered_data(), mine.data.reference))


def _take_upload() -> None:
    uploaded = st.session_state.get("data_file")
    keep_refusal(None)
    if uploaded is None:
        return
    begin_upload(uploaded, uploaded.name)


def _take_folder() -> None:
    typed = text("data_folder", LONGEST_PATH)
    keep_refusal(None)
    if not typed.strip():
        return
    try:
        reference = library().folder_below_root(typed)
        if is_sequences(reference):
            loaded_sequences(reference)
        elif begin_reading(reference):
            return
        else:
            loaded(reference)
    except DataSetError as error:
        keep_refusal(error)
        return
    mine = shared()
    mine.data = mine.data.given(reference)
