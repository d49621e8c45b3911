"""Read a stranger's file of sequences in a process with limits."""

import contextlib
import os
from pathlib import Path

from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.reading import Read
from cnnlab.core.settings import Settings
from cnnlab.processes.child import Child, ChildError, Words
from cnnlab.processes.environment import ONE_THREAD, sequence_reading_command
from cnnlab.processes.home.files import SCRATCH

TIMEOUT = 60.0  # seconds for a whole file
WORDS = Words(
    "The process that reads it",
    f"It took longer than {TIMEOUT:g} seconds to read, so it was given up; take fewer sequences.",
    "Another file is being read right now; try again in a moment.",
)


def read_in_limits(path: Path, settings: Settings) -> Read:
    """Return what a file or folder holds; raise `SequenceError` if that is no sequences, or the process ended."""
    log = f"{SCRATCH}/sequences-{os.getpid()}"
    child = Child(settings, sequence_reading_command(), log, WORDS, TIMEOUT, TIMEOUT, ONE_THREAD)
    try:
        answer, arrays = child.ask({"request": "read", "path": str(path.resolve())})
    except ChildError as error:
        raise SequenceError(str(error)) from None
    finally:
        child.close()
        with contextlib.suppress(OSError):
            (settings.home / f"{log}.log").unlink()
    if "refused" in answer:
        raise SequenceError(answer["refused"])
    codes, labels, *lengths = arrays
    return Read(codes, labels, tuple(answer["classes"]), answer["unknown"], *lengths)
