"""Tell which processes belong to a server's home, what each is for, and how much memory it holds."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

WEB = "serves the pages"
SERVERS = "servers.lock"  # of a home, open in every process that serves its pages
PURPOSES = {
    "cnnlab.runs.engine.supervisor": "starts trainings",
    "cnnlab.runs.ray.supervisor": "starts trainings on a cluster",
    "cnnlab.tf.training.worker": "trains, or waits for a training",
    "cnnlab.tf.inside.networks": "looks inside networks",
    "cnnlab.tf.inside.limited": "opens other people's models",
    "cnnlab.processes.pictures.decoding": "decodes pictures that visitors bring",
    "cnnlab.processes.data.file_decoding": "reads pictures of a data set",
    "cnnlab.processes.data.data_job": "unpacks or reads a data set",
    "cnnlab.processes.data.fetch_job": "fetches a data set",
    "cnnlab.processes.data.sequence_reading": "reads a file of sequences",
}
"""What a process does, by the module that it runs."""


@dataclass(frozen=True)
class Used:
    """Hold a process: what it is for, its memory in bytes, and for how many seconds it has lived.

    Pages of memory that several processes share are divided among them where the system can tell (Linux).
    """

    pid: int
    purpose: str
    memory: int
    seconds: float


def processes_of(home: Path) -> tuple[Used, ...]:
    """Return this process and every other one that works on the same home, the largest first."""
    found = [_used(psutil.Process(), WEB)]
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = process.cmdline()
            purpose = purpose_of(command)
            if purpose and process.environ().get("CNNLAB_HOME") == str(home):
                found.append(_used(process, purpose))
            elif process.pid != found[0].pid and "streamlit" in command and _holds(process, home / SERVERS):
                found.append(_used(process, WEB))
    return tuple(sorted(found, key=lambda used: -used.memory))


def purpose_of(command: Sequence[str]) -> str:
    """Return what a command is for; empty if it is none of ours."""
    return next((PURPOSES[word] for word in command if word in PURPOSES), "")


def _holds(process: psutil.Process, file: Path) -> bool:
    """Tell whether a process has a file open: each that serves a home holds its lock, whatever it was told of it."""
    return any(Path(opened.path) == file.resolve() for opened in process.open_files())


def _used(process: psutil.Process, purpose: str) -> Used:
    try:
        memory = process.memory_full_info().pss
    except (psutil.AccessDenied, AttributeError, OSError):
        memory = process.memory_info().rss
    return Used(process.pid, purpose, memory, max(0.0, time.time() - process.create_time()))
