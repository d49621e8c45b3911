"""Bring back on demand what the record of the runs has lost and their folders still know."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from cnnlab.processes.home.database import kept_aside
from cnnlab.runs.store import rebuild
from cnnlab.runs.store.database import NAME, open_whole
from cnnlab.runs.store.faults import as_fault


@dataclass(frozen=True)
class Recovered:
    """Hold how many runs are in the record now, how many of them came `back`, and whose folders are `unreadable`.

    `aside` is where a damaged record is kept now.
    """

    runs: int
    back: int
    unreadable: tuple[str, ...]
    aside: tuple[Path, ...]


def recover(home: Path) -> Recovered:
    """Make the record anew if it is damaged, and enter every run that it lacks; raise `StoreFault`."""
    path = home / NAME
    before = set(kept_aside(path))
    known = _count(path)
    with as_fault(home), contextlib.closing(open_whole(home)) as connection:
        unreadable = rebuild.bring_back(connection, home)
        total: int = connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
    aside = tuple(p for p in kept_aside(path) if p not in before)
    return Recovered(total, total - known, tuple(unreadable), aside)


def _count(path: Path) -> int:
    """Return how many runs a record holds; none if it cannot be read."""
    if not path.exists():
        return 0
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0])
    except sqlite3.Error:
        return 0
