"""Draw the page of sequences: on the left the sequence and the weights, on the right what decides and the filters."""

import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.network.presets import PRESETS, Preset
from cnnlab.core.sequences.letters import LETTERS, SequenceError
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.core.words import Refusal
from cnnlab.runs.store.trained import SHIPPED_MOTIFS
from cnnlab.ui.data.sequences.choose import Sequence, sequence_choice
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.models import ReadOnly
from cnnlab.ui.inside.weights import Choice, weights_control
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.sequences.choice import sequence_set
from cnnlab.ui.sequences.decides import say_answer, what_decides
from cnnlab.ui.sequences.filters import filters_of
from cnnlab.ui.sequences.found import found_outputs
from cnnlab.ui.sequences.letters_view import Mark, ask_for_mark
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import (
    AS_LOGOS,
    DECIDES,
    SEQUENCE_MARK,
    SEQUENCE_PART,
    SEQUENCE_PARTS,
    SEQUENCE_PREDICT,
)
from cnnlab.viz.html import notice, quiet

FIRST_CHOICE = "primer"


def sequences(current: Current) -> None:
    """Draw the page, or the one sentence why this network reads no sequences, with the way out."""
    left, right = st.columns([3, 9], gap="medium")
    if isinstance(current, ReadOnly) or current.network.input_shape[1:] != (len(LETTERS),):
        with left:
            weights_control(current.key, current.trained)
        with right:
            _another_network(current)
        return
    with left:
        known = _known(current)
        sequence = sequence_choice(current.network.input_shape[0], known)
        weights_control(current.key, current.trained)
        st.toggle(
            "Predict first",
            key=SEQUENCE_PREDICT.name,
            value=SEQUENCE_PREDICT.default,
            help="Say where the motif is before you see what is true and what the network looks at.",
            persist_state="session",
        )
    with right, st.container(key="sequences"):
        if current.impossible:
            show_html(notice(f"There is nothing to see: the network cannot exist. {current.impossible}"))
        elif sequence is None:
            show_html(notice("Type or paste a sequence on the left; then you see what the network makes of it."))
        else:
            _see(current, sequence, known)


def _known(current: Choice) -> SequenceSet | None:
    """Return the set that sequences are chosen from, or say why there is none."""
    try:
        return sequence_set(current)
    except (SequenceError, DataSetError) as error:
        refuse(error)
        return None


def _another_network(current: Current) -> None:
    shape = current.subject.input_shape if isinstance(current, ReadOnly) else current.network.input_shape
    said = " × ".join(f"{n:,}" for n in shape)
    preset = next(one for one in PRESETS if one.key == FIRST_CHOICE)
    show_html(
        notice(
            f"What is shown takes {said}, and this page reads sequences of DNA: length × {len(LETTERS)}, one channel a "
            "letter."
        )
    )
    st.button(f"Take {preset.title} as my network", type="primary", key="take_primer", on_click=lambda: _take(preset))
    show_html(
        quiet(
            f"{preset.why} It comes trained on the bundled sequences. Undo on the architecture page brings yours back."
        )
    )


def _take(preset: Preset) -> None:
    shared().change_network(preset.network)
    look_with(SHIPPED_MOTIFS)


def _see(current: Choice, sequence: Sequence, known: SequenceSet | None) -> None:
    mark = _mark(sequence)
    revealed = mark is not None or not SEQUENCE_PREDICT.get()
    try:
        with st.spinner("Reading the sequence…", show_time=False):
            outputs = found_outputs(current.subject, sequence.codes)
        say_answer(current, sequence, outputs, truth=revealed)
        if not revealed:
            ask_for_mark("sequence_ask", sequence, lambda mark: SEQUENCE_MARK.set((sequence.codes.tobytes(), mark)))
            return
        part = st.segmented_control(
            "Part",
            SEQUENCE_PARTS,
            default=DECIDES,
            key=SEQUENCE_PART.name,
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        if part == AS_LOGOS:
            filters_of(current, sequence, known)
        else:
            what_decides(current, sequence, outputs, mark)
        if mark is not None:
            st.button("Mark again", on_click=lambda: SEQUENCE_MARK.set(None))
    except Refusal as error:
        refuse(error)


def _mark(sequence: Sequence) -> Mark | None:
    """Return what the student marked on this very sequence, if anything."""
    kept = SEQUENCE_MARK.get()
    if SEQUENCE_PREDICT.get() and isinstance(kept, tuple) and kept[0] == sequence.codes.tobytes():
        mark = kept[1]
        return mark if isinstance(mark, Mark) else None
    return None
