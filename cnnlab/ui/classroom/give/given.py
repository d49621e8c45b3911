"""Draw an exercise that is given out: its link, its QR code, its versions, and how to delete it for good."""

import base64
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from cnnlab.classroom.exercises import Kept
from cnnlab.classroom.record.qr import qr_svg
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.core.classroom.drafts.draft import draft_of
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.words import Refusal
from cnnlab.ui.classroom.give.form.about import said_time
from cnnlab.ui.classroom.give.form.drafting import DRAFTING, begin, close
from cnnlab.ui.classroom.give.network_address import addresses_here, at_address, is_this_machine_only, link_to
from cnnlab.ui.classroom.give.place import DRAFT, LINK_ADDRESS, LIST, REFUSED, go_to
from cnnlab.ui.classroom.watch.page import results
from cnnlab.ui.classroom.watch.take_along import file_name
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import classroom
from cnnlab.viz.html import bold, heading, notice, paragraph, quiet, tag

_LINK = component("class_link", "classroom/link.js", html="classroom/link.html", styles=["classroom/link.css"])
OUT, CAME_BACK = PARTS = ("Give out", "What came back")


def given(exercise: str) -> None:
    """Draw it."""
    st.button("All exercises", icon=":material/arrow_back:", on_click=lambda: go_to(LIST))
    if refused := REFUSED.take():
        refuse(refused)
    try:
        kept = classroom().exercises.newest(exercise)
        address = _as_students_open(link_to(classroom().link(exercise, short=True)))
    except ClassroomFault:
        raise
    except Refusal as error:
        refuse(error)
        return
    due = "" if kept.exercise.due is None else f", to be handed in until {said_time(kept.exercise.due)}"
    show_html(tag("div", tag("h2", kept.exercise.title), quiet(f"Version {kept.version}{due}"), class_="given-head"))
    if _part() == CAME_BACK:
        results(exercise)
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _link(address)
        if st.button("Large for the projector", icon=":material/fullscreen:"):
            _projected(address)
        _moves(kept)
    with right:
        _code(address, "qr")


def _as_students_open(link: str) -> str:
    """Return a link with the address of this computer that the teacher has pressed, where others can open no other."""
    wanted = LINK_ADDRESS.get()
    return at_address(link, wanted) if is_this_machine_only(link) and wanted in addresses_here() else link


def _part() -> str:
    """Draw the choice between giving out and what came back, and return what is chosen."""
    key = "given_part"
    st.segmented_control(
        "Part", PARTS, default=OUT, key=key, required=True, persist_state="session", label_visibility="collapsed"
    )
    return chosen(key, PARTS, OUT)


def _link(address: str) -> None:
    show_html(heading("The link for your class"))
    _LINK("class_link", [{"address": address}])
    if is_this_machine_only(link_to("")):
        _offer_addresses(urlsplit(address).hostname or "")
    show_html(quiet("Whoever opens it reads first what it is, then begins under a name of their own choice."))


def _offer_addresses(now: str) -> None:
    """Offer the addresses of this computer that others may reach, and say it where the link has none of them yet."""
    here = addresses_here()
    if now not in here:
        ways = "Take its address on your network:" if here else "Start the server so that others can open it too."
        show_html(notice(f"This link works on this computer only. {ways}", color="var(--problem)"))
    with st.container(horizontal=True, key="given_addresses"):
        for one in (each for each in here if each != now):
            st.button(f"Use {one}", key=f"address_{one}", on_click=partial(LINK_ADDRESS.set, one))


@st.dialog("Open this on your device", width="large")
def _projected(address: str) -> None:
    """Draw the QR code as large as the window allows, with the link below it for whoever types."""
    _code(address, "qr-large")
    show_html(tag("p", address, class_="qr-address"))


def _code(address: str, css: str) -> None:
    """Draw the QR code, on white whatever the page's colours."""
    try:
        svg = base64.b64encode(qr_svg(address).encode()).decode()
    except Refusal as error:
        refuse(error)
        return
    image = tag("img", src=f"data:image/svg+xml;base64,{svg}", alt="QR code of the link", class_="qr-code")
    show_html(tag("div", image, class_=css))


def _moves(kept: Kept) -> None:
    with st.container(horizontal=True, key="given_moves"):
        st.button("Change it", on_click=partial(_change, kept))
        with st.popover("Versions"):
            _versions(kept)
        with st.popover("Delete for good"):
            _delete(kept)


def _change(kept: Kept) -> None:
    """Open the newest version as a draft; the draft of the same version that is open goes on."""
    now = DRAFTING.get()
    if now is None or (now.exercise, now.seen) != (kept.id, kept.version):
        begin(draft_of(kept.exercise), kept.id, kept.version, saved=True)
    go_to(DRAFT)


def _versions(kept: Kept) -> None:
    """Let a version be taken along, or become the draft."""
    files = dict(classroom().exercises.files(kept.id))
    numbers = list(reversed(files))
    key = f"version_{kept.id}"
    number = chosen(key, numbers, numbers[0])
    st.selectbox("Version", numbers, key=key, help="Whoever began keeps the version they began with.")
    name = f"{file_name(kept.exercise.title)}-{number}.md"
    st.download_button("Take it along as a file", files[number], name, "text/markdown", on_click="ignore")
    st.button("Open it as a draft", on_click=partial(_open, kept.id, number, kept.version))


def _open(exercise: str, number: int, newest: int) -> None:
    try:
        old = classroom().exercises.version(exercise, number)
    except Refusal as error:
        REFUSED.set(str(error))
        return
    begin(draft_of(old.exercise), exercise, newest, saved=number == newest)
    go_to(DRAFT)


def _delete(kept: Kept) -> None:
    students = len(classroom().table.rows(kept.id))
    work = f" and the work of {counted(students, 'student')}: answers, points and comments" if students else ""
    show_html(
        paragraph("Deletes ", bold(kept.exercise.title), f" with all its versions{work}. Nobody can bring it back."),
        quiet("Trainings stay on the page Training. Take along what you need before."),
    )
    label = f"Delete it with the work of {counted(students, 'student')}" if students else "Delete it"
    st.button(label, type="primary", key=f"delete_{kept.id}", on_click=partial(_gone, kept.id))


def _gone(exercise: str) -> None:
    try:
        classroom().forgetting.whole_class(exercise)
    except Refusal as error:
        REFUSED.set(str(error))
        return
    now = DRAFTING.get()
    if now is not None and now.exercise == exercise:
        if now.is_saved:
            close()
        else:
            # What was typed is still there; it becomes a new exercise when it is saved.
            begin(now.draft)
    go_to(LIST)
