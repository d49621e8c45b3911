"""Let the owner of an uploaded data set, or the teacher, offer it to everybody or remove it."""

import streamlit as st

from cnnlab.core.data.library import Entry
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.words import plain
from cnnlab.runs.record import TERMINAL
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.ui.session.services import library, store
from cnnlab.ui.session.visitor import is_teacher, me
from cnnlab.viz.html import Html, bold, paragraph


def visible_entries() -> dict[str, Entry]:
    """Return the uploaded data sets that this visitor may use, by their references."""
    who, teacher = me(), is_teacher()
    return {entry.reference: entry for entry in library().entries() if entry.is_offered_to(who, teacher)}


def owner_panel() -> None:
    """Draw what may be done with the current data set, if it is this visitor's to do."""
    entry = visible_entries().get(shared().data.reference)
    if entry is None or not entry.may_be_changed_by(me(), is_teacher()):
        return
    with st.container(key="data_owner", horizontal=True, vertical_alignment="center"):
        if entry.owners:
            key = f"share_{entry.reference}"
            st.session_state[key] = entry.shared
            st.toggle(
                "Share this set",
                key=key,
                on_change=_share,
                args=(entry.reference, key),
                help="Everybody on this server may then look at it, train on it and export it.",
            )
        with st.popover("Remove this set"):
            show_html(paragraph(*_warning(entry)))
            st.button("Remove it for good", key="remove_data", on_click=_remove, args=(entry.reference,))


def _warning(entry: Entry) -> tuple[Html | str, ...]:
    runs = [run for run in store().runs() if run.spec.data == entry.reference]
    said = ("What ", bold(entry.name), " holds is deleted from this server and cannot be brought back.")
    if not runs:
        return said
    active = sum(run.state not in TERMINAL for run in runs)
    waiting = f" {counted(active, 'training')} on it not ended yet may fail." if active else ""
    return *said, f" {counted(len(runs), 'training')} used it: what they found stays, but none can go on.{waiting}"


def _mine(reference: str) -> Entry | None:
    """Return an entry again at the moment of a press, if it is still there and this visitor's to change."""
    entry = visible_entries().get(reference)
    return entry if entry is not None and entry.may_be_changed_by(me(), is_teacher()) else None


def _share(reference: str, key: str) -> None:
    if entry := _mine(reference):
        library().share(entry, bool(st.session_state.get(key)))


def _remove(reference: str) -> None:
    entry = _mine(reference)
    if entry is None:
        return
    library().remove(entry, "" if is_teacher() else me())
    st.toast(f"{plain(entry.name)} was removed.")
