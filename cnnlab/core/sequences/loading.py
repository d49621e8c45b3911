"""Load a set of sequences by its reference: one that is made here, or a file or folder that somebody brought."""

from collections.abc import Callable, Iterator
from pathlib import Path

from cnnlab.core.sequences import generator
from cnnlab.core.sequences.doctor import examine
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.reading import Read, is_file_of_sequences
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.core.sequences.splitting import split

Reading = Callable[[Path], Read]


def is_made(reference: str) -> bool:
    """Tell whether a reference is that of sequences that are made here."""
    return reference.partition(":")[0] == generator.NAME


def problems_of(reference: str) -> Iterator[str]:
    """Yield in one sentence why sequences cannot be made from a reference, if they cannot."""
    try:
        generator.Settings.from_text(reference)
    except SequenceError as error:
        yield str(error)


def is_sequences(reference: str) -> bool:
    """Tell whether a reference names sequences, made or brought, and not pictures."""
    if is_made(reference):
        return True
    try:
        return is_file_of_sequences(Path(reference))
    except OSError:
        return False


def load_sequences(reference: str, reading: Reading, seed: int = 0, limit_per_class: int | None = None) -> SequenceSet:
    """Return a set of sequences; `reading` reads a stranger's file. Raises `SequenceError`.

    `seed` splits what was brought; a set that is made has its own.
    """
    if is_made(reference):
        return examine(generator.make(generator.Settings.from_text(reference)))
    path = Path(reference)
    if not path.exists():
        raise SequenceError(f"There is no {path.name} any more; bring the sequences again.")
    return split(reading(path), path.name, seed, limit_per_class)
