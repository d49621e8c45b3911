"""Know the exercise that a visitor works on, in whose name, and what of the pages it keeps from being touched."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import streamlit as st

from cnnlab.core.classroom.exercise import StudentExercise
from cnnlab.core.classroom.handles import LOOK
from cnnlab.ui.session.aside import put_aside, take_back_own
from cnnlab.ui.session.keys import EXERCISE_SAID
from cnnlab.ui.session.locks import Lock
from cnnlab.ui.session.services import settings
from cnnlab.ui.session.session import shared

WORK = "exercise_at_work"
SAID_SECONDS = 8.0


@dataclass(frozen=True)
class AtWork:
    """Hold the exercise that has the stage.

    `token` is what the record knows the student by, empty in a preview and for whoever only looks; no browser gets it.
    `step` is None before the first. `link` is what the address says. `training` are the settings that the stage put
    into the form, `weights` the key of those that it chose, `withheld` the columns that would tell an answer.
    """

    exercise: StudentExercise
    id: str = ""
    version: int = 0
    token: str = ""
    step: int | None = None
    link: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    weights: str = ""
    withheld: tuple[str, ...] = ()

    @property
    def is_preview(self) -> bool:
        """Tell whether nothing of it is recorded."""
        return not self.token


def at_work() -> AtWork | None:
    """Return the exercise that the visitor works on, None if there is none."""
    found: AtWork | None = st.session_state.get(WORK)
    return found


def take_up(work: AtWork) -> None:
    """Work on an exercise: what is the visitor's own goes aside. Nothing is locked before `lock`."""
    put_aside()
    shared().lock = None
    st.session_state[WORK] = work


def change_work(**changes: Any) -> None:
    """Change what is known of the exercise that the visitor works on."""
    if (work := at_work()) is not None:
        st.session_state[WORK] = replace(work, **changes)


def lock() -> None:
    """Keep what the exercise locks as it stands now."""
    if (work := at_work()) is not None:
        shared().lock = Lock(work.exercise.may_touch, say)


def say(sentence: str) -> None:
    """Let the dock say something for a while."""
    EXERCISE_SAID.set((sentence, monotonic()))


def said() -> str:
    """Return what the dock has to say for a while, empty for nothing."""
    sentence, since = EXERCISE_SAID.get()
    return sentence if monotonic() - since < SAID_SECONDS else ""


def unlock() -> None:
    """Let the stage be set; `lock` follows."""
    shared().lock = None


def lay_down() -> AtWork | None:
    """End the exercise, and give the visitor back what is theirs; return what was worked on, None if nothing was."""
    work: AtWork | None = st.session_state.pop(WORK, None)
    if work is not None:
        shared().lock = None
        EXERCISE_SAID.take()
        take_back_own()
    return work


def is_locked(page: str, handle: str) -> bool:
    """Tell whether an exercise keeps a control of a page from being touched."""
    work = at_work()
    return work is not None and not work.exercise.may_touch(page, handle)


def is_hidden(page: str, handle: str) -> bool:
    """Tell whether an exercise shows a control of a page to nobody; it is locked then too."""
    work = at_work()
    return work is not None and work.exercise.hides(page, handle)


def kept_weights() -> str:
    """Return the key of the weights that an exercise keeps on the pages, empty where a visitor may choose."""
    work = at_work()
    return "" if work is None or work.exercise.may_touch(LOOK, "weights") else work.weights


def kept_run() -> str:
    """Return the run whose weights an exercise begins with, empty for none: it may be older than what is offered."""
    work = at_work()
    return "" if work is None else work.exercise.weights_run


def kept_seed() -> int:
    """Return the seed of the exercise that a visitor works on, 0 if there is none."""
    work = at_work()
    return 0 if work is None else work.exercise.seed


def kept_training() -> Mapping[str, Any]:
    """Return the settings of a training that the exercise's stage has put into the form."""
    work = at_work()
    return {} if work is None else work.training


def most_epochs() -> int:
    """Return how many epochs a training of this visitor may have."""
    work = at_work()
    asked = None if work is None else work.exercise.limits.epochs
    return settings().max_epochs if asked is None else min(asked, settings().max_epochs)


def withheld() -> tuple[str, ...]:
    """Return the columns of numbers that would tell an answer, so that none of them leaves the server."""
    work = at_work()
    return () if work is None else work.withheld
