"""Say in one sentence why the place where trainings are kept cannot be used: full, locked, gone, read-only."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

FULL = "The disk of this server is full, so nothing can be written down; delete old runs or data sets to make room."
FULL_RUN = "The disk is full, so the training could not be written down; delete old runs and start it again."
LOCKED = "Another program holds the record of the trainings of this server; try again in a moment."
READ_ONLY = (
    "This server may not write into the folder where it keeps trainings; whoever runs it must allow that, and nothing "
    "is lost until then."
)
GONE = (
    "The folder where this server keeps trainings is gone; as soon as whoever runs it has put it back, everything goes "
    "on."
)
NEWER = "The record of the trainings was made by a newer version of CNN Lab; use that version, nothing is lost."
DAMAGED = "The record of the trainings is damaged and is made anew from their folders; try again in a moment."
UNUSABLE = "The folder where this server keeps trainings cannot be used now ({}); try again in a moment."

LEAST_FREE = 1 << 20  # bytes below which a disk counts as full
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_FULL_WORDS = ("No space left on device", "errno = 28", "quota exceeded", "File too large")


class NewerRecord(sqlite3.DatabaseError):
    """Say that a record was made by a newer version of CNN Lab."""


def sentence_of(error: OSError | sqlite3.Error, home: Path) -> str:
    """Return what went wrong with files or database below a home as a sentence for whoever looks at a page."""
    if isinstance(error, NewerRecord):
        return NEWER
    if is_full(error):
        return FULL
    if not home.is_dir():
        return GONE
    if is_damage(error):
        return DAMAGED
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LOCKED
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM) or getattr(error, "errno", None) in _READ_ONLY:
        return READ_ONLY
    if code == sqlite3.SQLITE_CANTOPEN and not os.access(home, os.W_OK):
        return READ_ONLY
    return home_problem(home) or UNUSABLE.format(getattr(error, "strerror", None) or error)


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error says that there was no room on the disk, also one that a library has wrapped."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            return True
        if any(words in str(error) for words in _FULL_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_damage(error: BaseException) -> bool:
    """Tell whether an error says that a file is no whole database."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def home_problem(home: Path) -> str | None:
    """Return in one sentence why nothing can be written into a home now, or None; it asks the system, and is quick."""
    try:
        if os.statvfs(home).f_flag & os.ST_RDONLY or not os.access(home, os.W_OK):
            return READ_ONLY
        return FULL if shutil.disk_usage(home).free < LEAST_FREE else None
    except OSError:
        return GONE
