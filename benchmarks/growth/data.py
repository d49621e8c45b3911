"""Measure how the pictures of a data set, and the sequences of another, change what reading and showing them costs."""

import asyncio
import os
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.support import servers
from benchmarks.support.growth import FLAT, LINEAR, Costs, costs_of, growth, own_costs
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from benchmarks.support.visitors import Task, Visitor, arrived
from cnnlab.core.data.survey.layouts import MOST_FILES
from cnnlab.core.sequences.loading import load_sequences
from cnnlab.core.sequences.reading import read
from cnnlab.core.settings import Settings
from cnnlab.processes.environment import data_command, limited_environment

PICTURES = (100, 1_000, 10_000, MOST_FILES)
SEQUENCES = (100, 1_000, 10_000, 100_000)
LETTERS = 60
FOLDER = "A folder on this server"


def data() -> list[Line]:
    """Let a set be read as an upload is, then shown for the first time and again, at every size; load sequences.

    A folder may hold fifty thousand pictures. The page shows one page of them, and counts that are known already.
    """
    checked: Costs = {}
    with tempfile.TemporaryDirectory() as folder, servers.app(CNNLAB_DATA_ROOT=folder) as app:
        root = Path(folder)
        for size in PICTURES:
            _write_pictures(root / str(size), size)
            checked[size] = _checked(app, root / str(size))
        first, again = asyncio.run(_shown(app))
        loaded = own_costs({size: partial(load_sequences, str(_fasta(root, size)), read) for size in SEQUENCES})
    return [
        growth("pictures of a set: read and checked", checked, LINEAR),
        growth("pictures of a set: shown for the first time", first, LINEAR),
        growth("pictures of a set: the data page drawn anew", again, FLAT),
        growth("sequences: read and checked", loaded, LINEAR),
    ]


def _write_pictures(root: Path, count: int) -> None:
    """Write pictures of which no two are alike, with the coarse forms of photographs."""
    rng = np.random.default_rng(count)
    for name in ("circles", "squares"):
        folder = root / name
        folder.mkdir(parents=True)
        for i in range(count // 2):
            coarse = Image.fromarray(rng.integers(0, 256, (4, 4), np.uint8))
            coarse.resize((20, 20), Image.Resampling.BICUBIC).save(folder / f"{i}.png", compress_level=1)


def _checked(app: Server, folder: Path) -> float:
    """Return the milliseconds of processor time that a job and all that it starts take to read a folder."""
    before = os.times()
    env = limited_environment(Settings(home=app.home))
    subprocess.run(data_command("check", str(folder)), env=env, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return 1e3 * (after.children_user + after.children_system - before.children_user - before.children_system)


async def _shown(app: Server) -> tuple[Costs, Costs]:
    """Return what a set costs the web process that nobody has looked at, and what it costs to draw it anew."""
    first: Costs = {}
    visitors: dict[int, Visitor] = {}
    for size in PICTURES:
        visitors[size] = visitor = await arrived(Task(app.url, "data", control=FOLDER, text=str(size)))
        await visitor.open()
        before = app.processor
        await visitor.act()
        first[size] = 1e3 * (app.processor - before)
    again = await costs_of(app, {size: visitor.act for size, visitor in visitors.items()})
    for visitor in visitors.values():
        await visitor.connection.close()
    return first, again


def _fasta(root: Path, count: int) -> Path:
    """Write sequences of two classes."""
    rng = np.random.default_rng(count)
    letters = np.frombuffer(b"ACGT", np.uint8)[rng.integers(0, 4, (count, LETTERS))]
    path = root / f"{count}.fasta"
    lines = (f">{i} label={'bound' if i % 2 else 'free'}\n{row.tobytes().decode()}\n" for i, row in enumerate(letters))
    path.write_text("".join(lines))
    return path
