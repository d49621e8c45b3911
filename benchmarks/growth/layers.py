"""Measure how a network's depth changes what the architecture page costs."""

import asyncio
from functools import partial

from benchmarks.support import servers
from benchmarks.support.growth import LINEAR, Costs, costs_of, growth, own_costs
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from benchmarks.support.visitors import Task, arrived, look
from cnnlab.core.exchange.link import MOST_LAYERS, encode
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace

SIZES = (15, 30, 60, MOST_LAYERS)
CONTROL = "layer0.filters"


def layers() -> list[Line]:
    """Trace networks of growing depth, open them on the architecture page and move a control there."""
    traced = own_costs({size: partial(trace, deep(size)) for size in SIZES})
    with servers.app() as app:
        opened, moved = asyncio.run(_visited(app))
    return [
        growth("layers: a trace", traced, LINEAR),
        growth("layers: the architecture page opened", opened, LINEAR),
        growth("layers: a control moved", moved, LINEAR),
    ]


def deep(count: int) -> Network:
    """Return a network of so many layers, pairs of a convolution and its activation with a small head behind them."""
    pair = (Layer.make("Conv2D", filters=8, kernel_size=3, padding="same"), Layer.make("Activation", activation="relu"))
    head = (Layer.make("Flatten"), Layer.make("Dense", units=1), Layer.make("Activation", activation="sigmoid"))
    return Network((64, 64, 3), (*(pair * count)[: count - len(head)], *head))


async def _visited(app: Server) -> tuple[Costs, Costs]:
    """Return what it costs the web process to open the page at each size, and to take a moved control."""
    tasks = {size: Task(app.url, "architecture", f"net={encode(deep(size))}", control=CONTROL) for size in SIZES}
    opened = await costs_of(app, {size: partial(look, task) for size, task in tasks.items()})
    visitors = {size: await arrived(task) for size, task in tasks.items()}
    for visitor in visitors.values():
        await visitor.open()
    moved = await costs_of(app, {size: visitor.act for size, visitor in visitors.items()})
    for visitor in visitors.values():
        await visitor.connection.close()
    return opened, moved
