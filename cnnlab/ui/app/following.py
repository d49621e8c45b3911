"""Tell browsers that listen when what they follow has changed: one task reads the rows for all of them.

A browser learns a number and whether somebody leads; what it follows the server looks up itself when the browser asks.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from cnnlab.classroom.follow import EVERYBODY, Followed
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.app.places import is_full
from cnnlab.ui.session.services import Once, classroom
from cnnlab.ui.session.visitor import sender

LOOK_SECONDS = 0.25
BEAT_SECONDS = 15.0  # a proxy hangs up on what is silent
MOST, MOST_OF_ORIGIN, MOST_OF_BROWSER = 1000, 500, 12
MOST_ROOMS = 60
AGAIN_SECONDS = 20  # for whoever finds no place
RECONNECT_SECONDS = 2
Read = Callable[[str, int], Followed | None]


@dataclass(eq=False)
class Listener:
    """Hold a browser that listens: the rooms whose rows it hears of, who it is, and what wakes it."""

    rooms: tuple[str, ...]
    asker: Asker
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Following:
    """Hold everybody who listens in this process. All methods belong to the server's event loop.

    The task that reads lives for as long as somebody listens.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._listeners: set[Listener] = set()
        self._latest: dict[str, Followed] = {}
        self._task: asyncio.Task[None] | None = None
        self.closed = False

    @property
    def count(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    @property
    def is_reading(self) -> bool:
        """Tell whether the task lives."""
        return self._task is not None and not self._task.done()

    def refuse(self, room: str, asker: Asker) -> str:
        """Return in one sentence why one more may not listen, empty if it may."""
        of = Counter(key for one in self._listeners for key in (("", one.asker.owner), ("origin", one.asker.origin)))
        crowded = of["", asker.owner] >= MOST_OF_BROWSER or of["origin", asker.origin] >= MOST_OF_ORIGIN
        rooms = {room for one in self._listeners for room in one.rooms} | {room}
        if self.closed or crowded or self.count >= MOST or len(rooms) > MOST_ROOMS:
            return "So many listen already; this page tries again by itself."
        return ""

    def enter(self, room: str, asker: Asker) -> Listener:
        """Let one more listen; what it hears first is what is followed now."""
        listener = Listener(tuple(dict.fromkeys((room, EVERYBODY))), asker)
        self._listeners.add(listener)
        if not self.is_reading:
            self._task = asyncio.create_task(self._look(), name="following")
        elif self._latest.keys() >= set(listener.rooms):
            listener.changed.set()
        return listener

    def leave(self, listener: Listener) -> None:
        """Let one go; with the last one the task ends."""
        self._listeners.discard(listener)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None
            self._latest = {}

    def close(self) -> None:
        """Wake everybody up for the last time, so that no connection keeps the server from ending."""
        self.closed = True
        for listener in self._listeners:
            listener.changed.set()

    def told(self, listener: Listener) -> Mapping[str, object]:
        """Return what a browser hears: a number that grows with every change, and whether somebody leads."""
        rows = [self._latest.get(room, NOBODY) for room in listener.rooms]
        return {"number": sum(row.number for row in rows), "on": any(row.leads(time.time()) for row in rows)}

    async def _look(self) -> None:
        while True:
            rooms = {room: self._latest.get(room) for one in self._listeners for room in one.rooms}
            found = await asyncio.to_thread(self._changed, rooms)
            self._latest = {room: found.get(room, known or NOBODY) for room, known in rooms.items()}
            for listener in self._listeners:
                if not found.keys().isdisjoint(listener.rooms):
                    listener.changed.set()
            await asyncio.sleep(LOOK_SECONDS)

    def _changed(self, rooms: Mapping[str, Followed | None]) -> dict[str, Followed]:
        """Return the rows that have changed, and those that nobody has looked at yet."""
        found = {}
        for room, known in rooms.items():
            try:
                row = self._read(room, 0 if known is None else known.number)
            except ClassroomError:
                # A home that cannot be used now may be well in a moment.
                continue
            if row is not None or known is None:
                found[room] = row or NOBODY
        return found


NOBODY = Followed(on=False)


@Once
def following() -> Following:
    """Return everybody who listens to this server."""
    return Following(lambda room, number: classroom().follow.read_since(room, number))


class FollowRoute:
    """Answer a browser that listens, with one event a change, until it leaves."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with events; refuse whoever is one too many."""
        room = scope.get("path_params", {}).get("room", EVERYBODY)
        hub, asker = following(), sender(scope)
        refused = "There is no place left." if is_full() else hub.refuse(room, asker)
        if not refused and room and not await asyncio.to_thread(_is_room, room):
            refused = "There is no such exercise here."
        # While that was looked up others may have come in.
        refused = refused or hub.refuse(room, asker)
        if refused:
            await PlainTextResponse(refused, 503, {"Retry-After": str(AGAIN_SECONDS)})(scope, receive, send)
            return
        listener = hub.enter(room, asker)
        leaving = asyncio.create_task(_left(receive), name="follower leaves")
        try:
            await _tell(hub, listener, leaving, send)
        finally:
            hub.leave(listener)
            leaving.cancel()


def _is_room(room: str) -> bool:
    try:
        classroom().exercises.newest(room)
    except ClassroomError:
        return False
    return True


async def _left(receive: Receive) -> None:
    """Return as soon as the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _tell(hub: Following, listener: Listener, leaving: asyncio.Task[None], send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send(_event(f"retry: {RECONNECT_SECONDS * 1000}\n\n"))
    said: Mapping[str, object] = {}
    while not hub.closed:
        waiting = asyncio.create_task(listener.changed.wait())
        try:
            await asyncio.wait((waiting, leaving), timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if leaving.done():
            return
        is_silent = not listener.changed.is_set()
        listener.changed.clear()
        told = hub.told(listener)
        if not is_silent and told != said:
            said = told
            await send(_event(f"data: {json.dumps(told)}\n\n"))
        elif is_silent:
            await send(_event(": still here\n\n"))
    await send({"type": "http.response.body", "body": b""})


def _event(text: str) -> Message:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
