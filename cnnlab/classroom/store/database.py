"""Open the record of classes: one connection that writes, one that reads, and what is brought back after damage."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from cnnlab.classroom.store.faults import as_fault
from cnnlab.classroom.store.schema import TABLES, bring_up_to_date
from cnnlab.processes.home.database import Database, connect, connect_if_whole, is_undamaged, kept_aside, put_aside
from cnnlab.processes.marks import lock

NAME = "classroom.sqlite"
PATIENCE = 10.0  # seconds to wait for a lock
MUCH = 4 << 20  # bytes that lie empty in the file
WAIT = 10.0  # seconds for another process that brings a damaged record back


class ClassDatabase:
    """Hold the record of the classes of a home; safe for several processes and several threads.

    Whoever reads never waits for who writes. What was written is on the disk when `writing` ends: an answer that was
    acknowledged outlives a killed process, and a power cut. Everything that goes wrong is a `ClassroomFault`.
    """

    def __init__(self, home: Path, patience: float = PATIENCE) -> None:
        self.home = home
        self._patience = patience
        self._writer, self._reader = (
            Database(home / NAME, self._open, lambda: as_fault(home)) for _ in ("writes", "reads")
        )

    def writing(self) -> contextlib.AbstractContextManager[sqlite3.Cursor]:
        """Give a cursor whose changes all happen, or none; nobody else writes meanwhile."""
        return _within(self._writer, "BEGIN IMMEDIATE")

    def reading(self) -> contextlib.AbstractContextManager[sqlite3.Cursor]:
        """Give a cursor that reads everything as it was at one moment."""
        return _within(self._reader, "BEGIN")

    def leave_no_trace(self) -> None:
        """Leave nothing of what was deleted in any file: neither in the log of changes, nor in a copy put aside."""
        deadline = time.monotonic() + self._patience
        with self._writer.cursor() as cursor:
            # Deleted rows are zeros already; the log is emptied as soon as nobody else reads.
            while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < deadline:
                time.sleep(0.02)
            _shrink(cursor)
            for aside in kept_aside(self.home / NAME):
                for end in ("", "-wal", "-shm"):
                    aside.with_name(aside.name + end).unlink(missing_ok=True)

    def close(self) -> None:
        """Close both connections; the next use opens others."""
        self._writer.close()
        self._reader.close()

    def _open(self, suspected: bool) -> sqlite3.Connection:
        path = self.home / NAME

        def connected() -> sqlite3.Connection:
            return connect(path, self._patience, _prepare, synchronous="FULL")

        connection = None if suspected else connect_if_whole(connected, is_undamaged)
        if connection is not None:
            return connection
        held = lock(self.home / "classroom.lock", wait=WAIT)
        if held is None:
            raise TimeoutError("another program brings the record back")
        with held:
            # Another process may have brought it back meanwhile.
            connection = connect_if_whole(connected, is_undamaged)
            if connection is None:
                aside = put_aside(path)
                connection = connected()
                _bring_back(connection, aside)
        return connection


def _shrink(cursor: sqlite3.Cursor) -> None:
    """Give the disk back what was deleted, where that is much: files, but not answers."""
    free, size = (cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size"))
    if free * size >= MUCH:
        # Where somebody writes just now, or the disk is full, the next deletion does it.
        with contextlib.suppress(sqlite3.OperationalError):
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def _within(database: Database, begin: str) -> Iterator[sqlite3.Cursor]:
    with database.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield cursor
            cursor.execute("COMMIT")
        except BaseException:
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")
            raise


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    bring_up_to_date(connection)


def _bring_back(connection: sqlite3.Connection, aside: Path) -> None:
    """Enter every row of a damaged record that can be read, table by table."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(aside)) as damaged:
        damaged.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for table in TABLES:
            with contextlib.suppress(sqlite3.DatabaseError):
                rows = damaged.execute(f"SELECT * FROM {table}")
                names = [each[0] for each in rows.description]
                marks = ", ".join("?" * len(names))
                for row in rows:
                    with contextlib.suppress(sqlite3.DatabaseError):
                        connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", row)
