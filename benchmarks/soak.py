"""Let a hundred students come and go for an hour, and look whether the web process gives back what it took.

`python benchmarks/soak.py [--seconds N] [--students N]` prints a row a minute or so; it ends with 1 if the memory of
the web process, after everybody has left, is more than a fifth above what it was after the first visits.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.photographs import photographs
from benchmarks.support import servers
from benchmarks.support.memory import memory_of
from benchmarks.support.servers import Server
from benchmarks.support.students import STEPS, Student
from cnnlab.processes.home.usage import WEB

STUDENTS = 100
HOUR = 3600.0  # seconds
FIRST = 20  # visits before the memory that is come back to is measured: they load every page
ROWS = 60
THINKING = 12.0  # seconds between two steps of a student
MOST_GROWTH = 1.2
LEFT = 240.0  # seconds: Streamlit keeps a visit for two minutes, and the server clears up each minute of quiet
HEADINGS = ("seconds", "visits", "sessions", "web MiB", "all MiB", "files open", "threads", "files in home")


class Soak:
    """Let students come and go on one server, and count their visits and faults."""

    def __init__(self, server: Server, files: list[str]) -> None:
        self._server, self._files = server, files
        self._began = time.monotonic()
        self.visits = 0
        self.faults: list[str] = []

    async def come_and_go(self, students: int, seconds: float) -> None:
        """Keep so many students there for so long: whoever leaves is followed by another one; print rows meanwhile."""
        until = time.monotonic() + seconds
        crowd = [asyncio.create_task(self._one_after_the_other(until)) for _ in range(students)]
        while not all(one.done() for one in crowd):
            await asyncio.wait(crowd, timeout=max(5.0, seconds / ROWS))
            await asyncio.to_thread(self.row)

    async def visit(self, pause: float) -> None:
        """Let one student come, go round all pages and leave."""
        student = Student(self._server.url, random.choice(self._files), pause=pause)
        try:
            await student.visit(1, random.randrange(len(STEPS)))
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
        self.visits += 1

    def settled(self) -> float:
        """Wait until the server has let all visits go, and return the memory of its web process in MiB."""
        until = time.monotonic() + LEFT
        while time.monotonic() < until:
            time.sleep(LEFT / 4)
            memory = self.row()
        return memory

    def row(self) -> float:
        """Print how the server is, and return the memory of its web process in MiB."""
        web = psutil.Process(self._server.process.pid)
        memory = memory_of(self._server.home)
        cells = (
            f"{time.monotonic() - self._began:.0f}",
            self.visits,
            sessions(self._server),
            memory[WEB] >> 20,
            memory.total() >> 20,
            web.num_fds(),
            web.num_threads(),
            sum(path.is_file() for path in self._server.home.rglob("*")),
        )
        print("".join(f"{cell:>{len(name) + 3}}" for cell, name in zip(cells, HEADINGS, strict=True)), flush=True)
        return memory[WEB] / 2**20

    async def _one_after_the_other(self, until: float) -> None:
        await asyncio.sleep(random.uniform(0, THINKING))
        while time.monotonic() < until:
            await self.visit(THINKING * random.uniform(0.5, 1.5))


def sessions(server: Server) -> int:
    """Return how many sessions are open."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("active_sessions"))


def main() -> int:
    """Soak a server; 0 if the web process has come back to where it was and no visit met a fault."""
    parser = argparse.ArgumentParser(description="Let students come and go, and watch the memory.")
    parser.add_argument("--seconds", type=float, default=HOUR)
    parser.add_argument("--students", type=int, default=STUDENTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, servers.app() as app:
        files = photographs(Path(folder), "2 MB", 30)
        soak = Soak(app, files)
        print("".join(f"   {name}" for name in HEADINGS))
        soak.row()
        for _ in range(FIRST):
            asyncio.run(soak.visit(0.0))
        before = soak.settled()
        asyncio.run(soak.come_and_go(options.students, options.seconds))
        after = soak.settled()
    met = after <= MOST_GROWTH * before and not soak.faults
    print(f"web process: {before:.0f} MiB after {FIRST} visits, {after:.0f} MiB after {soak.visits}: ", end="")
    print(f"{after / before:.2f} ×, {'met' if met else 'NOT MET'} (≤ {MOST_GROWTH})")
    for fault in sorted(set(soak.faults)):
        print(f"{soak.faults.count(fault)} visits met: {fault}")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
