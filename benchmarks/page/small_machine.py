"""Measure how much memory a class takes beside a training: does a machine with 2 GB do?"""

import asyncio
import tempfile
from pathlib import Path

from benchmarks.page.classroom import training
from benchmarks.photographs import photographs
from benchmarks.support import servers
from benchmarks.support.memory import MemoryWatch
from benchmarks.support.report import Line
from benchmarks.support.servers import Server
from benchmarks.support.students import STEPS, Student

STUDENTS = 30
ROUNDS = 2  # of each student round all pages
SIZE = 150  # of the pictures that the training learns from, in pixels: the post's
MOST = 1_741  # MiB: 1.7 GiB, of 2 GB with the system's own part


def small_machine() -> list[Line]:
    """Let a class of thirty go round the pages, each with a photograph, beside a training at 150 × 150."""
    with servers.app() as app:
        watch = class_beside_training(app)
    processes = [
        Line(f"at most, of that: {purpose}", most / 2**20, "MiB") for purpose, most in watch.peaks.most_common()
    ]
    return [
        Line("thirty students beside a training, all processes", watch.peak.total() / 2**20, "MiB", MOST),
        *processes,
    ]


def class_beside_training(app: Server) -> MemoryWatch:
    """Return what was held of memory, sampled each second, from the start of the training until everybody had gone."""
    with tempfile.TemporaryDirectory() as folder, MemoryWatch(app.home) as watch, training(app, SIZE) as run:
        brought = [path for size in ("2 MB", "12 megapixels") for path in photographs(Path(folder), size, 2)]
        asyncio.run(_go_round(app, brought, run))
    return watch


async def _go_round(app: Server, brought: list[str], run: str) -> None:
    visits = [
        Student(app.url, brought[i % len(brought)], run).visit(ROUNDS, first=i % len(STEPS)) for i in range(STUDENTS)
    ]
    await asyncio.gather(*visits)
