"""Let a student follow the teacher: agreed once, in a line at the top of the pages, and free again by one press.

What was pressed last holds on every page of the browser, for whoever leads.
"""

from typing import Literal

import streamlit as st

from cnnlab.classroom.follow import EVERYBODY, Followed
from cnnlab.core.shapes import layer_names
from cnnlab.ui.classroom.follow.rooms import (
    Led,
    can_lead,
    go_along,
    has_the_stage,
    led,
    let_network_go,
    my_room,
    show_network,
)
from cnnlab.ui.classroom.follow.wishes import Wish, wishes
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session import shared
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.decoders import whole
from cnnlab.ui.session.keys import FOLLOWED_NETWORK, FOLLOWED_NUMBER, FOLLOWED_PAGE, PAGE_WANTED
from cnnlab.ui.session.visitor import is_teacher, me
from cnnlab.viz.html import bold, tag

MOST_CHANGES = 2_000_000_000


class FollowSends:
    """Declare what a follower's page sends: that something has changed, by a number that is only looked at here."""

    moved = Message(whole(0, MOST_CHANGES))


_FOLLOW = component("follow", "classroom/follow.js", html=tag("i", hidden=""), sends=FollowSends)


def follow_teacher(here: str) -> Led:
    """Go where the teacher is, if the visitor agreed and something has changed; return who leads."""
    if not _may_follow():
        let_network_go()
        return Led()
    now = led(my_room())
    if now.seen is not None and _follows():
        show_network(now.seen.network)
        if now.number != FOLLOWED_NUMBER.get():
            FOLLOWED_NUMBER.set(now.number)
            FOLLOWED_PAGE.set(now.seen.page)
            go_along(now.seen)
        # A message that the browser sent meanwhile, from the page that it was on, brings it back there.
        if FOLLOWED_PAGE.get() == here:
            FOLLOWED_PAGE.take()
        elif FOLLOWED_PAGE.get() in TITLES:
            PAGE_WANTED.set(FOLLOWED_PAGE.get())
    elif now.is_known:
        let_network_go()
    return now


def follow_line(now: Led) -> None:
    """Say in a line that a teacher leads, and let the visitor follow or be free."""
    if now.seen is None:
        return
    wish, who = wishes().of(me()), "your teacher" if now.is_class else "the teacher"
    with st.container(horizontal=True, vertical_alignment="center", key="follow_line"):
        if wish != Wish.BE_FREE:
            leads = f"{who.capitalize()} leads through the pages." if now.is_class else "The teacher shows a page."
            waits = ", whose network you see; your own waits" if FOLLOWED_NETWORK.get() and not has_the_stage() else ""
            said = f"You follow {who}{waits}." if wish == Wish.FOLLOW else leads
            show_html(tag("div", bold(said), role="status"), width="content")
        if wish != Wish.FOLLOW:
            button: Literal["primary", "tertiary"] = "primary" if wish == Wish.UNASKED else "tertiary"
            st.button(f"Follow {who}", key="follow_teacher", type=button, on_click=_agree)
        if wish != Wish.BE_FREE:
            label = "Let me go" if wish == Wish.FOLLOW else "Let me be"
            st.button(label, key="let_me_go", type="tertiary", on_click=lambda: wishes().keep(me(), Wish.BE_FREE))


def listen(now: Led) -> None:
    """Let the browser listen for changes, without anything to be seen."""
    if not _may_follow():
        return
    room, follows = my_room(), _follows()
    data = {
        "address": address("follow") if room == EVERYBODY else address("follow", room),
        "number": now.number,
        "on": now.seen is not None,
        "follows": follows,
        "place": _place(now.seen) if follows and now.seen is not None else None,
    }
    # The number only says that something has changed; what it is, the next run of the page looks up.
    _FOLLOW("follow", [data], FollowSends.moved.to(lambda _: None))


def _place(seen: Followed) -> dict[str, int] | None:
    """Return the place that is followed, by the numbers of this visitor's network; None if there is none."""
    names = layer_names(shared().network)
    if seen.place is None or (seen.page == "feature_maps" and seen.layer not in names):
        return None
    row, column = seen.place
    layer = names.index(seen.layer) if seen.layer in names else 0
    return {"layer": layer, "channel": seen.channel, "row": row, "column": column}


def _follows() -> bool:
    return wishes().of(me()) == Wish.FOLLOW


def _may_follow() -> bool:
    return can_lead() and not is_teacher()


def _agree() -> None:
    wishes().keep(me(), Wish.FOLLOW)
    FOLLOWED_NUMBER.set(-1)
