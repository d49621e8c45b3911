"""Measure how the number of runs in a home changes what the training page costs."""

import asyncio
from contextlib import closing
from dataclasses import replace
from functools import partial

from benchmarks.page.classroom import training_spec
from benchmarks.support import servers
from benchmarks.support.growth import FLAT, Costs, costs_of, growth, own_costs
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from benchmarks.support.visitors import Task, arrived, look
from cnnlab.core.augment import Augmentation
from cnnlab.runs.record import State
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store import Store

SIZES = (1, 10, 100, 250, 1000)
EPOCHS, STUDENTS, COMPARED = 5, 30, 8


def runs() -> list[Line]:
    """Fill a home with runs, and at some sizes open the training page, draw it anew and compare eight runs there.

    The page lists two hundred at most, so beyond them it may cost no more.
    """
    opened: Costs = {}
    redrawn: Costs = {}
    compared: Costs = {}
    waiting: Costs = {}
    with servers.app() as app, closing(Store(app.home)) as store:
        known: list[str] = []
        for size in SIZES:
            known += [_ended(store, number) for number in range(len(known), size)]
            comparison = f"run={known[-1]}&compare={','.join(known[-COMPARED:])}"
            opened |= asyncio.run(_opened(app, size))
            redrawn |= asyncio.run(_redrawn(app, size))
            compared |= asyncio.run(_opened(app, size, comparison)) if size >= COMPARED else {}
            waiting |= own_costs({size: lambda: store.in_state(State.QUEUED)})
    return [
        growth("runs: the training page opened", opened, FLAT),
        growth("runs: the training page drawn anew", redrawn, FLAT),
        growth(f"runs: the page opened with {COMPARED} compared", compared, FLAT),
        growth("runs: which of them wait", waiting, FLAT),
    ]


def _ended(store: Store, number: int) -> str:
    """Leave a finished run, one of those that a class has named alike, and return its id."""
    usual = training_spec(EPOCHS, Augmentation.post())
    network = usual.network.with_option(0, "filters", 8 + number)
    spec = replace(usual, name="training", seed=number % 7, network=network)
    owner = number % STUDENTS
    run = store.create(spec, State.STARTING, owner=f"{owner:032x}", nickname=f"student {owner}")
    store.transition(run.id, State.RUNNING)
    writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
    writer.append({"type": "start", "classes": ["circles", "squares"], "samples": 600, "batches": 38})
    for epoch in range(1, EPOCHS + 1):
        metrics = {"loss": 0.5 / epoch, "accuracy": 0.8, "val_loss": 0.6 / epoch, "val_accuracy": 0.8, "seconds": 2.0}
        writer.append({"type": "epoch", "epoch": epoch, **metrics})
    writer.append({"type": "end"})
    writer.close()
    store.transition(run.id, State.FINISHED)
    return run.id


async def _opened(app: Server, size: int, query: str = "") -> Costs:
    """Return what it costs the web process to open the page."""
    return await costs_of(app, {size: partial(look, Task(app.url, "training", query, at_once=True))})


async def _redrawn(app: Server, size: int) -> Costs:
    """Return what it costs the web process to draw the whole page anew."""
    visitor = await arrived(Task(app.url, "training", at_once=True))
    await visitor.open()
    found = await costs_of(app, {size: visitor.act})
    await visitor.connection.close()
    return found
