"""Let a class follow its teacher: what the teacher looks at is one row, read a few times a second by each server."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.store.base import Base
from cnnlab.core.exchange.link import LONGEST_TEXT
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.core.trunks.address import LONGEST as LONGEST_TRUNK

LONGEST, MOST_IN_VIEW = 120, 8  # characters of a text, and texts of a view
EVERYBODY = ""
"""The room of everybody on this server."""
STALE_SECONDS = 1800.0
"""Without a sign of the teacher for so long nobody is led any more."""
MOST = 100_000  # the largest channel, row or column


@dataclass(frozen=True)
class Followed:
    """Hold what a teacher looks at: a page, the name of a layer, a channel, and a place as (row, column).

    Without a page everybody stays, since the teacher is where no student goes. `view` is what else is open on the page,
    as texts by name; whoever opens that looks it up. `network` is the teacher's as the text of a link, empty if it has
    none.

    `number` grows with every change; `on` is False once the teacher has let the class go. `at` is when that was said,
    in Unix seconds.
    """

    page: str = "home"
    layer: str = ""
    channel: int = 0
    place: tuple[int, int] | None = None
    view: Mapping[str, str] = field(default_factory=dict)
    network: str = ""
    on: bool = True
    number: int = 0
    at: float = field(default=0.0, compare=False)

    def leads(self, now: float) -> bool:
        """Tell whether somebody follows at a time in Unix seconds."""
        return self.on and now - self.at < STALE_SECONDS


class Follow:
    """Hold what the teachers of the rooms look at; a room is the name of an exercise, or empty for everybody."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def publish(self, room: str, seen: Followed) -> int:
        """Let a room follow; return the number of this change. Raises `ClassroomError` for what no page shows."""
        numbers, texts = (seen.channel, *(seen.place or ())), (seen.layer, *seen.view, *seen.view.values())
        is_long = len(seen.view) > MOST_IN_VIEW or any(len(text) > LONGEST for text in texts)
        is_long = is_long or len(seen.network) > LONGEST_TEXT + 1 + LONGEST_TRUNK
        if seen.page not in ("", *PAGES) or is_long or not all(0 <= n <= MOST for n in numbers):
            raise ClassroomError("A class follows a page, a layer, a channel and a place that there are.")
        state = {name: value for name, value in asdict(seen).items() if name not in ("number", "at")}
        with self._base.database.writing() as cursor:
            row = cursor.execute(
                "INSERT INTO follow VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE SET"
                " number = number + 1, state = excluded.state, at = excluded.at RETURNING number",
                (room, json.dumps(state), self._base.clock()),
            ).fetchone()
            return int(row["number"])

    def let_go(self, room: str) -> int:
        """Let a room go; return the number of this change."""
        return self.publish(room, Followed(on=False))

    def read_since(self, room: str, number: int) -> Followed | None:
        """Return what a room follows if that has changed since a number, else None; one row, found by its key."""
        with self._base.database.reading() as cursor:
            row = cursor.execute(
                "SELECT number, state, at FROM follow WHERE room = ? AND number > ?", (room, number)
            ).fetchone()
        if row is None:
            return None
        state = json.loads(row["state"])
        place = tuple(state.pop("place") or ()) or None
        return Followed(**state, place=place, number=row["number"], at=row["at"])
