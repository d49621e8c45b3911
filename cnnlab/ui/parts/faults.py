"""Say what is wrong with the place where trainings and classes are kept, and let the rest of a page go on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.parts.html import show_html
from cnnlab.viz.html import notice as box

RETRY_SECONDS = 3.0


@contextmanager
def faults_said() -> Iterator[None]:
    """Say a fault in one sentence in place of what cannot be drawn, and draw the page again until it has passed."""
    try:
        yield
    except (StoreFault, ClassroomFault) as fault:
        notice(str(fault))
        st.fragment(_try_again, run_every=RETRY_SECONDS)(time.monotonic())


def notice(text: str) -> None:
    """Draw one sentence that says what is wrong."""
    show_html(box(text, color="#b3261e"))


def _try_again(drawn: float) -> None:
    # The first call belongs to the run of the page that has just failed.
    if time.monotonic() - drawn > RETRY_SECONDS / 2:
        st.rerun()
