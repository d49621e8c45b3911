"""Show the one run that ships beside those of a store: everybody can read it, and nobody can change it."""

import json
from functools import lru_cache
from pathlib import Path

from cnnlab.core.shipped import ASSETS
from cnnlab.runs.record import RECORDED, Run, RunError, RunSpec, State
from cnnlab.runs.store.folders import RunFolders
from cnnlab.runs.store.store import Store

FOLDER = ASSETS / "recorded"


@lru_cache(maxsize=1)
def recorded() -> Run:
    """Return the run that ships: the training that made the shipped weights; it is nobody's."""
    told = json.loads((FOLDER / "run.json").read_text(encoding="utf-8"))
    return Run(
        id=RECORDED,
        spec=RunSpec.from_dict(told["spec"]),
        state=State(told["state"]),
        created=told["created"],
        started=None,
        finished=told["finished"],
        message=None,
        process=None,
        parent=None,
    )


class RecordedRun(RunFolders):
    """Read the run that ships, and no other."""

    def get(self, run_id: str) -> Run:
        """Return the run; raise `RunError` for any other id."""
        self.folder(run_id)
        return recorded()

    def folder(self, run_id: str) -> Path:
        """Return its folder; raise `RunError` for any other id."""
        if run_id != RECORDED:
            raise RunError("Only the recorded run can be read here.")
        return FOLDER


class ShownRuns(RunFolders):
    """Read the runs of a store and the one that ships; what changes a run is the store's, which does not know that one.

    Every method raises `StoreFault` while the home of the store cannot be used, except for the run that ships.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, run_id: str) -> Run:
        """Return one run; raise `RunError` if there is none."""
        return recorded() if run_id == RECORDED else self._store.get(run_id)

    def folder(self, run_id: str) -> Path:
        """Return the folder of a run; raise `RunError` for a text that is no run's id."""
        return FOLDER if run_id == RECORDED else self._store.folder(run_id)
