"""Open the record of the runs of a home, and read its rows."""

import contextlib
import json
import sqlite3
from functools import lru_cache
from pathlib import Path

from cnnlab.processes.home.database import Database, connect, connect_if_whole, put_aside
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import Run, RunError, RunSpec, State
from cnnlab.runs.store import rebuild
from cnnlab.runs.store.faults import as_fault
from cnnlab.runs.store.schema import add_indices, add_later_columns, create_table, is_whole

NAME = "runs.sqlite"
BUSY_SECONDS = 10.0


def database_of(home: Path, patience: float = BUSY_SECONDS) -> Database:
    """Return the record of the runs of a home; everything that goes wrong with it is a `StoreFault`.

    It is made anew from the runs' folders when it is damaged or empty; then the damaged file is kept aside. `patience`
    is how many seconds to wait for a lock.
    """

    def opened(suspected: bool) -> sqlite3.Connection:
        (home / "runs").mkdir(exist_ok=True)
        return open_whole(home, patience, suspected=suspected)

    return Database(home / NAME, opened, lambda: as_fault(home))


def open_whole(home: Path, patience: float = BUSY_SECONDS, *, suspected: bool = False) -> sqlite3.Connection:
    """Open the record, and make it anew from the runs' folders if it is damaged or empty.

    One that is `suspected` counts as damaged.
    """

    def connected() -> sqlite3.Connection:
        return connect(home / NAME, patience, _prepare)

    connection = None if suspected else connect_if_whole(connected, is_whole)
    if connection is None:
        with rebuild.one_at_a_time(home):
            # Another process may have made it anew meanwhile.
            connection = None if suspected else connect_if_whole(connected, is_whole)
            if connection is None:
                put_aside(home / NAME)
                connection = connected()
                rebuild.bring_back(connection, home)
    elif connection.execute("SELECT 1 FROM runs LIMIT 1").fetchone() is None:
        rebuild.bring_back(connection, home)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    create_table(connection)
    add_later_columns(connection)
    add_indices(connection)


def readable(rows: list[sqlite3.Row]) -> list[Run]:
    """Return the runs of all rows that can be read."""
    runs = []
    for row in rows:
        # A run of another version that cannot be read must not hide the others.
        with contextlib.suppress(RunError):
            runs.append(read_run(row))
    return runs


def read_run(row: sqlite3.Row) -> Run:
    """Return one row as a run; raise `RunError` if it cannot be read."""
    try:
        state = State(row["state"])
    except ValueError:
        raise RunError(f"The record of the run {row['id']} cannot be read: its state is {row['state']!r}.") from None
    return Run(
        id=row["id"],
        spec=_read_spec(row["spec"]),
        state=state,
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
        message=row["message"],
        process=_mark(row["pid"], row["pid_started"], row["pid_boot"]),
        parent=_mark(row["parent_pid"], row["parent_started"], row["parent_boot"]),
        owner=row["owner"],
        nickname=row["nickname"],
        job=row["job"],
        node=row["node"],
        origin=row["origin"],
        clock=row["clock"],
        spent=row["spent"],
    )


@lru_cache(maxsize=1024)
def _read_spec(text: str) -> RunSpec:
    try:
        return RunSpec.from_dict(json.loads(text))
    except json.JSONDecodeError as error:
        raise RunError(f"The description of a training is no JSON: {error}.") from None


def _mark(pid: int | None, started: float | None, boot: str) -> ProcessMark | None:
    return None if pid is None or started is None else ProcessMark(pid, started, boot)
