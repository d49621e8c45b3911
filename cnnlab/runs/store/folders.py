"""Say what a training needs of the place where runs are kept: their folders, and somebody who notes their states."""

import contextlib
import os
import re
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from cnnlab.core.training.story import Story
from cnnlab.processes.clock import seconds_since, stamp
from cnnlab.processes.home.files import read_json, turn, write_json
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import Run, RunError, State
from cnnlab.runs.record.events import Event, read_events

HEAD = "head.npz"  # the weights above a borrowed trunk, in a run's folder
EPOCHS = "epochs"  # the folder in a run's folder
RECORD = "record"  # in run.json: what the record of the runs knows of this one, so that it can be made anew
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")


class RunFolders(ABC):
    """Read runs and what stands in their folders."""

    @abstractmethod
    def get(self, run_id: str) -> Run:
        """Return one run; raise `RunError` if there is none."""

    @abstractmethod
    def folder(self, run_id: str) -> Path:
        """Return the folder of a run; raise `RunError` for a text that is no run's id."""

    def model_path(self, run_id: str) -> Path:
        """Return where the run's weights are after its first epoch."""
        return self.folder(run_id) / "model.keras"

    def epochs_folder(self, run_id: str) -> Path:
        """Return where the weights after the run's epochs are kept."""
        return self.folder(run_id) / EPOCHS

    def story(self, run_id: str) -> Story:
        """Return what a run has told so far."""
        return Story(self.read_events(run_id, 0)[0])

    def read_events(self, run_id: str, offset: int) -> tuple[list[Event], int]:
        """Return the events from byte `offset` on and the offset for the next call."""
        return read_events(self.folder(run_id) / "metrics.jsonl", offset)


class WorkerStore(RunFolders):
    """Hold the folders of all runs below `home/runs`; the states are kept by whoever derives from it."""

    def __init__(self, home: Path) -> None:
        self.home = home

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
        with turn(self.folder(run_id)):
            self._describe(run_id, facts)

    def _describe(self, run_id: str, facts: dict[str, Any]) -> None:
        path = self.folder(run_id) / "run.json"
        write_json(path, {"id": run_id} | read_json(path) | facts)

    def request_stop(self, run_id: str) -> None:
        """Leave the flag by which a running training stops within a batch; it says since when."""
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            flag = os.open(self.folder(run_id) / "stop", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            try:
                # On a full disk a flag without its time is a flag too.
                with contextlib.suppress(OSError):
                    os.write(flag, stamp().encode())
            finally:
                os.close(flag)

    def stop_requested(self, run_id: str) -> float | None:
        """Return for how many seconds a stop has been asked for, or None if it has not."""
        flag = self.folder(run_id) / "stop"
        try:
            asked = seconds_since(flag.read_text())
            return max(0.0, time.time() - flag.stat().st_mtime) if asked is None else asked
        except FileNotFoundError:
            return None

    def checkpoint_path(self, run_id: str) -> Path:
        """Return where the state after the run's last whole epoch is, from which it can go on."""
        return self.folder(run_id) / "checkpoint.npz"
