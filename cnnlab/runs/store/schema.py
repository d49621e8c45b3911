"""Say what the one table of the record of runs looks like, and widen one of an older version."""

import contextlib
import sqlite3

from cnnlab.processes.home.database import is_undamaged
from cnnlab.processes.home.faults import NewerRecord

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL,
    started REAL, finished REAL, message TEXT, pid INTEGER, pid_started REAL,
    parent_pid INTEGER, parent_started REAL, owner TEXT NOT NULL DEFAULT '', nickname TEXT NOT NULL DEFAULT '',
    job TEXT NOT NULL DEFAULT '', node TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT '',
    spent REAL NOT NULL DEFAULT 0,
    clock TEXT NOT NULL DEFAULT '', pid_boot TEXT NOT NULL DEFAULT '', parent_boot TEXT NOT NULL DEFAULT ''
)"""
# A home of an older version has a table without them.
_TEXTS = ("owner", "nickname", "job", "node", "origin", "clock", "pid_boot", "parent_boot")
_LATER_COLUMNS = dict.fromkeys(_TEXTS, "TEXT NOT NULL DEFAULT ''") | {"spent": "REAL NOT NULL DEFAULT 0"}
_FIRST_COLUMNS = {"id", "spec", "state", "created", "started", "finished", "message", "pid", "pid_started"}


# What a page asks for is found without reading every run that a home has.
_INDICES = {"runs_created": "created", "runs_state": "state", "runs_owner": "owner, created"}
VERSION = 1  # one of an older version has 0


def create_table(connection: sqlite3.Connection) -> None:
    """Make the table if there is none; raise `NewerRecord` if a newer version of CNN Lab has made it."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise NewerRecord(f"version {version}")
    connection.execute(_SCHEMA)
    if version < VERSION:
        connection.execute(f"PRAGMA user_version = {VERSION}")


def add_later_columns(connection: sqlite3.Connection) -> None:
    """Widen a table of an older version; two processes may do so at once."""
    known = columns_of(connection)
    for name, kind in _LATER_COLUMNS.items():
        if name not in known:
            try:
                connection.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")
            except sqlite3.OperationalError:
                if name not in columns_of(connection):
                    raise


def add_indices(connection: sqlite3.Connection) -> None:
    """Index what is asked for; a full disk, and a table that is not ours, stay without."""
    for name, columns in _INDICES.items():
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON runs ({columns})")


def columns_of(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the table's columns."""
    return {row["name"] for row in connection.execute("PRAGMA table_info(runs)")}


def is_whole(connection: sqlite3.Connection) -> bool:
    """Tell whether the database is undamaged and its table is one of runs."""
    return is_undamaged(connection) and columns_of(connection) >= _FIRST_COLUMNS
