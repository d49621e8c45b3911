"""Know which room a visitor belongs to, what is followed there, and go where that leads."""

import time
from contextlib import suppress
from dataclasses import dataclass

from cnnlab.classroom.follow import EVERYBODY, Followed
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.shapes import layer_names
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.services import classroom, teacher_key


@dataclass(frozen=True)
class Led:
    """Hold who leads a visitor: what is followed, None if nobody leads, and a number that grows with every change."""

    seen: Followed | None = None
    number: int = 0


def can_lead() -> bool:
    """Tell whether anybody can lead here: it takes the teacher's key."""
    return teacher_key().exists


def my_room() -> str:
    """Return the room of a visitor: the exercise that is worked on, or that of everybody."""
    work = at_work()
    return EVERYBODY if work is None or work.is_preview else work.id


def led(room: str) -> Led:
    """Return what is followed in a room: its own teacher comes before whoever leads everybody."""
    rows = [row for row in map(row_of, dict.fromkeys((room, EVERYBODY))) if row is not None]
    now = time.time()
    return Led(next((row for row in rows if row.leads(now)), None), sum(row.number for row in rows))


def row_of(room: str) -> Followed | None:
    """Return what is followed in one room, None if never anything was, or if that cannot be known now."""
    with suppress(ClassroomError):
        return classroom().follow.read_since(room, 0)
    return None


def seen_on(page: str, place: tuple[int, int] | None) -> Followed:
    """Return what a teacher looks at on a page; on one that no student goes to, nothing."""
    if page not in PAGES or page not in TITLES:
        return Followed("")
    layer, names = shared().layer, layer_names(shared().network)
    name = names[layer.selected] if layer.selected is not None and layer.selected < len(names) else ""
    return Followed(page, name, layer.channel, place)


def go_along(seen: Followed) -> None:
    """Select the layer and the channel that are followed; a layer that is not here changes nothing."""
    mine = shared()
    names = layer_names(mine.network)
    if seen.layer in names:
        mine.layer = mine.layer.looking_at(names.index(seen.layer), seen.channel)
