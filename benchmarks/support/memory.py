"""Add up what a server's processes hold of the machine's memory, as long as something goes on."""

import contextlib
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.support.servers import marked
from cnnlab.processes.home.usage import WEB, purpose_of


def memory_of(home: Path) -> Counter[str]:
    """Return the bytes of all processes that work on a home, by what they are for; shared pages are divided (PSS)."""
    found: Counter[str] = Counter()
    for process in marked(("CNNLAB_HOME", str(home))):
        with contextlib.suppress(psutil.Error):
            found[purpose_of(process.cmdline()) or WEB] += process.memory_full_info().pss
    return found


def processor_of(home: Path) -> dict[int, tuple[str, float]]:
    """Return purpose and processor seconds of every process that works on a home, or was started by this one."""
    found = {}
    for process in {*marked(("CNNLAB_HOME", str(home))), *psutil.Process().children(recursive=True)}:
        with contextlib.suppress(psutil.Error):
            command, times = process.cmdline(), process.cpu_times()
            other = WEB if "streamlit" in command else "nginx" if process.name() == "nginx" else "plays the class"
            found[process.pid] = (purpose_of(command) or other, times.user + times.system)
    return found


class MemoryWatch:
    """Sample the memory of a server's processes each second while the block goes on; keep the largest sums.

    `peak` has the bytes by purpose at the moment of the largest sum, `peaks` the most of each purpose at any time.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.samples = 0
        self.peak: Counter[str] = Counter()
        self.peaks: Counter[str] = Counter()

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def __str__(self) -> str:
        """Return the peaks in MiB, in one line a purpose."""
        lines = [f"{self.peak.total() >> 20:6,} MiB at most in all, of {self.samples} samples"]
        lines += [
            f"{self.peak[name] >> 20:6,} MiB then, {most >> 20:,} at most: {name}"
            for name, most in self.peaks.most_common()
        ]
        return "\n".join(lines)

    def _watch(self) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due = time.monotonic() + 1
            now = memory_of(self._home)
            self.samples += 1
            self.peaks |= now
            if now.total() > self.peak.total():
                self.peak = now
