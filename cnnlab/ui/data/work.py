"""Read large data sets beside the page: how far it has come, a button that ends it, and what came of it."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.data.survey.cache import recall, state_of
from cnnlab.core.pictures import shown_name
from cnnlab.processes.data.data_job import MOST_SECONDS
from cnnlab.processes.data.jobs import Job, Jobs, JobsError, JobState
from cnnlab.processes.environment import ONE_THREAD, data_command, limited_environment
from cnnlab.processes.home.faults import sentence_of
from cnnlab.processes.home.files import UPLOAD
from cnnlab.ui.session import shared
from cnnlab.ui.session.browser_files import release
from cnnlab.ui.session.keys import DATA_REFUSED, DATA_REFUSED_TREE
from cnnlab.ui.session.services import jobs, settings
from cnnlab.ui.session.visitor import asker, me

POLL_SECONDS = 0.5
QUICK_SECONDS = 2.0  # a small set is read within this time, and the page shows it at once
_BLOCK = 1 << 20
_LEFT = "left_job"  # set while a page still draws what its visitor waits for no more


def begin_reading(reference: str) -> bool:
    """Start reading a folder that is not known yet, and tell whether that was needed."""
    if recall(settings().surveys, state_of(Path(reference), settings().max_pixels)[0]) is not None:
        return False
    _begin(reference, data_command("check", reference))
    return True


def read_beside(reference: str) -> None:
    """Let a limited process read a folder and remember it, and wait for that; raise `DataSetError`."""
    job = start_job(reference, data_command("check", reference))
    state = job.wait(MOST_SECONDS)
    if state.refused:
        raise DataSetError(state.refused, state.tree)


def begin_upload(source: "st.runtime.uploaded_file_manager.UploadedFile", name: str) -> None:
    """Write an uploaded archive to disk and start unpacking and reading it in a limited process."""
    if problem := settings().disk.problem(source.size):
        keep_refusal(DataSetError(problem))
        return
    try:
        with arriving() as file, file.open("wb") as kept:
            source.seek(0)
            while block := source.read(_BLOCK):
                kept.write(block)
    except DataSetError as error:
        keep_refusal(error)
        return
    release(source)
    begin_adding(file, name)


@contextlib.contextmanager
def arriving() -> Iterator[Path]:
    """Give the place of a new file for what is uploaded; one that cannot be written whole goes.

    Raises `DataSetError` if the disk is full or the home cannot be used.
    """
    file = arriving_file(secrets.token_hex(8))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield file
    except OSError as error:
        _forget(file)
        raise DataSetError(sentence_of(error, settings().home)) from error
    except BaseException:
        _forget(file)
        raise


def arriving_file(name: str) -> Path:
    """Return the place of a file that is about to be uploaded to this process, of which there may be several."""
    return settings().home / "data" / f"{UPLOAD}{os.getpid()}-{name}"


def _forget(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()


def begin_adding(file: Path, name: str, work: str = "add") -> None:
    """Start unpacking and reading an archive that is on disk, or another work on it; the work takes the file away."""
    # A name with a NUL or half a surrogate is no argument of a process.
    _begin(str(file), data_command(work, str(file), shown_name(name), me()), leftover=file)


def _begin(key: str, command: list[str], leftover: Path | None = None) -> None:
    keep_refusal(None)
    try:
        job = start_job(key, command, leftover)
    except DataSetError as error:
        keep_refusal(error)
        return
    mine = shared()
    mine.data = mine.data.waiting(key)
    with st.spinner("Unpacking and reading…"):
        job.wait(QUICK_SECONDS)


def start_job(key: str, command: list[str], leftover: Path | None = None) -> Job:
    """Start a job for this visitor, who may have to wait; raise `DataSetError` if it is not taken."""
    try:
        return jobs().start(key, command, limited_environment(settings()) | ONE_THREAD, asker(), leftover)
    except JobsError as error:
        raise DataSetError(str(error)) from None


def show_work() -> None:
    """Draw the work that this visitor waits for, if there is any; at its end the data set becomes the current one."""
    mine = shared()
    job = jobs().get(mine.data.job) if mine.data.job else None
    if job is None:
        return
    if job.state.running:
        with st.container(key="data_work"):
            watch_job(mine.data.job, "cancel_data", _said)
    else:
        _finish(job.state)


@st.fragment(run_every=POLL_SECONDS)
def watch_job(job_key: str, button: str, said: Callable[[JobState], str], held: Callable[[], Jobs] = jobs) -> None:
    """Draw how far a job has come, until it ends; then run the page.

    A button of this key lets a visitor who asked for it wait no more; the job ends once nobody waits.
    """
    job = held().get(job_key)
    if job is None or not job.state.running or st.session_state.pop(_LEFT, False):
        st.rerun()
        return
    state = job.state
    text = f"Waiting for {held().ahead_of(job):,} before it…" if job.is_waiting else said(state)
    st.progress(state.done / state.total if state.total else 0.0, text=text)
    if job.is_waited_for_by(asker()):
        st.button("Cancel", key=button, on_click=lambda: _leave(job, job_key))


def _leave(job: Job, key: str) -> None:
    if job.leave(asker()):
        return
    mine = shared()
    if mine.data.job == key:
        mine.data = mine.data.waiting("")
        st.session_state[_LEFT] = True


def _said(state: JobState) -> str:
    if not state.total:
        return "Unpacking…" if not state.what else f"{state.what}…"
    return f"{state.what or 'Reading the pictures'}: {state.done:,} of {state.total:,}"


def _finish(state: JobState) -> None:
    mine = shared()
    job, mine.data = mine.data.job, mine.data.waiting("")
    if state.refused:
        DATA_REFUSED.set(state.refused)
        DATA_REFUSED_TREE.set(state.tree)
        return
    if state.reference == job:  # the reading of a folder is named by it
        mine.data = mine.data.given(state.reference)
    mine.data = mine.data.chosen(state.reference)
    st.rerun()


def keep_refusal(error: Exception | None) -> None:
    """Keep the sentence, and the folders found, for the next drawing of the page; None forgets them."""
    DATA_REFUSED.set("" if error is None else str(error))
    DATA_REFUSED_TREE.set(getattr(error, "tree", ""))
