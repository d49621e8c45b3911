"""Whoever listens hears of a change within a moment; one task reads for all, and nothing is left when they leave."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cnnlab.classroom.follow import Followed
from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.app import following as module
from cnnlab.ui.app.following import MOST_OF_BROWSER, MOST_ROOMS, Following, FollowRoute
from tests.app.driving import run_async


class Rows:
    """Be the rows that are followed, and count how often they are read."""

    def __init__(self) -> None:
        self.rows: dict[str, Followed] = {}
        self.reads = 0

    def publish(self, room: str, *, on: bool = True) -> None:
        number = self.rows[room].number + 1 if room in self.rows else 1
        self.rows[room] = Followed("data", on=on, number=number, at=time.time())

    def read(self, room: str, number: int) -> Followed | None:
        self.reads += 1
        row = self.rows.get(room)
        return row if row is not None and row.number > number else None


class Browser:
    """Be a browser that listens through the route."""

    def __init__(self, room: str = "", owner: str = "o") -> None:
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": "/cnnlab/follow",
            "headers": [(b"cookie", f"cnnlab_visitor={owner}".encode())],
            "client": ("127.0.0.1", 1),
            "path_params": {"room": room} if room else {},
        }
        self.status = 0
        self.heard: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self.task = asyncio.create_task(FollowRoute()(self.scope, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        for line in message.get("body", b"").decode().splitlines():
            if line.startswith("data: "):
                self.heard.append(json.loads(line[6:]))

    async def leave(self) -> None:
        self.left.set()
        await self.task


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Rows:
    found = Rows()
    hub = Following(found.read)
    monkeypatch.setattr(module, "following", lambda: hub)
    monkeypatch.setattr(module, "_is_room", lambda room: room != "nowhere")
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    return found


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not what():
            await asyncio.sleep(0.005)


def playing(play: Callable[[], Awaitable[None]]) -> None:
    run_async(play())


def test_everybody_in_a_room_hears_what_is_followed_now_and_every_change(rows: Rows) -> None:
    rows.publish("class")

    async def play() -> None:
        early, other = Browser("class", "a"), Browser("other", "b")
        await until(lambda: early.heard and other.heard)
        assert early.heard == [{"number": 1, "on": True}]
        assert other.heard == [{"number": 0, "on": False}]
        late = Browser("class", "c")
        await until(lambda: late.heard)
        rows.publish("class")
        await until(lambda: len(early.heard) == len(late.heard) == 2)
        rows.publish("")
        await until(lambda: len(other.heard) == 2 and len(early.heard) == 3)
        assert early.heard[-1] == {"number": 3, "on": True}
        assert other.heard[-1] == {"number": 1, "on": True}
        for browser in (early, other, late):
            await browser.leave()

    playing(play)


def test_a_hundred_come_and_go_and_nothing_is_left(rows: Rows) -> None:
    async def play() -> None:
        before = len(asyncio.all_tasks())
        for _ in range(2):
            browsers = [Browser("class", f"owner {n}") for n in range(100)]
            await until(lambda crowd=browsers: all(browser.heard for browser in crowd))
            assert module.following().count == 100
            rows.reads = 0
            await asyncio.sleep(0.1)
            assert rows.reads <= 2 * 12, "one task reads for all of them"
            for browser in browsers:
                await browser.leave()
            assert module.following().count == 0
            assert not module.following().is_reading
        await asyncio.sleep(0.05)
        assert len(asyncio.all_tasks()) == before

    playing(play)


def test_one_browser_too_many_is_refused_and_others_are_not(rows: Rows) -> None:
    async def play() -> None:
        browsers = [Browser() for _ in range(MOST_OF_BROWSER)]
        await until(lambda: all(browser.heard for browser in browsers))
        greedy, other = Browser(), Browser(owner="another")
        await until(lambda: greedy.status and other.heard)
        assert (greedy.status, other.status) == (503, 200)
        for browser in (*browsers, other, greedy):
            await browser.leave()
        again = Browser()
        await until(lambda: again.heard)
        await again.leave()

    playing(play)


def test_rooms_that_are_none_and_too_many_rooms_are_refused(rows: Rows) -> None:
    async def play() -> None:
        nowhere = Browser("nowhere")
        await until(lambda: nowhere.status)
        assert nowhere.status == 503
        browsers = [Browser(f"room {n}", f"owner {n}") for n in range(MOST_ROOMS + 3)]
        await until(lambda: all(browser.status for browser in browsers))
        refused = [browser.status for browser in browsers].count(503)
        assert 0 < refused < 10
        for browser in (nowhere, *browsers):
            await browser.leave()

    playing(play)


def test_a_fault_of_the_home_passes(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        browser = Browser("class")
        await until(lambda: browser.heard)
        real = module.following()._read

        def broken(_room: str, _number: int) -> Followed | None:
            raise ClassroomFault("away") from sqlite3.OperationalError("away")

        monkeypatch.setattr(module.following(), "_read", broken)
        rows.publish("class")
        await asyncio.sleep(0.05)
        assert len(browser.heard) == 1
        monkeypatch.setattr(module.following(), "_read", real)
        await until(lambda: len(browser.heard) == 2)
        await browser.leave()

    playing(play)


def test_a_server_that_ends_waits_for_nobody_who_listens(rows: Rows) -> None:
    async def play() -> None:
        browser = Browser("class")
        await until(lambda: browser.heard)
        module.following().close()
        async with asyncio.timeout(2):
            await browser.task
        late = Browser("class")
        await until(lambda: late.status)
        assert late.status == 503
        await late.leave()

    playing(play)


def test_the_first_to_listen_is_let_in(rows: Rows) -> None:
    hub = Following(rows.read)
    assert hub.refuse("", Asker("", "place")) == ""
