"""Draw the operator's page: who is here, what each process holds, the queue, the disk, the limits, and what to end."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.kept.disk import size_of
from cnnlab.core.settings import Settings
from cnnlab.processes.home.usage import WEB, processes_of
from cnnlab.runs.record import ACTIVE, Run, RunError, State
from cnnlab.ui.app.readiness import readiness
from cnnlab.ui.data.export import folder as exports
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.teacher import teacher_panel
from cnnlab.ui.session.services import engine, inference, settings, store, teacher_key
from cnnlab.ui.session.visitor import is_teacher
from cnnlab.viz.html import Html, bold, heading, line, number_cell, pairs, quiet, table, together

SECONDS = 5.0  # between two looks
SECRET = ("teacher_key",)
MOST_FOLDERS = 20
MEGABYTE = 1 << 20


def operator() -> None:
    """Draw the page for whoever has the teacher's key, and one sentence for everybody else."""
    if not teacher_key().exists:
        show_html(quiet("This page needs the teacher's key: start the server with CNNLAB_TEACHER_KEY set."))
        return
    if not is_teacher():
        show_html(quiet("This page is for whoever runs the server; the teacher's key opens it."))
        teacher_panel()
        return
    st.fragment(_standing, run_every=SECONDS)()
    with st.expander("Limits and settings"):
        show_html(_limits())


def _standing() -> None:
    with faults_said():
        is_ready, told = readiness()
        show_html(bold("Ready for visitors." if is_ready else str(told["problem"])))
        left, right = st.columns(2, gap="large")
        with left:
            show_html(heading("Processes"), _processes())
            st.button(
                "Let TensorFlow rest now",
                on_click=lambda: inference().rest(0.0),
                help="Gives the memory of what looks inside networks back; it starts again when somebody asks.",
            )
        with right:
            show_html(heading("Trainings"))
            _trainings()
            show_html(heading("Disk"), _disk())
            st.button(
                "Delete exported data sets",
                on_click=_delete_exports,
                help="Zips that visitors had written to take along; each can be written again.",
            )


def sessions() -> int:
    """Return how many browsers' tabs are open on this server."""
    if not runtime.exists():
        return 0
    # There is no public way; a test notices when a release of Streamlit changes this one.
    manager = getattr(runtime.get_instance(), "_session_mgr", None)
    return manager.num_active_sessions() if isinstance(manager, WebsocketSessionManager) else 0


def _processes() -> Html:
    found = processes_of(settings().home)
    total = sum(used.memory for used in found)
    rows = [
        line(used.purpose, number_cell(_megabytes(used.memory)), number_cell(f"{used.seconds / 60:,.0f}"))
        for used in found
    ]
    rows.append(line("all together", number_cell(_megabytes(total)), number_cell("")))
    tabs, serving = counted(sessions(), "open tab", "open tabs"), sum(used.purpose == WEB for used in found)
    # Only its own are known to each.
    where = f" at this one of {serving} that serve the pages" if serving > 1 else ""
    said = quiet(f"{tabs}{where}, ", counted(len(found), "process", "processes"), ".")
    return together(said, table("Processes and their memory", ("process", "memory, MB", "minutes"), rows))


def _trainings() -> None:
    running, waiting = store().in_state(*ACTIVE), store().in_state(State.QUEUED)
    queue = counted(len(waiting), "training waits", "trainings wait")
    show_html(quiet(f"{len(running)} of {settings().slots} places taken; {queue}."))
    for place, run in enumerate((*running, *waiting)):
        with st.container(horizontal=True, vertical_alignment="center"):
            show_html(quiet(bold(run.spec.name), f" of {run.nickname or 'somebody'}, {run.state}"))
            st.button("Stop", key=f"operator_stop_{place}", on_click=lambda run=run: _stop(run))
    if both := (*waiting, *running):
        st.button(f"Stop all {len(both)}", on_click=lambda: _stop_all(both))


def _stop_all(runs: Iterable[Run]) -> None:
    for run in runs:
        _stop(run)


def _stop(run: Run) -> None:
    # It may have ended since the page was drawn.
    with suppress(RunError):
        engine().stop(run.id)


def _disk() -> Html:
    home = settings().home
    parts = sorted(((size_of(str(path)), path.name) for path in home.iterdir() if path.is_dir()), reverse=True)
    rows = [line(name, number_cell(_megabytes(size))) for size, name in parts[:MOST_FOLDERS]]
    used = quiet(f"{_megabytes(settings().disk.used(SECONDS))} MB of {settings().max_disk_mb:,} MB are used.")
    return together(used, table("Folders of the home and their size", ("folder of the home", "MB"), rows))


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.1f}" if size < 10 * MEGABYTE else f"{size / MEGABYTE:,.0f}"


def _delete_exports() -> None:
    for zipped in exports().glob("*.zip"):
        zipped.unlink(missing_ok=True)


def _limits() -> Html:
    """Return every setting but the key, as this server reads it."""
    known = settings()
    return pairs((each.name, _said(getattr(known, each.name))) for each in fields(Settings) if each.name not in SECRET)


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, Path):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else str(value or "none")
