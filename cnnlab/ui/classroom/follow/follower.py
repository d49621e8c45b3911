"""Let a student follow the teacher: agreed once, in a line at the top of the pages, and free again by one press."""

import streamlit as st

from cnnlab.classroom.follow import EVERYBODY
from cnnlab.ui.classroom.follow.rooms import Led, can_lead, go_along, led, my_room
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.decoders import whole
from cnnlab.ui.session.keys import FOLLOWED_NUMBER, FOLLOWED_PAGE, FOLLOWS_TEACHER, PAGE_WANTED
from cnnlab.ui.session.visitor import is_teacher
from cnnlab.viz.html import bold, tag

MOST_CHANGES = 2_000_000_000


class FollowSends:
    """Declare what a follower's page sends: that something has changed, by a number that is only looked at here."""

    moved = Message(whole(0, MOST_CHANGES))


_FOLLOW = component("follow", "classroom/follow.js", html=tag("i", hidden=""), sends=FollowSends)


def follow_teacher(here: str) -> Led:
    """Go where the teacher is, if the visitor agreed and something has changed; return who leads."""
    if not _may_follow():
        return Led()
    now = led(my_room())
    if now.seen is not None and FOLLOWS_TEACHER.get():
        if now.number != FOLLOWED_NUMBER.get():
            FOLLOWED_NUMBER.set(now.number)
            FOLLOWED_PAGE.set(now.seen.page)
            go_along(now.seen)
        # A message that the browser sent meanwhile, from the page that it was on, brings it back there.
        if FOLLOWED_PAGE.get() == here:
            FOLLOWED_PAGE.take()
        elif FOLLOWED_PAGE.get() in TITLES:
            PAGE_WANTED.set(FOLLOWED_PAGE.get())
    return now


def follow_line(now: Led) -> None:
    """Say in a line that a teacher leads, and let the visitor follow or be free."""
    if now.seen is None:
        return
    follows = FOLLOWS_TEACHER.get()
    said = "You follow your teacher." if follows else "Your teacher leads through the pages."
    with st.container(horizontal=True, vertical_alignment="center", key="follow_line"):
        show_html(tag("div", bold(said), role="status"), width="content")
        if follows:
            st.button("Let me go", key="let_me_go", type="tertiary", on_click=lambda: FOLLOWS_TEACHER.set(False))
        else:
            st.button("Follow your teacher", key="follow_teacher", type="primary", on_click=_agree)


def listen(now: Led) -> None:
    """Let the browser listen for changes, without anything to be seen."""
    if not _may_follow():
        return
    room, follows = my_room(), FOLLOWS_TEACHER.get()
    data = {
        "address": address("follow") if room == EVERYBODY else address("follow", room),
        "number": now.number,
        "on": now.seen is not None,
        "follows": follows,
        "place": list(now.seen.place) if follows and now.seen is not None and now.seen.place else None,
    }
    # The number only says that something has changed; what it is, the next run of the page looks up.
    _FOLLOW("follow", [data], FollowSends.moved.to(lambda _: None))


def _may_follow() -> bool:
    return can_lead() and not is_teacher()


def _agree() -> None:
    FOLLOWS_TEACHER.set(True)
    FOLLOWED_NUMBER.set(-1)
