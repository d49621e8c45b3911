"""Know which room a visitor belongs to, what is followed there, and go where that leads."""

import time
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from cnnlab.classroom.follow import EVERYBODY, Followed
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.exchange.link import LinkError
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.shapes import layer_names
from cnnlab.core.trunks.trunk import TrunkError
from cnnlab.ui.classroom.follow.views import open_view, view_of
from cnnlab.ui.classroom.watch.looking import LOOKED_AT
from cnnlab.ui.lessons.course import current
from cnnlab.ui.parts.frame import carried, carried_text
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session import shared
from cnnlab.ui.session.aside import give_back_network, show_instead
from cnnlab.ui.session.choices import MapPlace
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.keys import FOLLOWED_NETWORK
from cnnlab.ui.session.services import classroom, teacher_key


@dataclass(frozen=True)
class Led:
    """Hold who leads a visitor: what is followed, None if nobody leads, and a number that grows with every change.

    `is_class` tells that it is the teacher of the exercise that the visitor works on, `is_known` that the record could
    be asked.
    """

    seen: Followed | None = None
    number: int = 0
    is_class: bool = False
    is_known: bool = True


def can_lead() -> bool:
    """Tell whether anybody can lead here: it takes the teacher's key."""
    return teacher_key().exists


def my_room() -> str:
    """Return the room of a visitor: the exercise that is worked on, or that of everybody."""
    work = at_work()
    return EVERYBODY if work is None or work.is_preview else work.id


def led(room: str) -> Led:
    """Return what is followed in a room: its own teacher comes before whoever leads everybody."""
    try:
        found = {name: classroom().follow.read_since(name, 0) for name in (room, EVERYBODY)}
    except ClassroomError:
        return Led(is_known=False)
    rows = {name: row for name, row in found.items() if row is not None}
    now = time.time()
    leads = next((name for name, row in rows.items() if row.leads(now)), EVERYBODY)
    seen = rows[leads] if leads in rows and rows[leads].leads(now) else None
    return Led(seen, sum(row.number for row in rows.values()), leads != EVERYBODY)


def row_of(room: str) -> Followed | None:
    """Return what is followed in one room, None if never anything was, or if that cannot be known now."""
    with suppress(ClassroomError):
        return classroom().follow.read_since(room, 0)
    return None


def seen_on(page: str, pressed: MapPlace | None) -> Followed:
    """Return what a teacher looks at on a page, with the place that was pressed; where no student goes, nothing."""
    if page not in PAGES or page not in TITLES:
        return Followed("")
    mine, names = shared().layer, layer_names(shared().network)
    layer, channel = mine.selected, mine.channel
    # Maps are pressed without being selected.
    if pressed is not None and page == "feature_maps":
        layer, channel = pressed.layer, pressed.channel
    name = names[layer] if layer is not None and layer < len(names) else ""
    place = None if pressed is None else (pressed.row, pressed.column)
    # What a student has made is for nobody else's eyes.
    network = "" if LOOKED_AT in st.session_state else carried_text(shared().network, shared().trunk)
    return Followed(page, name, channel, place, view_of(page), network)


def go_along(seen: Followed) -> None:
    """Select the layer and the channel that are followed, and open what is; what is not here changes nothing."""
    mine = shared()
    names = layer_names(mine.network)
    if seen.layer in names:
        mine.layer = mine.layer.looking_at(names.index(seen.layer), seen.channel)
    open_view(seen.page, seen.view)


def show_network(text: str) -> None:
    """Show the teacher's network, given as the text of a link, once; one of a lesson or an exercise stays."""
    if text in ("", FOLLOWED_NETWORK.get()) or has_the_stage():
        return
    FOLLOWED_NETWORK.set(text)
    with suppress(LinkError, TrunkError):
        show_instead(*carried(text))


def let_network_go() -> None:
    """Give a visitor who follows no more the own network back."""
    if FOLLOWED_NETWORK.take():
        give_back_network()


def has_the_stage() -> bool:
    """Tell whether a lesson or an exercise sets the network."""
    return current() is not None or at_work() is not None
