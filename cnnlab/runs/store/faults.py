"""Raise what goes wrong with the place where trainings are kept as one sentence; it is nobody's input, and passes."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cnnlab.processes.home.faults import FULL, sentence_of
from cnnlab.runs.record import RunError


class StoreFault(RunError):
    """Say in one sentence what is wrong with the place where trainings are kept."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.is_full = sentence == FULL


@contextlib.contextmanager
def as_fault(home: Path) -> Iterator[None]:
    """Raise what goes wrong with files and database below a home as a `StoreFault`."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise fault_of(error, home) from error


def fault_of(error: OSError | sqlite3.Error, home: Path) -> StoreFault:
    """Return what went wrong as a sentence for whoever looks at a page."""
    return StoreFault(sentence_of(error, home))
