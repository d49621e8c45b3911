"""Choose one sequence: of a data set, with what is known of it, or one that is typed."""

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from cnnlab.core.sequences.letters import Codes, SequenceError
from cnnlab.core.sequences.motifs import Motif
from cnnlab.core.sequences.sequence_set import Planted, SequenceSet
from cnnlab.core.sequences.typed import MOST_TYPED, typed
from cnnlab.core.words import plain
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session.keys import OF_SET, OWN, SEQUENCE_CLASS, SEQUENCE_NUMBER, SEQUENCE_SOURCE
from cnnlab.ui.session.keys import SEQUENCE_TEXT as TEXT
from cnnlab.ui.session.sent import chosen, place
from cnnlab.viz.html import quiet

SOURCES = OF_SET, OWN
SOURCE, NUMBER, CLASS = SEQUENCE_SOURCE.name, SEQUENCE_NUMBER.name, SEQUENCE_CLASS.name
ANY = "any"
"""At first no class is chosen, which would tell what is to be predicted."""


@dataclass(frozen=True, eq=False)
class Sequence:
    """Hold one sequence as codes (length,), its name, and its class and what was planted where that is known."""

    codes: Codes
    name: str
    label: str = ""
    planted: tuple[tuple[Planted, Motif], ...] | None = None


def sequence_choice(length: int, known: SequenceSet | None) -> Sequence | None:
    """Draw the choice and return the sequence; None where nothing can be read yet, with the reason on the page."""
    if known and chosen(SOURCE, SOURCES, None) is None:
        st.session_state[SOURCE] = OF_SET
    if known:
        st.segmented_control("Sequence", SOURCES, key=SOURCE, required=True, persist_state="session")
    if known and chosen(SOURCE, SOURCES, OF_SET) == OF_SET:
        _pick(known)
    else:
        _type(length)
    try:
        return chosen_sequence(length, known)
    except SequenceError as error:
        show_html(quiet(str(error)))
        return None


def chosen_sequence(length: int, known: SequenceSet | None) -> Sequence:
    """Return the sequence that is chosen, whether or not the choice is drawn; raise `SequenceError` if it is none."""
    if known is None or chosen(SOURCE, SOURCES, OF_SET) == OWN:
        sent = st.session_state.get(TEXT)
        return Sequence(typed(sent if isinstance(sent, str) else "", length).codes, "your sequence")
    of = _of_class(known)
    index = of[(place(st.session_state.get(NUMBER, 1), len(of) + 1) or 1) - 1]
    truth = known.validation.truth
    planted = tuple((one, known.motifs[one.motif]) for one in truth[index]) if truth and known.motifs else None
    label = known.classes[int(known.validation.labels[index])]
    return Sequence(known.validation.codes[index], known.validation.names[index], label, planted)


def _of_class(known: SequenceSet) -> list[int]:
    wanted = chosen(CLASS, (ANY, *known.classes), ANY)
    return [i for i, label in enumerate(known.validation.labels) if wanted in (ANY, known.classes[int(label)])]


def _pick(known: SequenceSet) -> None:
    classes = (ANY, *known.classes)
    labels = {ANY: ANY, **{name: plain(name) for name in known.classes}}
    if chosen(CLASS, classes, None) is None:
        st.session_state[CLASS] = ANY
    st.selectbox("Of the class", classes, key=CLASS, format_func=labels.__getitem__, persist_state="session")
    count = len(_of_class(known))
    if place(st.session_state.get(NUMBER, 1), count + 1) in (None, 0):
        st.session_state[NUMBER] = 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(f"Number, 1 to {count:,}", 1, count, key=NUMBER, persist_state="session", width=170)
        st.button("Next", key="sequence_next", on_click=lambda: _next(count), help="Another one of the class.")
    show_html(quiet(f"{chosen_sequence(known.length, known).name} of {known.name}, which no training saw."))


def _next(count: int) -> None:
    st.session_state[NUMBER] = (place(st.session_state.get(NUMBER), count + 1) or 0) % count + 1


def _type(length: int) -> None:
    st.text_area(
        f"Your sequence, {length:,} letters",
        key=TEXT,
        max_chars=MOST_TYPED,
        placeholder="ACGT…",
        help="A, C, G and T, or N where a letter is not known; a header of FASTA, spaces and line ends are dropped.",
        persist_state="session",
    )
    sent = st.session_state.get(TEXT)
    with suppress(SequenceError):
        if said := typed(sent if isinstance(sent, str) else "", length).done:
            show_html(quiet(said))
