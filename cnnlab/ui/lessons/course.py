"""Know where a visitor is in a lesson, and keep what is theirs aside while a lesson sets the stage."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from cnnlab.core.lessons import Lesson, Step
from cnnlab.core.lessons.playing import column_to_hide, layer_of, network_of, withholds_motif
from cnnlab.core.lessons.shelf import ENGLISH, Shelf, languages, shelf
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.ui.lessons.language import reader_language
from cnnlab.ui.lessons.stage import set_stage
from cnnlab.ui.session.aside import own_network, put_aside, take_back_own
from cnnlab.ui.session.exercise import lay_down
from cnnlab.ui.session.keys import LESSON_PLACE, LESSON_REFUSED, MOTIF_WITHHELD, PAGE_WANTED
from cnnlab.ui.session.services import settings

COURSE = "course"


@dataclass(frozen=True)
class Course:
    """Hold the lesson that runs and the position of its step."""

    lesson: Lesson
    at: int

    @property
    def step(self) -> Step:
        """Return the step."""
        return self.lesson.steps[self.at]

    @property
    def address(self) -> dict[str, str]:
        """Return what an address says to come here; steps are counted from 1."""
        return {"lesson": self.lesson.name, "step": str(self.at + 1)}


def offered() -> Shelf:
    """Return the lessons in the language that the browser asks for, with those of the teacher's folder."""
    return offered_in(spoken())


def spoken() -> str:
    """Return the language that the visitor's lessons are in."""
    return reader_language(languages(settings().lessons))


def offered_in(language: str) -> Shelf:
    """Return the lessons in a language, in English where there is none of it."""
    folder = settings().lessons
    return _shelf(language if language in languages(folder) else ENGLISH, folder)


@st.cache_resource(ttl=5, show_spinner=False, max_entries=16)
def _shelf(language: str, folder: Path | None) -> Shelf:
    return shelf(language, folder)


def current() -> Course | None:
    """Return the lesson that runs, None if none does."""
    found: Course | None = st.session_state.get(COURSE)
    return found


def enter(lesson: Lesson, at: int) -> None:
    """Go to a step of a lesson: put what is the visitor's aside if no lesson ran, and set the stage."""
    at = min(max(at, 0), len(lesson.steps) - 1)
    lay_down()
    put_aside()
    LESSON_PLACE.set(None)
    MOTIF_WITHHELD.set(withholds_motif(lesson, at))
    go = lesson.steps[at].go
    set_stage(go, *_stage(lesson, at), column_to_hide(lesson.steps[at]))
    st.session_state[COURSE] = Course(lesson, at)
    PAGE_WANTED.set(go.page)


def _stage(lesson: Lesson, at: int) -> tuple[Network, int | None]:
    """Return the network of a step and the layer that it selects.

    A step builds on the steps before it, so it is the same however it is entered; the first builds on the own network.
    """
    network = own_network()
    for step in lesson.steps[: at + 1]:
        with suppress(NetworkFormatError, ValueError):
            network = network_of(step.go, network)
    return network, layer_of(lesson.steps[at].go, network)


def move(by: int) -> None:
    """Go on, or back, by so many steps."""
    if (course := current()) is not None:
        enter(course.lesson, course.at + by)


def leave() -> None:
    """End the lesson and give the visitor the own network, picture and settings back as they were."""
    st.session_state.pop(COURSE, None)
    st.session_state.pop("lesson_address", None)
    for name in ("lesson", "step"):
        st.query_params.pop(name, None)
    take_back_own()


def follow_address() -> None:
    """Go where the address leads; one that leads nowhere is said and changes nothing."""
    asked: dict[str, Any] = {name: st.query_params.get(name) for name in ("lesson", "step") if name in st.query_params}
    if "lesson" not in asked or asked == st.session_state.get("lesson_address"):
        return
    st.session_state["lesson_address"] = asked
    lesson = offered().named(str(asked["lesson"])[:100])
    step = str(asked.get("step", "1"))
    if lesson is None:
        LESSON_REFUSED.set("There is no lesson of this name here; choose one of the list.")
        PAGE_WANTED.set("lessons")
        return
    known = step.isascii() and step.isdecimal() and len(step) < 3 and 1 <= int(step) <= len(lesson.steps)
    enter(lesson, int(step) - 1 if known else 0)


def take_page() -> str:
    """Return the page that is to be opened, once; empty if the visitor stays."""
    return PAGE_WANTED.take()


def write_address() -> None:
    """Let the address say where the visitor is, so that a reload and a link come back here."""
    course = current()
    if course is None:
        return
    if {name: st.query_params.get(name) for name in course.address} != course.address:
        st.query_params.update(course.address)
    st.session_state["lesson_address"] = course.address
