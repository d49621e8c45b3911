"""Be a student who does what a class does, one page after the other in one visit, without a browser."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from benchmarks.support.uploaders import Storm, Uploader
from benchmarks.support.visitors import STRIP, Task, Visitor, connected

FILTERS = "layer0.filters"
MOVES = 4  # of a slider, or looks at a run, on one page
Step = Callable[["Student", ClientConnection, str], Awaitable[None]]


@dataclass(frozen=True)
class Student:
    """Name the server, the student's own photograph, the run that the class watches, and the seconds to think."""

    url: str
    photograph: str
    run: str = ""
    pause: float = 1.0

    async def visit(self, rounds: int, first: int = 0) -> None:
        """Come as a browser of one's own, go round all pages so often, beginning with step `first`, and leave.

        Raises an error of any kind if a page has one.
        """
        who = secrets.token_urlsafe(24)
        connection = await connected(self.url, who)
        try:
            for step in (STEPS[first:] + STEPS[:first]) * rounds:
                await step(self, connection, who)
        finally:
            await connection.close()

    async def open(self, connection: ClientConnection, page: str, control: str = "", moves: int = 0) -> None:
        """Open a page and move its control so often; without a control repeat what the page repeats by itself."""
        query = f"run={self.run}" if page == "training" else ""
        visitor = Visitor(connection, Task(self.url, page, query, control=control, at_once=not moves))
        await visitor.open()
        for _ in range(moves):
            await asyncio.sleep(self.pause)
            await visitor.act()

    async def bring(self, connection: ClientConnection, who: str) -> None:
        """Upload the photograph and look at the maps that the network makes of it."""
        uploader = Uploader(connection, Storm(self.url, (self.photograph,), "feature_maps"), who)
        await uploader.open()
        await asyncio.sleep(self.pause)
        await uploader.upload(Path(self.photograph))


STEPS: tuple[Step, ...] = (
    lambda self, to, _: self.open(to, ""),
    lambda self, to, _: self.open(to, "architecture", FILTERS, MOVES),
    lambda self, to, who: self.bring(to, who),
    lambda self, to, _: self.open(to, "convolution", STRIP, MOVES),
    lambda self, to, _: self.open(to, "explain"),
    lambda self, to, _: self.open(to, "training", "", MOVES if self.run else 0),
)
