"""Say what every engine that runs trainings can do, wherever its processes live."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cnnlab.runs.record import RunSpec, State


@dataclass(frozen=True)
class Capacity:
    """Tell how many trainings run at once (`slots`), how many do now, and how many wait.

    `problem` says in one sentence why none can be started now.
    """

    slots: int
    running: int
    queued: int
    problem: str | None = None


class Engine(Protocol):
    """Take trainings, and run them outside this process."""

    def submit(self, spec: RunSpec) -> str:
        """Queue a training and return its run id; raise `RunError` if it is not taken."""

    def stop(self, run_id: str) -> None:
        """Stop a queued training at once and a running one within a batch; one that has ended stays as it is."""

    def resume(self, run_id: str, epochs: int | None = None) -> None:
        """Let a run that has ended go on from its checkpoint; raise `RunError` if it cannot."""

    def state(self, run_id: str) -> State:
        """Return where a run stands; raise `RunError` if there is none."""

    def capacity(self) -> Capacity:
        """Return how full the engine is."""


def wanted_engine(home: Path) -> str:
    """Return the engine of the server that came to a home last; empty if none said so."""
    try:
        return (home / "engine").read_text().strip()
    except OSError:
        return ""


def describe_place(threads: int, device: str | None, node: str) -> str:
    """Say where a training computes: `device` as its worker saw it (None: not yet), `node` a cluster's machine."""
    where = f" of {node}" if node else ""
    if device is None:
        return f"on {node}" if node else ""
    if device != "CPU":
        return f"on {device}{where}"
    return f"on the processor{where}: {threads} thread{'s' * (threads != 1)}"
