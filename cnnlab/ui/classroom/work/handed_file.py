"""Draw the field of a question that takes a file: what is kept, the way to replace it, and to take it back."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnnlab.classroom.files import LARGEST, MB, refuse_file
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.texts import file_name_of, path_part_of
from cnnlab.classroom.record.work import Attempt, Filed
from cnnlab.core.classroom.exercise import At, StudentAsk
from cnnlab.core.teach.brief import describe_bytes
from cnnlab.ui.classroom.work.desk import desk_of
from cnnlab.ui.classroom.work.moments import moment
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.browser_files import release
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.services import classroom, settings
from cnnlab.viz.html import notice, tag

HARMLESS = "application/octet-stream"
"""What a stranger's file is sent as, so that a browser saves it and opens nothing."""


SAID_UP_TO = 20
"""Megabytes up to which a file comes as far as here, where a sentence says that it is too large."""


def refused_key(key: str) -> str:
    """Return where it stands why the last answer to a question was not taken."""
    return f"{key}_refused"


def file_field(ask: StudentAsk, at: At, last: Attempt | None, key: str, *, disabled: bool) -> None:
    """Draw what is kept, and the field for a file; a new one is drawn once a file was taken."""
    file = None if last is None else last.file
    if last is not None and file is not None:
        _kept(at, last, file, key, disabled=disabled)
    upload = f"{key}_file_{0 if file is None else file.number}"
    kinds = f"{' or '.join(ask.endings)}, " if ask.endings else ""
    # Telephones know few endings, and would offer none of the files to choose from; so all are, and judged here.
    st.file_uploader(
        f"{'Your file' if file is None else 'Another file in its place'} ({kinds}at most {LARGEST // MB} MB)",
        key=upload,
        max_upload_size=min(SAID_UP_TO, settings().max_upload_mb),
        on_change=lambda: _take(at, ask, key, upload),
        disabled=disabled,
    )


def _kept(at: At, last: Attempt, file: Filed, key: str, *, disabled: bool) -> None:
    """Draw which file counts, with its size and its time."""
    size = tag("div", f"{describe_bytes(file.size)}, {moment(last.at)}")
    show_html(notice(tag("div", "Your file: ", tag("b", last.given)), size, color="var(--notice)"))
    work = at_work()
    with st.container(horizontal=True, key=f"{key}_kept"):
        if not file.handed_in:
            st.button(
                "Take it back",
                key=f"{key}_back",
                type="tertiary",
                on_click=lambda: _take_back(at, key),
                disabled=disabled,
            )
        if work is not None and not work.is_preview:
            st.download_button(
                "Save a copy",
                partial(content_or_why, partial(classroom().files.own, work.token, file.number)),
                path_part_of(last.given),
                HARMLESS,
                key=f"{key}_copy",
                type="tertiary",
                on_click="ignore",
            )


def content_or_why(read: Callable[[], bytes]) -> bytes:
    """Return the content of a file; it is asked for outside of any session, so a sentence takes its place."""
    try:
        return read()
    except ClassroomError as error:
        return f"{error}\n".encode()


def _take(at: At, ask: StudentAsk, key: str, upload: str) -> None:
    """Hand in what was uploaded; what cannot be taken is said beside the field, and changes nothing."""
    work, uploaded = at_work(), st.session_state.get(upload)
    st.session_state[refused_key(key)] = ""
    if work is None or not isinstance(uploaded, UploadedFile):
        return
    try:
        # Its size is known before its bytes are taken.
        refuse_file(ask.endings, file_name_of(uploaded.name), uploaded.size)
        desk_of(work).hand_file(at, uploaded.name, uploaded.getvalue())
    except ClassroomError as error:
        st.session_state[refused_key(key)] = str(error)
    release(uploaded)


def _take_back(at: At, key: str) -> None:
    work = at_work()
    st.session_state[refused_key(key)] = ""
    try:
        if work is not None:
            desk_of(work).take_file_back(at)
    except ClassroomError as error:
        st.session_state[refused_key(key)] = str(error)
