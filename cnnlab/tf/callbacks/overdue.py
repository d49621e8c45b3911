"""Say when a training must make room for others, and show the others that it stands still."""

import time

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.settings import Settings
from cnnlab.runs.record import Run, State
from cnnlab.runs.store.folders import WorkerStore

PAUSE_SECONDS = 600  # how long a training may stand still while others wait


def show_pause(store: WorkerStore, run_id: str, standing: bool) -> None:
    """Record that a training stands still, or that it goes on."""
    source, to = (State.RUNNING, State.PAUSED) if standing else (State.PAUSED, State.RUNNING)
    store.transition(run_id, to, source=source)


class Overdue:
    """Say why a training must make room: it has had its time, or stands still while others wait."""

    def __init__(self, store: WorkerStore, settings: Settings, run: Run) -> None:
        self._store, self._run = store, run
        self._most = settings.max_minutes
        self._began = time.monotonic()
        self._looked = 0.0

    def __call__(self, waited: float) -> str | None:
        """Return one sentence, or None; `waited` is how many seconds the training has stood still."""
        trained = time.monotonic() - self._began
        if trained > self._run.seconds_left:
            return f"it has had the {counted(self._run.spec.minutes or 0, 'minute')} that its exercise allows."
        if trained > self._most * 60:
            return f"a training may take {counted(self._most, 'minute')} (CNNLAB_MAX_MINUTES); resume it to go on."
        if waited > PAUSE_SECONDS and time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            if self._store.others_wait():
                return f"it stood still for {PAUSE_SECONDS // 60} minutes while others wait; resume it to go on."
        return None
