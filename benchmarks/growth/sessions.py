"""Measure what the web process holds for idle sessions, and what one costs that works beside them."""

import asyncio

from benchmarks.support import servers
from benchmarks.support.growth import FLAT, LINEAR, Costs, costs_of, growth
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from benchmarks.support.visitors import Task, Visitor, arrived

SIZES = (1, 30, 100, 300)
MOST_MEMORY = 0.3  # MiB of one session
CALM = 5.0  # seconds after which what the last visitor brought about is over


def sessions() -> list[Line]:
    """Let visitors open the architecture page and stay there, and move a control of the first."""
    with servers.app() as app:
        moved, memory = asyncio.run(_visited(app))
    few, many = SIZES[-2:]
    return [
        growth("idle sessions: a control moved in one more", moved, FLAT),
        growth("idle sessions: memory of the web process", memory, LINEAR, "MiB"),
        Line("memory of an idle session", (memory[many] - memory[few]) / (many - few), "MiB", MOST_MEMORY),
    ]


async def _visited(app: Server) -> tuple[Costs, Costs]:
    """Return what a moved control costs, and the memory in MiB, at each size."""
    task = Task(app.url, "architecture", control="layer0.filters")
    here: list[Visitor] = []
    moved: Costs = {}
    memory: Costs = {}
    for size in SIZES:
        while len(here) < size:
            here.append(await arrived(task))
            await here[-1].open()
        await asyncio.sleep(CALM)
        memory[size] = app.memory
        moved |= await costs_of(app, {size: here[0].act})
    for visitor in here:
        await visitor.connection.close()
    return moved, memory
