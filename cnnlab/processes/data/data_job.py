"""Be the process that reads a large data set: `python -m cnnlab.processes.data.data_job`, followed by what to do.

`check FOLDER` reads one, `add FILE NAME OWNER` unpacks an archive first, `add-sequences FILE NAME OWNER` keeps the
sequences of a bundle.

`export REFERENCE NAME CLASSES FILE` writes one as a zip, CLASSES being the order of its classes as a JSON list.

Every line of its output is a JSON object: {"done", "total"} while it works, then {"reference"} or {"refused", "tree"}.
"""

import atexit
import contextlib
import json
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from cnnlab.core.data.datasets import DataSetError, load, with_classes
from cnnlab.core.data.export import export
from cnnlab.core.data.library import Library
from cnnlab.core.data.offers.keeping import keep_set
from cnnlab.core.data.offers.table import offered
from cnnlab.core.sequences.shelf import add_bundle
from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal
from cnnlab.processes.data.limited_reading import LimitedReading
from cnnlab.processes.data.limited_sequences import read_in_limits
from cnnlab.processes.home.faults import sentence_of
from cnnlab.processes.home.files import SCRATCH, scratch_folder
from cnnlab.processes.limits.landlock import ANYWHERE, confine, python_program
from cnnlab.processes.limits.memory import limit_memory
from cnnlab.processes.limits.priority import come_last

SMALL_BYTES = 2 << 20  # as quick as a page: it would wait for those that are not
SECONDS_BETWEEN = 0.2
EXPORTS_KEPT = 8
MOST_SECONDS = 30 * 60  # for one job in all; 25,000 photographs take three minutes on two busy cores
MOST_MEMORY = 1 << 30  # bytes more than at the start; comparing 50,000 pictures takes a third of it
NO_MEMORY = re.compile("can't (start new thread|allocate (read )?lock)")
"""What Python says besides `MemoryError` where there is no memory for the stack of a thread, or for a lock."""


class Teller:
    """Say how far the work has come, not more often than anybody reads it."""

    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Say it if it is time, and at the end."""
        now = time.monotonic()
        if now - self.last >= SECONDS_BETWEEN or done == total:
            self.last = now
            say(done=done, total=total)


def say(**told: object) -> None:
    """Write one line for whoever waits."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


class TooLong(BaseException):
    """End a job that takes longer than any honest one, wherever it is."""


def main(arguments: list[str]) -> int:
    """Do one piece of work; a refusal is an answer, not a failure."""
    if not _is_small(arguments):
        come_last()
    settings = Settings.from_env()

    def work() -> str | None:
        limit_time()
        confine_to(settings, *_places_of(arguments))
        with LimitedReading(settings) as reading:
            reading.warm()
            limit_memory(MOST_MEMORY)
            return _work(arguments, settings, reading, Teller())

    return answer(work)


def limit_time() -> None:
    """Give what follows in this process `MOST_SECONDS` in all."""
    signal.alarm(MOST_SECONDS)


def confine_to(settings: Settings, *more: Path) -> None:
    """Take from this process what it does not need to unpack and read: the network and other folders.

    It writes into the folders of data sets and surveys, for its readers' words, and into `more` folders; of programs
    it starts Python for its readers. Whatever was started before is out of its reach.
    """
    folders = (settings.home / "data", settings.surveys, settings.home / SCRATCH, *more)
    for folder in folders:
        with contextlib.suppress(OSError):  # a disk that cannot be used now is told where it is written to
            folder.mkdir(parents=True, exist_ok=True)
    own = scratch_folder(settings.home)
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    tempfile.tempdir = str(own)
    confine(reads=[ANYWHERE], writes=folders, starts=python_program())


def _places_of(arguments: list[str]) -> list[Path]:
    """Return the folder in which the file stands that a job takes away or makes."""
    match arguments:
        case ["add" | "add-sequences", file, *_] | ["export", _, _, _, file]:
            return [Path(file).absolute().parent]
    return []


def answer(work: Callable[[], str | None]) -> int:
    """Do a piece of work, write its reference or why there is none, and return the state to exit with."""
    # Exceptions, so that what was begun is cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGALRM, _too_long)
    try:
        reference = work()
    except Refusal as error:
        say(refused=str(error), tree=getattr(error, "tree", ""))
        return 0
    except TooLong:
        say(refused=f"The data set took longer than {MOST_SECONDS // 60} minutes, so it was given up; make it smaller.")
        return 0
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not NO_MEMORY.search(str(error)):
            raise
        say(refused="The data set needs too much memory; make it smaller.")
        return 0
    except BrokenPipeError:
        return 1  # nobody waits any more
    except OSError as error:
        say(refused=sentence_of(error, Settings.from_env().home))
        return 0
    if reference is None:
        return 2
    say(reference=reference)
    return 0


def _is_small(arguments: list[str]) -> bool:
    """Tell whether the work is an upload that somebody sees the end of at once."""
    try:
        return arguments[0] in ("add", "add-sequences") and Path(arguments[1]).stat().st_size <= SMALL_BYTES
    except (OSError, IndexError):
        return False


def _too_long(*_: object) -> None:
    raise TooLong


def _work(arguments: list[str], settings: Settings, reading: LimitedReading, tell: Teller) -> str | None:
    """Do what was asked for and return the reference; None for what is no work."""
    match arguments:
        case ["check", reference]:
            pass
        case ["add", file, name, owner]:
            reference = _add(Path(file), name, owner, Library(settings, reading), tell)
        case ["add-sequences", file, name, owner]:
            return _add_sequences(Path(file), name, owner, settings)
        case ["export", reference, name, classes, target]:
            _export(reference, name, json.loads(classes), Path(target), settings, reading, tell)
            return Path(target).stem
        case _:
            return None
    load(reference, settings.max_pixels, tally=True, cache=settings.surveys, on_progress=tell, reading=reading)
    return reference


def _add(file: Path, name: str, owner: str, library: Library, tell: Teller) -> str:
    """Unpack an uploaded file into the library, and take the file away.

    What is offered to be fetched, brought by hand, becomes the same set as if it was fetched.
    """
    try:
        if known := offered(file):
            return keep_set(known[0], file, known[1], library, tell, owner=owner).reference
        with file.open("rb") as source:
            return library.add_archive(source, name, tell, owner).reference
    finally:
        file.unlink(missing_ok=True)


def _add_sequences(file: Path, name: str, owner: str, settings: Settings) -> str:
    """Keep the sequences of a bundle in the library, and take the bundle away."""
    try:
        read = partial(read_in_limits, settings=settings)
        return add_bundle(Library(settings), file, name, read, owner).reference
    finally:
        file.unlink(missing_ok=True)


def _export(
    reference: str,
    name: str,
    classes: list[str],
    target: Path,
    settings: Settings,
    reading: LimitedReading,
    tell: Teller,
) -> None:
    """Write a data set as a zip into the folder of exports, where the oldest makes room."""
    say(what="Writing the pictures")
    left_out = Library(settings).left_out(reference)
    data = load(reference, settings.max_pixels, cache=settings.surveys, left_out=left_out, reading=reading)
    target.parent.mkdir(parents=True, exist_ok=True)
    export(replace(with_classes(data, classes), name=name), target, tell, settings.disk.watch(DataSetError))
    for old in sorted(target.parent.glob("*.zip"), key=lambda path: path.stat().st_mtime)[:-EXPORTS_KEPT]:
        old.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
