"""Choose one sequence: of a data set, with what is known of it, or one that is typed."""

from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from cnnlab.core.sequences.generator import BOUNDS, NAME, Settings
from cnnlab.core.sequences.letters import Codes, SequenceError
from cnnlab.core.sequences.loading import is_made, is_sequences
from cnnlab.core.sequences.motifs import Motif
from cnnlab.core.sequences.sequence_set import Planted, SequenceSet
from cnnlab.core.sequences.typed import MOST_TYPED, typed
from cnnlab.core.words import plain
from cnnlab.runs.record import RunError
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.data.sequences.current import loaded_sequences
from cnnlab.ui.inside.weights import Choice
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.ui.session.sent import chosen, place
from cnnlab.ui.session.services import store
from cnnlab.viz.html import quiet

OF_SET, OWN = "of the data", "your own"
SOURCE, NUMBER, TEXT, CLASS = "sequence_source", "sequence_number", "sequence_text", "sequence_class"
ANY = "any"
"""At first no class is chosen, which would tell what is to be predicted."""


@dataclass(frozen=True, eq=False)
class Sequence:
    """Hold one sequence as codes (length,), its name, and its class and what was planted where that is known."""

    codes: Codes
    name: str
    label: str = ""
    planted: tuple[tuple[Planted, Motif], ...] | None = None


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
    found = loaded_sequences(reference)
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


def sequence_choice(current: Choice, known: SequenceSet | None) -> Sequence | None:
    """Draw the choice and return the sequence; None where nothing can be read yet, with the reason on the page."""
    sources = (OF_SET, OWN) if known else (OWN,)
    if chosen(SOURCE, sources, None) is None:
        st.session_state[SOURCE] = sources[0]
    st.segmented_control("Sequence", sources, key=SOURCE, required=True, persist_state="session")
    if known and chosen(SOURCE, sources, OF_SET) == OF_SET:
        return _of_set(known)
    return _typed(current.network.input_shape[0])


def _of_set(known: SequenceSet) -> Sequence:
    classes = (ANY, *known.classes)
    labels = {ANY: ANY, **{name: plain(name) for name in known.classes}}
    if chosen(CLASS, classes, None) is None:
        st.session_state[CLASS] = ANY
    st.selectbox("Of the class", classes, key=CLASS, format_func=labels.__getitem__, persist_state="session")
    wanted = chosen(CLASS, classes, ANY)
    of = [i for i, label in enumerate(known.validation.labels) if wanted in (ANY, known.classes[int(label)])]
    if place(st.session_state.get(NUMBER, 1), len(of) + 1) in (None, 0):
        st.session_state[NUMBER] = 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(f"Number, 1 to {len(of):,}", 1, len(of), key=NUMBER, persist_state="session", width=170)
        st.button("Next", key="sequence_next", on_click=lambda: _next(len(of)), help="Another one of the class.")
    index = of[(place(st.session_state[NUMBER], len(of) + 1) or 1) - 1]
    show_html(quiet(f"{known.validation.names[index]} of {known.name}, which no training saw."))
    truth = known.validation.truth
    planted = tuple((one, known.motifs[one.motif]) for one in truth[index]) if truth and known.motifs else None
    return Sequence(
        known.validation.codes[index],
        known.validation.names[index],
        known.classes[int(known.validation.labels[index])],
        planted,
    )


def _next(count: int) -> None:
    st.session_state[NUMBER] = (place(st.session_state.get(NUMBER), count + 1) or 0) % count + 1


def _typed(length: int) -> Sequence | None:
    st.text_area(
        f"Your sequence, {length:,} letters",
        key=TEXT,
        max_chars=MOST_TYPED,
        placeholder="ACGT…",
        help="A, C, G and T, or N where a letter is not known; a header of FASTA, spaces and line ends are dropped.",
        persist_state="session",
    )
    sent = st.session_state.get(TEXT)
    try:
        made = typed(sent if isinstance(sent, str) else "", length)
    except SequenceError as error:
        show_html(quiet(str(error)))
        return None
    if made.done:
        show_html(quiet(made.done))
    return Sequence(made.codes, "your sequence")
