"""Keep runs on disk: states in one SQLite file, everything else in one folder a run."""

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.runs.control import Control, Mode, read_control, write_control
from cnnlab.runs.database import connect, read_run, readable
from cnnlab.runs.processes import ProcessMark
from cnnlab.runs.record import TERMINAL, TRANSITIONS, Run, RunError, RunSpec, State
from cnnlab.runs.worker_store import WorkerStore, write_json


class Store(WorkerStore):
    """Hold all runs of one home folder; safe for several processes and several threads.

    `home/runs.sqlite` has the states; `home/runs/<id>/` has run.json (what was trained, with which versions and
    data), metrics.jsonl, worker.log, model.keras, checkpoint.npz and, once asked for, the files `stop` and
    `control.json`.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        (home / "runs").mkdir(parents=True, exist_ok=True)
        # One connection under a lock: opening one a call costs more than every query here.
        self._lock = threading.Lock()
        self._db = connect(home / "runs.sqlite")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def create(
        self,
        spec: RunSpec,
        state: State = State.QUEUED,
        parent: ProcessMark | None = None,
        *,
        owner: str = "",
        origin: str = "",
        nickname: str = "",
        mode: Mode = Mode.PLAY,
        probe: npt.NDArray[np.uint8] | None = None,
    ) -> Run:
        """Record a new run with its folder and return it; `mode` says how it begins, `probe` is a picture to follow."""
        created = time.time()
        run_id = self._new_folder(created)
        text = json.dumps(spec.to_dict())
        write_json(self.folder(run_id) / "run.json", {"id": run_id, "created": created, "spec": spec.to_dict()})
        if mode != Mode.PLAY:
            self.command(run_id, mode)
        if probe is not None:
            np.save(self.folder(run_id) / "probe.npy", probe)
        with self._cursor() as cursor:
            cursor.execute(
                "INSERT INTO runs (id, spec, state, created, started, parent_pid, parent_started, owner, origin,"
                " nickname) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    text,
                    state,
                    created,
                    created if state == State.STARTING else None,
                    parent and parent.pid,
                    parent and parent.started,
                    owner,
                    origin,
                    nickname,
                ),
            )
        return self.get(run_id)

    def _new_folder(self, created: float) -> str:
        stamp = datetime.fromtimestamp(created, UTC).strftime("%Y%m%d-%H%M%S")
        while True:
            run_id = f"{stamp}-{secrets.token_hex(2)}"
            with contextlib.suppress(FileExistsError):
                self.folder(run_id).mkdir()
                return run_id

    def get(self, run_id: str) -> Run:
        """Return one run; raise `RunError` if there is none."""
        with self._cursor() as cursor:
            row = cursor.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise RunError(f"There is no run {run_id!r}; it may have been deleted.")
        return read_run(row)

    def runs(self, limit: int = 500) -> list[Run]:
        """Return the newest runs first."""
        with self._cursor() as cursor:
            rows = cursor.execute("SELECT * FROM runs ORDER BY created DESC, rowid DESC LIMIT ?", (limit,)).fetchall()
        return readable(rows)

    def in_state(self, *states: State) -> list[Run]:
        """Return all runs in one of these states, oldest first."""
        marks = ", ".join("?" * len(states))
        with self._cursor() as cursor:
            rows = cursor.execute(
                f"SELECT * FROM runs WHERE state IN ({marks}) ORDER BY created, rowid", states
            ).fetchall()
        return readable(rows)

    def last_starts(self) -> dict[str, float]:
        """Return for every owner and for every origin when the newest of their runs started, in Unix seconds."""
        with self._cursor() as cursor:
            rows = cursor.execute(
                "SELECT owner, MAX(started) FROM runs WHERE started IS NOT NULL GROUP BY owner UNION ALL"
                " SELECT origin, MAX(started) FROM runs WHERE started IS NOT NULL AND origin != '' GROUP BY origin"
            )
            return {row[0]: row[1] for row in rows}

    def transition(self, run_id: str, to: State, message: str | None = None, *, source: State | None = None) -> bool:
        """Move a run to another state if that is legal from where it now is (and it is in `source`, if given).

        Returns whether this call moved it, so that of several processes exactly one wins.
        """
        sources = [state for state, following in TRANSITIONS.items() if to in following and source in (None, state)]
        now = time.time()
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE runs SET state = ?, message = ?,"
                " started = CASE WHEN ? = 'starting' THEN ? WHEN ? = 'queued' THEN NULL ELSE started END,"
                " finished = CASE WHEN ? THEN ? ELSE finished END,"
                " job = CASE WHEN ? = 'queued' THEN '' ELSE job END"
                f" WHERE id = ? AND state IN ({', '.join('?' * len(sources))})"
                " AND (? != 'queued' OR pid IS NULL)",
                (to, message, to, now, to, to in TERMINAL, now, to, run_id, *sources, to),
            )
            moved = cursor.rowcount == 1
        if moved and to in TERMINAL:
            # The database is the record; on a full disk its copy in the folder may be missing.
            with contextlib.suppress(OSError):
                node = self.get(run_id).node
                facts = {"node": node} if node else {}
                self.describe(run_id, state=to, message=message, finished=now, **facts)
        return moved

    def reopen(self, run_id: str, epochs: int | None = None) -> bool:
        """Queue a run that has ended again, to go on from its checkpoint, with another number of epochs if given.

        Returns whether this call did it.
        """
        run = self.get(run_id)
        if not run.is_terminal:
            return False
        # They belong to the part that has ended; nobody looks at them before the run is queued.
        for name in ("stop", "control.json"):
            (self.folder(run_id) / name).unlink(missing_ok=True)
        spec = run.spec if epochs is None else replace(run.spec, epochs=epochs)
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE runs SET state = 'queued', spec = ?, message = NULL, started = NULL,"
                " finished = NULL, pid = NULL, pid_started = NULL, parent_pid = NULL, parent_started = NULL,"
                " job = '', node = ''"
                f" WHERE id = ? AND state IN ({', '.join('?' * len(TERMINAL))})",
                (json.dumps(spec.to_dict()), run_id, *TERMINAL),
            )
            moved = cursor.rowcount == 1
        if moved:
            with contextlib.suppress(OSError):
                self.describe(run_id, spec=spec.to_dict(), state=State.QUEUED, message=None, finished=None)
        return moved

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name; raise `RunError` for an empty one."""
        if not name.strip():
            raise RunError("A run needs a name of at least one letter.")
        spec = replace(self.get(run_id).spec, name=name.strip())
        with self._cursor() as cursor:
            cursor.execute("UPDATE runs SET spec = ? WHERE id = ?", (json.dumps(spec.to_dict()), run_id))
        self.describe(run_id, spec=spec.to_dict())

    def command(self, run_id: str, mode: Mode | None = None, learning_rate: float | None = None) -> None:
        """Tell a run what to do from the next batch on."""
        write_control(self.folder(run_id) / "control.json", mode, learning_rate)

    def control(self, run_id: str) -> Control:
        """Return the last command to a run."""
        return read_control(self.folder(run_id) / "control.json")

    def claim(self, run_id: str, process: ProcessMark) -> bool:
        """Enter the process that trains a starting run; false if another one has, or the run is not starting."""
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE runs SET pid = ?, pid_started = ? WHERE id = ? AND state IN ('starting', 'running')"
                " AND (pid IS NULL OR pid = ?)",
                (process.pid, process.started, run_id, process.pid),
            )
            return cursor.rowcount == 1

    def is_replaced(self, run_id: str) -> bool:
        """Return False: of two processes on one machine `claim` lets only one begin."""
        return False

    def others_wait(self) -> bool:
        """Tell whether runs wait for a place."""
        return bool(self.in_state(State.QUEUED))

    def send(self, run_id: str, job: str) -> bool:
        """Enter the job that will train a starting run on a cluster; false if the run is not starting."""
        return self._update("job = ?, node = ''", job, run_id, "state = 'starting' AND pid IS NULL")

    def locate(self, run_id: str, node: str) -> bool:
        """Enter the node of the cluster on which a run trains."""
        return self._update("node = ?", node, run_id, "job != ''")

    def say(self, run_id: str, message: str) -> bool:
        """Say in one sentence what a starting run waits for."""
        return self._update("message = ?", message, run_id, "state = 'starting'")

    def _update(self, change: str, value: str, run_id: str, condition: str) -> bool:
        with self._cursor() as cursor:
            cursor.execute(f"UPDATE runs SET {change} WHERE id = ? AND {condition}", (value, run_id))
            return cursor.rowcount == 1

    def bytes_used(self) -> int:
        """Return the size of all runs' folders on disk."""
        total = 0
        for place, _, names in os.walk(self.home / "runs"):
            for name in names:
                with contextlib.suppress(OSError):
                    total += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118  walks thousands
        return total

    def delete(self, run_id: str) -> None:
        """Delete a run that has ended, with its folder; raise `RunError` if it has not."""
        state = self.get(run_id).state
        if state not in TERMINAL:
            raise RunError(f"The run {run_id} is {state}; stop it before deleting it.")
        with self._cursor() as cursor:
            cursor.execute("DELETE FROM runs WHERE id = ?", (run_id,))
        shutil.rmtree(self.folder(run_id), ignore_errors=True)

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[sqlite3.Cursor]:
        with self._lock, contextlib.closing(self._db.cursor()) as cursor:
            yield cursor
