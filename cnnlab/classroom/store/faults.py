"""Raise what goes wrong with the record of classes as one sentence; it is nobody's input, and passes."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.processes.home.faults import NewerRecord, is_damage, sentence_of

LOCKED = "Another program holds the record of the classes of this server; try again in a moment."
DAMAGED = (
    "The record of the classes was damaged; it is kept aside, and what can be read of it is brought back: try again in "
    "a moment."
)
NEWER = "The record of the classes was made by a newer version of CNN Lab; use that version, nothing is lost."
NO_KEY = (
    "The key of this server's classes (classroom.key in its home) can be neither read nor made; whoever runs the "
    "server must allow that."
)


class ClassroomFault(ClassroomError):
    """Say in one sentence what is wrong with the place where classes are kept."""


@contextlib.contextmanager
def as_fault(home: Path) -> Iterator[None]:
    """Raise what goes wrong with files and database below a home as a `ClassroomFault`."""
    try:
        yield
    except NewerRecord as error:
        raise ClassroomFault(NEWER) from error
    except (OSError, sqlite3.Error) as error:
        raise ClassroomFault(_sentence(error, home)) from error


def _sentence(error: OSError | sqlite3.Error, home: Path) -> str:
    if is_damage(error) and home.is_dir():
        return DAMAGED
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LOCKED
    return sentence_of(error, home)
