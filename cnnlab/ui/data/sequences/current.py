"""Know the sequences that a visitor works on: made here within what a page makes, or brought and read with limits."""

from functools import partial

import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.sequences.generator import Settings
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.loading import is_made, load_sequences
from cnnlab.core.sequences.sequence_set import SequenceSet, in_class_order
from cnnlab.processes.data.limited_sequences import read_in_limits
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import MOTIF_WITHHELD
from cnnlab.ui.session.services import settings

MOST_LETTERS = 2_000_000
"""Letters of all sequences that a page makes; the command line makes ten times as many."""


def made_settings(reference: str) -> Settings:
    """Return the settings of a set that a page makes; raise `SequenceError` for what it does not."""
    made = Settings.from_text(reference)
    if made.count * made.length > MOST_LETTERS:
        raise SequenceError(
            f"{made.count:,} × {made.length:,} letters are more than the {MOST_LETTERS:,} that a page makes; make "
            "fewer or shorter sequences."
        )
    return made


@st.cache_resource(max_entries=4, show_spinner="Reading the sequences…")
def loaded_sequences(reference: str) -> SequenceSet:
    """Return a set of sequences with its findings; raise `DataSetError`."""
    try:
        if is_made(reference):
            made_settings(reference)
        return load_sequences(reference, partial(read_in_limits, settings=settings()))
    except SequenceError as error:
        raise DataSetError(str(error)) from None


def shown_sequences(reference: str) -> SequenceSet:
    """Return a set as this visitor may see it: without what was planted while a lesson asks for it.

    Raises `DataSetError`.
    """
    found = loaded_sequences(reference)
    return found.untold() if MOTIF_WITHHELD.get() else found


def ordered_sequences(reference: str) -> SequenceSet:
    """Return a set with its classes in the order that the visitor chose; raise `DataSetError`."""
    found = shown_sequences(reference)
    return in_class_order(found, shared().data.class_orders.get(reference, found.classes))
