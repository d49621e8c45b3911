"""Measure a class of three hundred on one, two and four web processes behind nginx, and tell what gives first."""

import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.page.classroom import go, visitors
from benchmarks.page.mixed import paused
from benchmarks.page.mixed import students as doing
from benchmarks.photographs import photographs
from benchmarks.support import servers
from benchmarks.support.front import nginx
from benchmarks.support.memory import MemoryWatch, processor_of
from benchmarks.support.report import Line
from cnnlab.processes.home.usage import WEB

CLASSES = ((150, 1), (300, 1), (300, 2), (300, 4))  # students, web processes
KINDS = 4
SECONDS = 40.0
PATIENCE = 150.0  # seconds for the last answer
BUSY = 0.8  # of a core: Python runs one thread at a time, and the web process waits for others too
SPARE = 0.1  # of all cores


@dataclass(frozen=True)
class Answered:
    """Hold how long a class waited in ms, what failed, the shares of a core by purpose, and the most memory."""

    pages: list[float]
    uploads: list[float]
    errors: list[str]
    shares: Counter[str]
    busiest: float
    idle: float
    memory: Counter[str]

    @property
    def rate(self) -> float:
        """Return the answers in a second."""
        return (len(self.pages) + len(self.uploads)) / SECONDS

    @property
    def gives_first(self) -> str:
        """Return what has no more to give."""
        if self.busiest >= BUSY:
            return "a web process, which has one core"
        if self.idle < SPARE:
            return "the cores of this machine"
        return "nothing yet"


def several() -> list[Line]:
    """Let a class move sliders, select layers, watch a run and upload photographs, as busily as sixty do elsewhere."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        files = photographs(Path(folder), "2 MB", max(CLASSES)[0] // KINDS)
        for students, count in CLASSES:
            with servers.apps(count) as apps, paused(apps[0]), nginx(apps) as url:
                found = _acted(url, apps[0].home, files[: students // KINDS])
            lines += _lines(f"{students} students, web processes: {count}", found)
    return lines


def _acted(url: str, home: Path, files: Sequence[str]) -> Answered:
    with ExitStack() as stack:
        kinds = doing(url, files, SECONDS)
        groups = [stack.enter_context(visitors(kind, waiting=True)) for kind in kinds]
        watch = stack.enter_context(MemoryWatch(home))
        before, began = processor_of(home), time.monotonic()
        psutil.cpu_times_percent()
        for group in groups:
            go(group)
        time.sleep(SECONDS)
        idle = psutil.cpu_times_percent().idle / 100
        after, took = processor_of(home), time.monotonic() - began
        said = [json.loads(group.communicate(timeout=PATIENCE)[0].splitlines()[-1]) for group in groups]
    shares: Counter[str] = Counter()
    busiest = 0.0
    for pid, (purpose, seconds) in after.items():
        share = (seconds - before.get(pid, (purpose, 0.0))[1]) / took
        shares[purpose] += share
        busiest = max(busiest, share) if purpose == WEB else busiest
    waited = [[1e3 * seconds for seconds in each["seconds"]] for each in said]
    pages, uploads = [one for kind in waited[:-1] for one in kind], waited[-1]
    return Answered(pages, uploads, [e for each in said for e in each["errors"]], shares, busiest, idle, watch.peaks)


def _lines(what: str, found: Answered) -> list[Line]:
    return [
        Line(f"{what}; pages, median", statistics.median(found.pages), "ms"),
        Line("pages, p95", _p95(found.pages), "ms"),
        Line("photographs and their maps, p95", _p95(found.uploads) / 1000, "s"),
        Line("answers in a second", found.rate),
        Line("processor time of the web processes for each", 1e3 * found.shares[WEB] / found.rate, "ms"),
        Line(": ".join(["errors", *(error[:60] for error in found.errors[:1])]), len(found.errors)),
        Line("the busiest web process, of a core", 100 * found.busiest, "%"),
        *(Line(f"of a core: {purpose}", 100 * share, "%") for purpose, share in found.shares.most_common(6)),
        *(Line(f"at most: {purpose}", size / 2**20, "MiB") for purpose, size in found.memory.most_common(4)),
        Line(f"cores idle; what gives first: {found.gives_first}", 100 * found.idle, "%"),
    ]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
