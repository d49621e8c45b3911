"""Be the process that reads a large data set: `python -m cnnlab.runs.data_job check FOLDER | add FILE NAME`.

`export REFERENCE NAME CLASSES FILE` writes one as a zip, CLASSES being the order of its classes as a JSON list.

Every line of its output is a JSON object: {"done", "total"} while it works, then {"reference"} or {"refused", "tree"}.
"""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from cnnlab.core.archives import ArchiveError
from cnnlab.core.data_export import export
from cnnlab.core.datasets import DataSetError, load, with_classes
from cnnlab.core.library import Library
from cnnlab.core.settings import Settings

NICE = 10  # pages come first
SECONDS_BETWEEN = 0.2
EXPORTS_KEPT = 8


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


def main(arguments: list[str]) -> int:
    """Do one piece of work; a refusal is an answer, not a failure."""
    os.nice(NICE)
    # An exception, so that what was begun is cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    settings = Settings.from_env()
    tell = Teller()
    try:
        match arguments:
            case ["check", reference]:
                pass
            case ["add", file, name]:
                reference = _add(Path(file), name, settings, tell)
            case ["export", reference, name, classes, target]:
                _export(reference, name, json.loads(classes), Path(target), settings, tell)
                say(reference=Path(target).stem)
                return 0
            case _:
                return 2
        load(reference, settings.max_pixels, tally=True, cache=settings.surveys, on_progress=tell)
    except (ArchiveError, DataSetError) as error:
        say(refused=str(error), tree=getattr(error, "tree", ""))
        return 0
    say(reference=reference)
    return 0


def _add(file: Path, name: str, settings: Settings, tell: Teller) -> str:
    """Unpack an uploaded file into the library, and take the file away."""
    try:
        with file.open("rb") as source:
            return Library(settings).add_archive(source, name, tell).reference
    finally:
        file.unlink(missing_ok=True)


def _export(reference: str, name: str, classes: list[str], target: Path, settings: Settings, tell: Teller) -> None:
    """Write a data set as a zip into the folder of exports, where the oldest makes room."""
    say(what="Writing the pictures")
    left_out = Library(settings).left_out(reference)
    data = load(reference, settings.max_pixels, cache=settings.surveys, left_out=left_out)
    target.parent.mkdir(parents=True, exist_ok=True)
    export(replace(with_classes(data, classes), name=name), target, tell)
    for old in sorted(target.parent.glob("*.zip"), key=lambda path: path.stat().st_mtime)[:-EXPORTS_KEPT]:
        old.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
