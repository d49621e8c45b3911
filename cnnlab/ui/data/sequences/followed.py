"""Know which sequence a training on the visitor's data follows."""

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.sequences.letters import LETTERS
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.ui.data.sequences.choose import Sequence, chosen_sequence, sequence_choice
from cnnlab.ui.data.sequences.current import ordered_sequences


def followed_choice(data: str, shape: tuple[int, ...]) -> None:
    """Draw the choice of the sequence that a training on these data follows, where they fit the network."""
    if (known := _known(data, shape)) is not None:
        sequence_choice(known.length, known)


def followed_sequence(data: str, shape: tuple[int, ...]) -> Sequence | None:
    """Return the chosen sequence; None where the data do not fit the network. Raises `SequenceError` if it is none."""
    known = _known(data, shape)
    return None if known is None else chosen_sequence(known.length, known)


def _known(data: str, shape: tuple[int, ...]) -> SequenceSet | None:
    """Return the set that a sequence is chosen from; None for one that is not there or does not fit."""
    try:
        found = ordered_sequences(data) if is_sequences(data) else None
    except DataSetError:
        return None
    return found if found is not None and (found.length, len(LETTERS)) == shape else None
