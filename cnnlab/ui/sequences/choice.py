"""Know the set of sequences that belongs to the network that is shown."""

from contextlib import suppress
from dataclasses import replace

from cnnlab.core.sequences.generator import BOUNDS, NAME, Settings
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.loading import is_made, is_sequences
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.runs.record import RunError
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.data.sequences.current import shown_sequences
from cnnlab.ui.inside.weights import Choice
from cnnlab.ui.session import shared
from cnnlab.ui.session.services import store


def sequence_set(current: Choice) -> SequenceSet:
    """Return the set that belongs to what is shown: the run's, else the visitor's, else the bundled one.

    A made set gets the length that the network takes. Raises `SequenceError` or `DataSetError`.
    """
    length = current.network.input_shape[0]
    offered = (_of_run(current), shared().data.reference, NAME)
    reference = next(one for one in offered if one and is_sequences(one))
    if is_made(reference):
        settings = Settings.from_text(reference)
        if settings.length != length:
            least, most = BOUNDS["length"]
            if not least <= length <= most:
                raise SequenceError(
                    f"The network takes {length:,} letters, and made sequences have {least:,} to {most:,}; type one."
                )
            reference = replace(settings, length=length).text
    found = shown_sequences(reference)
    if found.length != length:
        raise SequenceError(
            f"The sequences of {found.name} have {found.length:,} letters, and the network takes {length:,}; change "
            "its input, or type a sequence."
        )
    return found


def _of_run(current: Choice) -> str:
    """Return which made set the shown run was trained on; nothing for another, which may be somebody else's."""
    if current.trained is not None:
        with suppress(StoreFault, RunError, KeyError):
            data = store().get(current.trained.key).spec.data
            return data if is_made(data) else ""
    return ""
