"""Keep the one connection of a process to a database of a home, through damage, deletion and locks."""

import contextlib
import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cnnlab.processes.home.faults import is_damage

ASIDE = ".damaged-"  # between the name of a database and the time
KEPT_ASIDE = 3

Opener = Callable[[bool], sqlite3.Connection]
Faults = Callable[[], contextlib.AbstractContextManager[None]]


class Database:
    """Hold the connection to one database; safe for several threads.

    `opener` opens it and is told whether the file is suspected of damage; it is asked again when the file has been
    replaced. `faults` raises what goes wrong with files and database as a sentence.
    """

    def __init__(self, path: Path, opener: Opener, faults: Faults) -> None:
        self._path = path
        self._opener = opener
        self._faults = faults
        # One connection under a lock: opening one a call costs more than every query here.
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._suspected: tuple[int, int] | None = None

    @contextlib.contextmanager
    def cursor(self) -> Iterator[sqlite3.Cursor]:
        """Give a cursor on the database as it is now."""
        with self._lock, self._faults():
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
        if not self._path.parent.is_dir():
            # Whoever starts a server makes its home; one that vanishes later is a share that is gone, or a mistake.
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._path.parent))
        identity = _identity_of(self._path)
        self._connection = self._opener(identity is not None and identity == self._suspected)
        self._identity = _identity_of(self._path)
        return self._connection


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def connect(
    path: Path, patience: float, prepare: Callable[[sqlite3.Connection], None], *, synchronous: str = "NORMAL"
) -> sqlite3.Connection:
    """Open a database that many processes write, and `prepare` its tables; wait so many seconds for a lock."""
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            prepare(connection)
            return connection
        except sqlite3.OperationalError as error:
            # Two processes that create the file at once: the change to WAL does not wait for a busy database.
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > deadline:
                connection.close()
                raise
            time.sleep(0.05)
        except BaseException:
            connection.close()
            raise


def connect_if_whole(
    connect: Callable[[], sqlite3.Connection], is_whole: Callable[[sqlite3.Connection], bool]
) -> sqlite3.Connection | None:
    """Open a database, or return None if it is damaged."""
    try:
        connection = connect()
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


def is_undamaged(connection: sqlite3.Connection) -> bool:
    """Tell whether every page of a database can be read."""
    try:
        said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    return bool(said == "ok")


def put_aside(path: Path) -> Path:
    """Keep a damaged database, with what SQLite keeps beside it, under other names; the oldest of these go.

    Returns its new place.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.name}{ASIDE}{stamp}")
    for end in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    for old in kept_aside(path)[:-KEPT_ASIDE]:
        for end in ("", "-wal", "-shm"):
            old.with_name(old.name + end).unlink(missing_ok=True)
    return aside


def kept_aside(path: Path) -> list[Path]:
    """Return the databases that were put aside, the oldest first, without what SQLite kept beside them."""
    return sorted(p for p in path.parent.glob(f"{path.name}{ASIDE}*") if not p.name.endswith(("-wal", "-shm")))
