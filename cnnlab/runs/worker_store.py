"""Say what a training needs of the place where runs are kept: their folders, and somebody who notes their states."""

import contextlib
import json
import os
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from cnnlab.runs.events import Event, read_events, settled
from cnnlab.runs.processes import ProcessMark
from cnnlab.runs.record import Run, RunError, State

EPOCHS = "epochs"  # the folder in a run's folder
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")


class WorkerStore(ABC):
    """Hold the folders of all runs below `home/runs`; the states are kept by whoever derives from it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @abstractmethod
    def get(self, run_id: str) -> Run:
        """Return one run; raise `RunError` if there is none."""

    @abstractmethod
    def claim(self, run_id: str, process: ProcessMark) -> bool:
        """Enter the process that trains a starting run; false if another one has, or the run is not starting."""

    @abstractmethod
    def is_replaced(self, run_id: str) -> bool:
        """Tell whether another process has been sent to train this run, so that this one must write nothing more."""

    @abstractmethod
    def transition(self, run_id: str, to: State, message: str | None = None, *, source: State | None = None) -> bool:
        """Move a run to another state if that is legal from where it now is; return whether this call moved it."""

    @abstractmethod
    def others_wait(self) -> bool:
        """Tell whether runs wait for a place."""

    def folder(self, run_id: str) -> Path:
        """Return the folder of a run; raise `RunError` for a text that is no run's id."""
        if not RUN_ID.fullmatch(run_id):
            raise RunError(f"{run_id!r} is not the id of a run; one looks like 20260131-101500-a1b2.")
        return self.home / "runs" / run_id

    def describe(self, run_id: str, **facts: Any) -> None:
        """Add facts to run.json, so that the folder alone tells the whole story."""
        path = self.folder(run_id) / "run.json"
        known = json.loads(path.read_text()) if path.exists() else {"id": run_id}
        write_json(path, known | facts)

    def request_stop(self, run_id: str) -> None:
        """Leave the flag by which a running training stops within a batch."""
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            (self.folder(run_id) / "stop").touch(exist_ok=False)

    def stop_requested(self, run_id: str) -> float | None:
        """Return when a stop was asked for, in Unix seconds, or None."""
        try:
            return (self.folder(run_id) / "stop").stat().st_mtime
        except FileNotFoundError:
            return None

    def model_path(self, run_id: str) -> Path:
        """Return where the run's weights are after its first epoch."""
        return self.folder(run_id) / "model.keras"

    def checkpoint_path(self, run_id: str) -> Path:
        """Return where the state after the run's last whole epoch is, from which it can go on."""
        return self.folder(run_id) / "checkpoint.npz"

    def epochs_folder(self, run_id: str) -> Path:
        """Return where the weights after the run's epochs are kept."""
        return self.folder(run_id) / EPOCHS

    def events(self, run_id: str) -> list[Event]:
        """Return all events of a run that hold so far."""
        return settled(self.read_events(run_id, 0)[0])

    def read_events(self, run_id: str, offset: int) -> tuple[list[Event], int]:
        """Return the events from byte `offset` on and the offset for the next call."""
        return read_events(self.folder(run_id) / "metrics.jsonl", offset)


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Replace a file of JSON at once: whoever reads it finds the old one or the new one."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(json.dumps(data, indent=1) + "\n")
    new.replace(path)
