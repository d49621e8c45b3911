"""Let a teacher lead: publish what stands on the page, and say on every page that the class follows."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from cnnlab.classroom.follow import EVERYBODY, STALE_SECONDS, Followed
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.ui.classroom.follow.rooms import can_lead, row_of, seen_on
from cnnlab.ui.classroom.follow.views import view_of
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import shared
from cnnlab.ui.session.choices import LayerChoice, MapPlace
from cnnlab.ui.session.decoders import position, record
from cnnlab.ui.session.keys import LEAD_REFUSED
from cnnlab.ui.session.services import classroom
from cnnlab.ui.session.visitor import is_teacher
from cnnlab.viz.html import bold, tag

LOOK_SECONDS = 0.5
AGAIN_SECONDS = STALE_SECONDS / 3  # after which a teacher who stays where they are says so again
LEADING = "leading"


class LeadSends:
    """Declare what a leading page sends: the place of a map that the teacher pressed."""

    placed = Message(record(MapPlace, layer=position, channel=position, row=position, column=position))


_LEAD = component("lead", "classroom/lead.js", html=tag("i", hidden=""), sends=LeadSends)


@dataclass(frozen=True)
class Leading:
    """Hold which room this visit leads, what it said last and when, and which place was pressed last.

    `page` and `open` are what stood before the teacher then: the page, and what was selected and open on it. `network`
    is the one at the last look, as the text of a link.
    """

    room: str
    said: Followed | None = None
    at: float = 0.0
    place: MapPlace | None = None
    page: str = ""
    open: tuple[LayerChoice, Mapping[str, str]] | None = None
    network: str = ""


def leading() -> Leading | None:
    """Return whom this visit leads, None if nobody."""
    found: Leading | None = st.session_state.get(LEADING)
    return found if is_teacher() else None


def lead_toggle(room: str = EVERYBODY) -> None:
    """Draw the button by which a class, or everybody, begins to follow."""
    if not is_teacher() or not can_lead() or leading() is not None:
        return
    row = row_of(room)
    if row is not None and row.leads(time.time()):
        show_html(tag("p", "Another page of a teacher leads here now.", class_="quiet", role="status"))
        st.button("Let them go", key=f"let_go_{room}", on_click=lambda: _let_go(room))
        return
    whom = "Let everybody here follow me" if room == EVERYBODY else "Let the class follow me"
    st.button(
        whom,
        icon=":material/cast:",
        key=f"lead_{room}",
        on_click=lambda: st.session_state.update({LEADING: Leading(room)}),
        help="Those who agree see your page, what is open on it, and the place that you press"
        f"{', and your network' if room == EVERYBODY else ''}.",
    )


def lead_line() -> None:
    """Say on every page that somebody follows, and let go by one press."""
    if refused := LEAD_REFUSED.take():
        refuse(refused)
    now = leading()
    if now is None:
        return
    who = "Everybody who agreed follows you." if now.room == EVERYBODY else "Your students follow you."
    with st.container(horizontal=True, vertical_alignment="center", key="lead_line"):
        show_html(tag("div", bold(who), role="status"), width="content")
        st.button("Let go", key="let_go", type="tertiary", on_click=lambda: _let_go(now.room))


def publish(page: str) -> None:
    """Publish what stands on the page, now and as long as it is open."""
    if leading() is not None:
        st.fragment(_publish, run_every=LOOK_SECONDS)(page)


def _publish(page: str) -> None:
    now = leading()
    if now is None:
        return
    _LEAD("lead", [{"on": True}], LeadSends.placed.to(lambda place: _press(page, place)))
    seen = seen_on(page, _place_on(page, now))
    now, seen = _at_rest(now, seen)
    if seen == now.said and time.time() - now.at < AGAIN_SECONDS:
        return
    # A home that cannot be used now may be well in half a second.
    with suppress(ClassroomError):
        classroom().follow.publish(now.room, seen)
        st.session_state[LEADING] = replace(now, said=seen, at=time.time())


def _at_rest(now: Leading, seen: Followed) -> tuple[Leading, Followed]:
    """Let the network change only where it has stood still since the last look, and only for everybody.

    Each change draws a page for each follower, and a slider that is dragged changes the network many times a second; a
    class works on the network of its exercise.
    """
    if now.room != EVERYBODY:
        return now, replace(seen, network="")
    is_at_rest = seen.network == now.network
    st.session_state[LEADING] = looked = replace(now, network=seen.network)
    return looked, seen if is_at_rest else replace(seen, network=now.said.network if now.said else "")


def _press(page: str, place: MapPlace) -> None:
    if (now := leading()) is not None:
        st.session_state[LEADING] = replace(now, place=place, page=page, open=_open(page))


def _place_on(page: str, now: Leading) -> MapPlace | None:
    """Return the place that was pressed, as long as that stands before the teacher which it was pressed on."""
    return now.place if now.page == page and now.open == _open(page) else None


def _open(page: str) -> tuple[LayerChoice, Mapping[str, str]]:
    return shared().layer, view_of(page)


def _let_go(room: str) -> None:
    st.session_state.pop(LEADING, None)
    try:
        classroom().follow.let_go(room)
    except ClassroomError as error:
        LEAD_REFUSED.set(f"{error} Press again to let the class go.")
