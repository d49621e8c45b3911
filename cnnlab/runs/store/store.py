"""Keep runs on disk: states in one SQLite file, everything else in one folder a run."""

import contextlib
import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.processes.clock import stamp
from cnnlab.processes.home.files import turn
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import TERMINAL, TRANSITIONS, Run, RunError, RunSpec, State
from cnnlab.runs.record.control import Control, Mode, read_control, write_control
from cnnlab.runs.record.findings import FOLLOWED
from cnnlab.runs.store import reserve
from cnnlab.runs.store.database import BUSY_SECONDS, database_of, read_run, readable
from cnnlab.runs.store.faults import StoreFault, as_fault
from cnnlab.runs.store.folders import RECORD, WorkerStore


class Store(WorkerStore):
    """Hold all runs of one home folder; safe for several processes and several threads.

    `home/runs.sqlite` has the states; `home/runs/<id>/` has run.json (what was trained, with which versions and
    data, and all that the record knows of the run), metrics.jsonl, worker.log, model.keras, checkpoint.npz and, once
    asked for, the files `stop` and `control.json`. `patience` is how many seconds to wait for a locked record. Every
    method raises `StoreFault` while the home cannot be used.
    """

    def __init__(self, home: Path, patience: float = BUSY_SECONDS) -> None:
        super().__init__(home)
        self._database = database_of(home, patience)
        try:
            (home / "runs").mkdir(parents=True, exist_ok=True)
        except OSError:
            if not home.is_dir():
                raise
        # What is wrong with the record now may be well when somebody asks.
        with contextlib.suppress(StoreFault), self._cursor():
            pass

    def close(self) -> None:
        """Close the database."""
        self._database.close()

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
        row: dict[str, str | float | None] = {
            "state": state,
            "created": created,
            "started": created if state == State.STARTING else None,
            "clock": stamp() if state == State.STARTING else "",
            "parent_pid": parent.pid if parent else None,
            "parent_started": parent.started if parent else None,
            "parent_boot": parent.boot if parent else "",
            "owner": owner,
            "origin": origin,
            "nickname": nickname,
        }
        with self._new_folder(created) as run_id:
            if mode != Mode.PLAY:
                self.command(run_id, mode)
            if probe is not None:
                np.save(self.folder(run_id) / FOLLOWED, probe)
            facts = {"created": created, "spec": spec.to_dict()}
            self.describe(run_id, **facts, **{RECORD: {"id": run_id, **row}})
            row |= {"id": run_id, "spec": json.dumps(spec.to_dict())}
            with self._cursor() as cursor:
                # Somebody who makes the record anew right now may have found the folder first.
                cursor.execute(
                    f"INSERT OR IGNORE INTO runs ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                    tuple(row.values()),
                )
        return self.get(run_id)

    @contextlib.contextmanager
    def _new_folder(self, created: float) -> Iterator[str]:
        """Make the folder of a new run and give its id; if anything goes wrong, nothing stays."""
        stamped = datetime.fromtimestamp(created, UTC).strftime("%Y%m%d-%H%M%S")
        with as_fault(self.home):
            if self.home.is_dir():
                (self.home / "runs").mkdir(exist_ok=True)
            while True:
                run_id = f"{stamped}-{secrets.token_hex(2)}"
                with contextlib.suppress(FileExistsError):
                    self.folder(run_id).mkdir()
                    break
            try:
                yield run_id
            except BaseException:
                shutil.rmtree(self.folder(run_id), ignore_errors=True)
                raise

    def get(self, run_id: str) -> Run:
        """Return one run; raise `RunError` if there is none."""
        with self._cursor() as cursor:
            row = cursor.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise RunError(f"There is no run {run_id!r}; it may have been deleted.")
        return read_run(row)

    def runs(self, limit: int = 500, owner: str | None = None) -> list[Run]:
        """Return the newest runs first, everybody's or those of one owner."""
        whose, who = ("", ()) if owner is None else ("WHERE owner = ?", (owner,))
        with self._cursor() as cursor:
            rows = cursor.execute(
                f"SELECT * FROM runs {whose} ORDER BY created DESC, rowid DESC LIMIT ?", (*who, limit)
            ).fetchall()
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
        try:
            moved = self._move(run_id, to, message, source)
        except StoreFault as fault:
            if to not in TERMINAL or not fault.is_full or not reserve.give_up(self.home):
                raise
            moved = self._move(run_id, to, message, source)
        if moved:
            self._note(run_id)
        return moved

    def _move(self, run_id: str, to: State, message: str | None, source: State | None) -> bool:
        sources = [state for state, following in TRANSITIONS.items() if to in following and source in (None, state)]
        now = time.time()
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE runs SET state = ?, message = ?,"
                " started = CASE WHEN ? = 'starting' THEN ? WHEN ? = 'queued' THEN NULL ELSE started END,"
                " clock = CASE WHEN ? = 'starting' THEN ? ELSE clock END,"
                " finished = CASE WHEN ? THEN ? ELSE finished END,"
                " job = CASE WHEN ? = 'queued' THEN '' ELSE job END"
                f" WHERE id = ? AND state IN ({', '.join('?' * len(sources))})"
                " AND (? != 'queued' OR pid IS NULL)",
                (to, message, to, now, to, to, stamp(), to in TERMINAL, now, to, run_id, *sources, to),
            )
            return cursor.rowcount == 1

    def _note(self, run_id: str) -> None:
        """Copy what the database knows of a run into its folder, from which it can be made anew."""
        # The database is the record; on a full disk its copy in the folder may be older.
        with contextlib.suppress(OSError, StoreFault), turn(self.folder(run_id)):
            with self._cursor() as cursor:
                row = cursor.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is not None:
                record = dict(row)
                told = {name: record[name] for name in ("created", "state", "message", "finished")}
                node = {"node": record["node"]} if record["node"] else {}
                self._describe(run_id, {**told, **node, "spec": json.loads(record.pop("spec")), RECORD: record})

    def reopen(self, run_id: str, epochs: int | None = None) -> bool:
        """Queue a run that has ended again, to go on from its checkpoint, with another number of epochs if given.

        Returns whether this call did it.
        """
        run = self.get(run_id)
        if not run.is_terminal:
            return False
        # They belong to the part that has ended; nobody looks at them before the run is queued.
        with as_fault(self.home):
            for name in ("stop", "control.json"):
                (self.folder(run_id) / name).unlink(missing_ok=True)
        spec = run.spec if epochs is None else replace(run.spec, epochs=epochs)
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE runs SET spent = spent + MAX(0, COALESCE(finished - started, 0)),"
                " state = 'queued', spec = ?, message = NULL, started = NULL,"
                " finished = NULL, pid = NULL, pid_started = NULL, parent_pid = NULL, parent_started = NULL,"
                " job = '', node = '', clock = '', pid_boot = '', parent_boot = ''"
                f" WHERE id = ? AND state IN ({', '.join('?' * len(TERMINAL))})",
                (json.dumps(spec.to_dict()), run_id, *TERMINAL),
            )
            moved = cursor.rowcount == 1
        if moved:
            self._note(run_id)
        return moved

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name; raise `RunError` for an empty one."""
        if not name.strip():
            raise RunError("A run needs a name of at least one letter.")
        spec = replace(self.get(run_id).spec, name=name.strip())
        with self._cursor() as cursor:
            cursor.execute("UPDATE runs SET spec = ? WHERE id = ?", (json.dumps(spec.to_dict()), run_id))
        self._note(run_id)

    def command(self, run_id: str, mode: Mode | None = None, learning_rate: float | None = None) -> None:
        """Tell a run what to do from the next batch on."""
        with as_fault(self.home):
            write_control(self.folder(run_id) / "control.json", mode, learning_rate)

    def control(self, run_id: str) -> Control:
        """Return the last command to a run."""
        return read_control(self.folder(run_id) / "control.json")

    def claim(self, run_id: str, process: ProcessMark) -> bool:
        """Enter the process that trains a starting run; false if another one has, or the run is not starting."""
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE runs SET pid = ?, pid_started = ?, pid_boot = ?"
                " WHERE id = ? AND state IN ('starting', 'running') AND (pid IS NULL OR pid = ?)",
                (process.pid, process.started, process.boot, run_id, process.pid),
            )
            claimed = cursor.rowcount == 1
        if claimed:
            self._note(run_id)
        return claimed

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
            changed = cursor.rowcount == 1
        if changed:
            self._note(run_id)
        return changed

    def delete(self, run_id: str) -> None:
        """Delete a run that has ended, with its folder; raise `RunError` if it has not."""
        state = self.get(run_id).state
        if state not in TERMINAL:
            raise RunError(f"The run {run_id} is {state}; stop it before deleting it.")
        with self._cursor() as cursor:
            cursor.execute("DELETE FROM runs WHERE id = ?", (run_id,))
        with contextlib.suppress(OSError):
            # First, so that a folder that cannot be deleted whole does not bring the run back.
            (self.folder(run_id) / "run.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder(run_id), ignore_errors=True)

    def request_stop(self, run_id: str) -> None:
        """Leave the flag by which a running training stops within a batch."""
        with as_fault(self.home):
            super().request_stop(run_id)

    def _cursor(self) -> contextlib.AbstractContextManager[sqlite3.Cursor]:
        return self._database.cursor()
