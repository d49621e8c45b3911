"""Open the database of runs, make or widen its one table, and read its rows."""

import contextlib
import json
import sqlite3
import time
from functools import lru_cache
from pathlib import Path

from cnnlab.runs.processes import ProcessMark
from cnnlab.runs.record import Run, RunError, RunSpec, State

BUSY_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL,
    started REAL, finished REAL, message TEXT, pid INTEGER, pid_started REAL,
    parent_pid INTEGER, parent_started REAL, owner TEXT NOT NULL DEFAULT '', nickname TEXT NOT NULL DEFAULT '',
    job TEXT NOT NULL DEFAULT '', node TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL DEFAULT ''
)"""
_LATER_COLUMNS = ("owner", "nickname", "job", "node", "origin")  # a home of an older version has a table without them


def connect(path: Path) -> sqlite3.Connection:
    """Open the database, and make or widen its table."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
            _add_later_columns(connection)
            return connection
        except sqlite3.OperationalError:
            # Two processes that create the file at once: the change to WAL does not wait for a busy database.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _add_later_columns(connection: sqlite3.Connection) -> None:
    known = {row["name"] for row in connection.execute("PRAGMA table_info(runs)")}
    for name in _LATER_COLUMNS:
        if name not in known:
            connection.execute(f"ALTER TABLE runs ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")


def readable(rows: list[sqlite3.Row]) -> list[Run]:
    """Return the runs of all rows that can be read."""
    runs = []
    for row in rows:
        # A run of another version that cannot be read must not hide the others.
        with contextlib.suppress(RunError):
            runs.append(read_run(row))
    return runs


def read_run(row: sqlite3.Row) -> Run:
    """Return one row as a run; raise `RunError` if its spec cannot be read."""
    return Run(
        id=row["id"],
        spec=_read_spec(row["spec"]),
        state=State(row["state"]),
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
        message=row["message"],
        process=_mark(row["pid"], row["pid_started"]),
        parent=_mark(row["parent_pid"], row["parent_started"]),
        owner=row["owner"],
        nickname=row["nickname"],
        job=row["job"],
        node=row["node"],
        origin=row["origin"],
    )


@lru_cache(maxsize=1024)
def _read_spec(text: str) -> RunSpec:
    return RunSpec.from_dict(json.loads(text))


def _mark(pid: int | None, started: float | None) -> ProcessMark | None:
    return None if pid is None or started is None else ProcessMark(pid, started)
