"""Follow the address of an exercise, know again who works in this browser, and let somebody begin or leave."""

from dataclasses import dataclass, replace

import streamlit as st

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.work import Work
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.core.classroom.exercise import StudentExercise
from cnnlab.ui.classroom.work.desk import desk_of, end_preview
from cnnlab.ui.classroom.work.stage import go_to, set_begin
from cnnlab.ui.classroom.work.standing import stand_as
from cnnlab.ui.lessons.course import leave as leave_lesson
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import AtWork, at_work, change_work, lay_down, lock, take_up
from cnnlab.ui.session.keys import PAGE_WANTED
from cnnlab.ui.session.services import classroom
from cnnlab.ui.session.visitor import asker

DOOR, VIEW, CAME_BY = "exercise_door", "exercise_view", "exercise_address"
LINK, STEP = "x", "step"
NEW_CODE = "exercise_new_code"


@dataclass(frozen=True)
class Door:
    """Hold what somebody who has followed a link is shown before a page: the exercise, or why there is none.

    `refused` says what was wrong with what was typed last; `code` is a new one, shown until somebody goes on.
    """

    link: str
    id: str = ""
    exercise: StudentExercise | None = None
    known: str = ""
    refused: str = ""
    code: str = ""


def door_open() -> Door | None:
    """Return the door that stands before the page, None if none does."""
    found: Door | None = st.session_state.get(DOOR)
    return found


def set_door(door: Door) -> None:
    """Put a door before the page."""
    st.session_state[DOOR] = door


def follow_link() -> None:
    """Go where an address leads: to the door of an exercise, or, after a reload, right back to the work."""
    text = st.query_params.get(LINK)
    if not text or text == st.session_state.get(CAME_BY):
        return
    st.session_state[CAME_BY] = text
    try:
        invited = classroom().invited(text).exercise
        exercise = classroom().exercises.newest(invited).exercise.for_student()
        token = classroom().students.again(invited, asker())
        known = "" if token is None else classroom().students.who(token).name
    except ClassroomError as error:
        set_door(Door(text, refused=str(error)))
        return
    if token is not None and STEP in st.query_params:
        come_in(token, text)
    else:
        set_door(Door(text, invited, exercise, known))


def write_link() -> None:
    """Let the address say which exercise the visitor works on, so that a reload comes back here."""
    work = at_work()
    if work is None or not work.link or work.step is None:
        return
    address = {LINK: work.link, STEP: str(work.step + 1)}
    if {name: st.query_params.get(name) for name in address} != address:
        st.query_params.update(address)
    st.session_state[CAME_BY] = work.link


def begin(name: str) -> None:
    """Begin the exercise at the door under a name; what is wrong with it is said there."""
    door = door_open()
    if door is None or door.exercise is None:
        return
    try:
        begun = classroom().students.begin(door.id, name, asker())
        come_in(begun.token, door.link)
    except ClassroomError as error:
        set_door(replace(door, refused=str(error)))
        return
    set_door(replace(door, code=begun.code, refused=""))


def come_back(code: str) -> None:
    """Go on with the work of a code; what is wrong with it is said at the door."""
    door = door_open()
    if door is None:
        return
    try:
        come_in(classroom().students.come_back(code, asker()), door.link)
    except ClassroomError as error:
        set_door(replace(door, refused=str(error)))


def go_on() -> None:
    """Go on as whoever worked on the exercise in this browser last."""
    door = door_open()
    if door is None:
        return
    try:
        if (token := classroom().students.again(door.id, asker())) is not None:
            come_in(token, door.link)
    except ClassroomError as error:
        set_door(replace(door, refused=str(error)))


def be_another() -> None:
    """Let the next one work in this browser."""
    door = door_open()
    if door is not None:
        try:
            classroom().students.forget_browser(door.id, asker())
            set_door(replace(door, known="", refused=""))
        except ClassroomError as error:
            set_door(replace(door, refused=str(error)))


def come_in(token: str, link: str) -> None:
    """Work as the student of a token, with everything as it stood; raise `ClassroomError`."""
    view = classroom().works.view(token)
    lay_down()
    leave_lesson()
    take_up(AtWork(view.exercise, view.student.exercise, view.version, token, view.standing.step, link))
    _forget()
    keep(view)
    if view.standing.step is None:
        set_begin(view.exercise)
        go_to(0)
    else:
        stand_as(view.exercise, view.standing, classroom().pictures.own(token))


def begin_anew() -> None:
    """Begin with the newest version of the exercise; raise `ClassroomError`."""
    work = at_work()
    if work is not None:
        classroom().works.take_newest(work.token)
        keep(classroom().works.view(work.token))
        shared().lock = None
        set_begin(view_kept().exercise)
        go_to(0, anew=True)


def keep(view: Work) -> None:
    """Keep what a student may see now."""
    st.session_state[VIEW] = view
    change_work(exercise=view.exercise, version=view.version, withheld=view.hidden)


def view_kept() -> Work:
    """Return what a student may see, as it was read last."""
    view: Work = st.session_state[VIEW]
    return view


def look() -> str:
    """Read the work of the visitor before a page is drawn; return what hinders that, empty for nothing.

    Work that was deleted, or a code that opens nothing any more, ends the exercise with one sentence.
    """
    work = at_work()
    if work is None:
        return ""
    try:
        keep(desk_of(work).view())
    except ClassroomFault as fault:
        if VIEW in st.session_state:
            return str(fault)
        leave(str(fault))
    except ClassroomError as error:
        leave(str(error))
    return ""


def take_network() -> None:
    """Take the network of the exercise at the door as the visitor's own, and leave the exercise."""
    door = door_open()
    if door is None or door.exercise is None:
        return
    leave()
    leave_lesson()
    shared().change_network(door.exercise.network)
    PAGE_WANTED.set("architecture")


def leave(why: str = "") -> None:
    """End the exercise, and give the visitor back what is theirs; `why` is said if it was not wished."""
    work = lay_down()
    _forget()
    st.session_state.pop(CAME_BY, None)
    end_preview()
    for name in (LINK, STEP):
        st.query_params.pop(name, None)
    if why:
        set_door(Door("", refused=why))
    if work is not None and work.is_preview and "exercises" in TITLES:
        PAGE_WANTED.set("exercises")


def _forget() -> None:
    """Forget what belongs to one student and one exercise: another one may come next in this browser."""
    for name in (DOOR, VIEW, NEW_CODE):
        st.session_state.pop(name, None)


def close_door() -> None:
    """Go on to the page behind the door."""
    st.session_state.pop(DOOR, None)
    if at_work() is None:
        leave()
    else:
        lock()
