"""Measure what a class costs that follows its teacher, and what the teacher's table takes to be drawn anew."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from benchmarks.support import servers
from benchmarks.support.clock import seconds
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.follow import Followed
from cnnlab.classroom.record.work import Standing
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.exchange.link import encode
from cnnlab.core.lessons import Situation
from cnnlab.core.network import Network
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.classroom.watch.columns import Wanted, columns_of
from cnnlab.ui.classroom.watch.table import class_rows, drawn_table
from cnnlab.ui.session import services
from tests.browser.support.protocol import Session
from tests.unit.classroom.exercise_files import HOW_WIDE

FOLLOWERS = 100
PATIENCE = 30.0  # seconds
IDLE_SECONDS = 20.0
ANSWER_SECONDS = 5.0  # between two answers of a student
CHANGES = 20
REFRESHES = 20
KEEP_DAYS = 400
TWO_QUESTIONS = (
    HOW_WIDE
    + b"""
```{ask}
question = "In a sentence?"
sentence = true
```
"""
)


def follow() -> list[Line]:
    """Let a hundred followers listen while nothing changes, then let the teacher move."""
    with servers.app(CNNLAB_TEACHER_KEY="a key of a teacher") as app, closing(Classroom(app.home, KEEP_DAYS)) as room:
        room.follow.publish("", Followed("data"))
        alone = _share_of_core(app)
        idle, waits = asyncio.run(_follow(app, room))
    return [
        Line(f"{FOLLOWERS} followers who wait, of a core", 100 * max(0.0, idle - alone), "%", 1.0),
        Line(f"the teacher moves, the last of {FOLLOWERS} hears, p95", _p95(waits), "ms", 1000),
    ]


def table() -> list[Line]:
    """Read and draw the table of a hundred students again and again, as a teacher's page does every two seconds."""
    with tempfile.TemporaryDirectory(prefix="cnnlab-bench-") as home:
        os.environ["CNNLAB_HOME"] = home
        with closing(services.classroom()) as room:
            exercise_id = _class(room)
            taken = [_milliseconds(lambda: _draw(exercise_id)) for _ in range(REFRESHES)]
    return [Line(f"the table of {FOLLOWERS} students drawn anew, p95", _p95(taken), "ms", 300)]


def answering() -> list[Line]:
    """Let a class answer on the pages, each student once in a few seconds, spread as people are."""
    with servers.app(CNNLAB_TEACHER_KEY="a key of a teacher") as app, closing(Classroom(app.home, KEEP_DAYS)) as room:
        link = room.link(room.exercises.add(read_exercise("bench.md", HOW_WIDE)).id)
        waits = asyncio.run(_answer(app, link))
    return [Line(f"{FOLLOWERS} students who answer, p95", _p95(waits), "ms", 200)]


async def _answer(app: Server, link: str) -> list[float]:
    """Return the milliseconds from each press to the page that says what the answer is worth."""
    students = [Session(app.url, f"bench-{place}", f"x={link}") for place in range(FOLLOWERS)]
    for place, student in enumerate(students):
        await student.open()
        await student.fill_in("Your name", f"Student {place}", "Begin")
        await student.press("To the first step")
    waits: list[float] = []

    async def go_on(place: int, student: Session) -> None:
        await asyncio.sleep(ANSWER_SECONDS * place / FOLLOWERS)
        for given in ("150", "147", "148"):
            began = time.perf_counter()
            await student.fill_in("Your answer", given, "Answer")
            waits.append(1e3 * (time.perf_counter() - began))
            if given not in student.text:
                raise RuntimeError("An answer does not stand on the page.")
            await asyncio.sleep(max(0.0, ANSWER_SECONDS - (time.perf_counter() - began)))

    await asyncio.gather(*(go_on(place, student) for place, student in enumerate(students)))
    for student in students:
        await student.close()
    return waits


def _draw(exercise_id: str) -> None:
    told, rows = class_rows(exercise_id)
    drawn_table(columns_of(told), rows, Wanted())


def _class(room: Classroom) -> str:
    """Return an exercise on which a class has worked, with some answers each."""
    exercise_id = room.exercises.add(read_exercise("bench.md", TWO_QUESTIONS)).id
    situation = Situation(Network.seed())
    for place in range(FOLLOWERS):
        asker = Asker(f"{place:032x}", "room")
        token = room.students.begin(exercise_id, f"Student {place}", asker).token
        room.works.stand(token, Standing("architecture", 0, encode(Network.seed())))
        for given in ("150", "147", "148"):
            room.works.answer(token, (0, 0), given, situation, asker)
        room.works.answer(token, (0, 1), "Because the window slides.", situation, asker)
    return exercise_id


def _milliseconds(work: Callable[[], object]) -> float:
    return 1e3 * seconds(work)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _share_of_core(app: Server) -> float:
    """Return how much of a core the web process takes for a while."""
    process = psutil.Process(app.process.pid)
    before, began = process.cpu_times(), time.monotonic()
    time.sleep(IDLE_SECONDS)
    after, passed = process.cpu_times(), time.monotonic() - began
    return (after.user + after.system - before.user - before.system) / passed


async def _follow(app: Server, room: Classroom) -> tuple[float, list[float]]:
    """Return the share of a core that waiting followers take, and the milliseconds until the last heard each change."""
    followers = [await _Follower.enter(app.url, place) for place in range(FOLLOWERS)]
    await _all_hear(followers)
    idle = await asyncio.to_thread(_share_of_core, app)
    waits = []
    for change in range(CHANGES):
        began = time.perf_counter()
        await asyncio.to_thread(room.follow.publish, "", Followed("data", channel=change))
        await _all_hear(followers)
        waits.append(1e3 * (time.perf_counter() - began))
    for follower in followers:
        follower.writer.close()
    return idle, waits


async def _all_hear(followers: list["_Follower"]) -> None:
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(follower.hear() for follower in followers))


@dataclass(frozen=True)
class _Follower:
    """Be a browser that listens."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def enter(cls, url: str, place: int) -> "_Follower":
        """Open the connection as `EventSource` does."""
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        head = f"GET /cnnlab/follow HTTP/1.1\r\nHost: {address.netloc}\r\nAccept: text/event-stream\r\n"
        writer.write(f"{head}Cookie: cnnlab_visitor=bench{place}\r\n\r\n".encode())
        return cls(reader, writer)

    async def hear(self) -> None:
        """Wait for the next event."""
        while not (await self.reader.readline()).startswith(b"data: "):
            pass
