"""Keep the one connection of a process to the record of runs, through damage, deletion and locks; read its rows."""

import contextlib
import errno
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cnnlab.processes.faults import is_damage
from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import Run, RunError, RunSpec, State
from cnnlab.runs.store import rebuild
from cnnlab.runs.store.faults import as_fault
from cnnlab.runs.store.schema import add_later_columns, create_table, is_whole

NAME = "runs.sqlite"
BUSY_SECONDS = 10.0


class Database:
    """Hold the record of the runs of a home; safe for several threads.

    It is opened again when its file has been replaced, and made anew from the runs' folders when it is damaged or
    empty; then the damaged file is kept aside. `patience` is how many seconds to wait for a lock. Everything that
    goes wrong is a `StoreFault`.
    """

    def __init__(self, home: Path, patience: float = BUSY_SECONDS) -> None:
        self._home = home
        self._path = home / NAME
        self._patience = patience
        # One connection under a lock: opening one a call costs more than every query here.
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._suspected: tuple[int, int] | None = None

    @contextlib.contextmanager
    def cursor(self) -> Iterator[sqlite3.Cursor]:
        """Give a cursor on the record as it is now."""
        with self._lock, as_fault(self._home):
            try:
                with contextlib.closing(self._opened().cursor()) as cursor:
                    yield cursor
            except sqlite3.Error as error:
                if is_damage(error):
                    self._suspected = self._identity
                    self.close()
                raise

    def close(self) -> None:
        """Close the connection; the next use opens another one."""
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.close()
            self._connection = self._identity = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and _identity_of(self._path) == self._identity:
            return self._connection
        self.close()
        if not self._home.is_dir():
            # Whoever starts a server makes its home; one that vanishes later is a share that is gone, or a mistake.
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._home))
        (self._home / "runs").mkdir(exist_ok=True)
        identity = _identity_of(self._path)
        suspected = identity is not None and identity == self._suspected
        self._connection = open_whole(self._home, self._patience, suspected=suspected)
        self._identity = _identity_of(self._path)
        return self._connection


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_whole(home: Path, patience: float = BUSY_SECONDS, *, suspected: bool = False) -> sqlite3.Connection:
    """Open the record, and make it anew from the runs' folders if it is damaged or empty.

    One that is `suspected` counts as damaged.
    """
    connection = None if suspected else _connect_if_whole(home / NAME, patience)
    if connection is None:
        with rebuild.one_at_a_time(home):
            # Another process may have made it anew meanwhile.
            connection = None if suspected else _connect_if_whole(home / NAME, patience)
            if connection is None:
                rebuild.put_aside(home / NAME)
                connection = _connect(home / NAME, patience)
                rebuild.bring_back(connection, home)
    elif connection.execute("SELECT 1 FROM runs LIMIT 1").fetchone() is None:
        rebuild.bring_back(connection, home)
    return connection


def _connect_if_whole(path: Path, patience: float) -> sqlite3.Connection | None:
    """Open the database, or return None if it is damaged."""
    try:
        connection = _connect(path, patience)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return None
        raise
    try:
        if is_whole(connection):
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    """Open the database, and make or widen its table."""
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            create_table(connection)
            add_later_columns(connection)
            return connection
        except sqlite3.OperationalError as error:
            # Two processes that create the file at once: the change to WAL does not wait for a busy database.
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > deadline:
                connection.close()
                raise
            time.sleep(0.05)
        except sqlite3.DatabaseError:
            connection.close()
            raise


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
    )


@lru_cache(maxsize=1024)
def _read_spec(text: str) -> RunSpec:
    try:
        return RunSpec.from_dict(json.loads(text))
    except json.JSONDecodeError as error:
        raise RunError(f"The description of a training is no JSON: {error}.") from None


def _mark(pid: int | None, started: float | None, boot: str) -> ProcessMark | None:
    return None if pid is None or started is None else ProcessMark(pid, started, boot)
