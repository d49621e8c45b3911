"""Put sequences that somebody brought among the kept data sets, each checked once."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cnnlab.core.data.library import Entry, Library
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.loading import Reading, load_sequences
from cnnlab.core.sequences.reading import ENDINGS, MOST_BYTES, MOST_CLASSES

LONGEST_STEM = 40  # characters of a file's name, which may become that of a class
OTHERS = "-_ +()"  # characters of a name beside letters and digits


def bundle(files: Iterable[tuple[str, Callable[[], bytes]]], target: Path) -> None:
    """Write files, each a name and what returns its bytes, as one that `add_bundle` takes; raise `SequenceError`."""
    written: set[str] = set()
    total = 0
    with zipfile.ZipFile(target, "w") as out:
        for given, content in files:
            name = _safe(given)
            if name.lower() in written:
                raise SequenceError(f"Two files are called {name}; give one another name.")
            written.add(name.lower())
            held = content()
            total += len(held)
            if total > MOST_BYTES:
                raise SequenceError(f"They are larger than {MOST_BYTES >> 20:,} MB together; bring fewer.")
            if len(written) > MOST_CLASSES:
                raise SequenceError(f"They are more than {MOST_CLASSES} files; bring at most one for each class.")
            # Without a date: the same files are the same bundle.
            out.writestr(zipfile.ZipInfo(name), held)


def _safe(given: str) -> str:
    """Return the name that a file is kept under; raise `SequenceError` for one that holds no sequences."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    if (dot + ending).lower() not in ENDINGS:
        raise SequenceError(f"Sequences come in files that end in {', '.join(ENDINGS)}; save them as one of these.")
    kept = "".join(c if c.isalnum() or c in OTHERS else "_" for c in stem).strip()[:LONGEST_STEM]
    return f"{kept or 'sequences'}.{ending.lower()}"


def add_bundle(library: Library, file: Path, name: str, reading: Reading, owner: str = "") -> Entry:
    """Keep and check the sequences of a bundle; the same files again return what is there. Raises a `Refusal`."""
    with file.open("rb") as source:
        key = hashlib.file_digest(source, "sha256").hexdigest()[:16]

    def described(folder: Path) -> dict[str, Any]:
        with zipfile.ZipFile(file) as packed:
            packed.extractall(folder)
        found = load_sequences(str(folder), reading)
        count = len(found.train) + len(found.validation)
        return {"classes": list(found.classes), "length": found.length, "sequences": count}

    return library.keep(key, name, described, owner)
