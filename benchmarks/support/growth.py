"""Measure how what something costs grows with a size, in processor time."""

import math
import time
from collections.abc import Awaitable, Callable, Mapping

from benchmarks.support.report import Line
from benchmarks.support.servers import Server

LINEAR, FLAT = 1.15, 0.2  # exponents, with room for what a measurement errs
ROUNDS = 5
ENOUGH = 0.2  # seconds of processor time, which the system counts in hundredths
MOST_TIMES = 100

Costs = dict[int, float]
"""Milliseconds of processor time by size."""


def growth(what: str, costs: Mapping[int, float], bar: float, unit: str = "ms") -> Line:
    """Return a line with the exponent between the two largest sizes; `costs` are by size, in the unit."""
    (fewer, less), (more, most) = sorted(costs.items())[-2:]
    return Line(what, math.log(most / less) / math.log(more / fewer), unit, bar, points=sorted(costs.items()))


def own_costs(works: Mapping[int, Callable[[], object]], clock: Callable[[], float] = time.process_time) -> Costs:
    """Return what each piece of work costs this process, the least of some rounds in which all take turns.

    `clock` counts the seconds of others too.
    """
    found = dict.fromkeys(works, math.inf)
    for _ in range(ROUNDS):
        for size, work in works.items():
            before, times = clock(), 0
            while clock() - before < ENOUGH:
                work()
                times += 1
            found[size] = min(found[size], 1e3 * (clock() - before) / times)
    return found


async def costs_of(server: Server, works: Mapping[int, Callable[[], Awaitable[object]]]) -> Costs:
    """Return what each piece of work costs the web process, the least of some rounds in which all take turns."""
    found = dict.fromkeys(works, math.inf)
    for work in works.values():
        await work()
    for _ in range(ROUNDS):
        for size, work in works.items():
            before, times = server.processor, 0
            while server.processor - before < ENOUGH and times < MOST_TIMES:
                await work()
                times += 1
            found[size] = min(found[size], 1e3 * (server.processor - before) / times)
    return found
