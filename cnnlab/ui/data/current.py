"""Know the data set that every page works on now, those that a visitor can choose, and what is in them."""

from dataclasses import dataclass

import streamlit as st

from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import DataSet, DataSetError, NotRead, load, read_nothing, with_classes
from cnnlab.core.pictures import shown_name
from cnnlab.core.sequences import generator
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.loading import is_made, is_sequences
from cnnlab.core.words import plain
from cnnlab.ui.data.owner import visible_entries
from cnnlab.ui.data.sequences.current import loaded_sequences, made_settings
from cnnlab.ui.data.work import read_beside
from cnnlab.ui.session import shared
from cnnlab.ui.session.services import library, settings

SILHOUETTES = "silhouettes"
NO_PICTURES = "Your data set is of sequences, and here pictures are needed; choose a set of pictures on the data page."


@st.cache_resource(max_entries=8, show_spinner="Reading every picture of the data set…")
def loaded(reference: str) -> DataSet:
    """Return a data set of pictures, read and checked once in a limited process; raise `DataSetError`."""
    if is_sequences(reference):
        raise DataSetError(NO_PICTURES)
    try:
        return _remembered(reference)
    except NotRead:
        read_beside(reference)
        return _remembered(reference)


def _remembered(reference: str) -> DataSet:
    left_out = library().left_out(reference)
    cache, reading = settings().surveys, read_nothing
    return load(reference, settings().max_pixels, tally=True, cache=cache, left_out=left_out, reading=reading)


def ordered(reference: str) -> DataSet:
    """Return a data set with its classes in the order that the visitor chose; raise `DataSetError`."""
    data = loaded(reference)
    return with_classes(data, shared().data.class_orders.get(reference, data.classes))


@dataclass(frozen=True)
class Offered:
    """Name a data set that a visitor can choose, and say where it comes from."""

    name: str
    origin: str

    @property
    def label(self) -> str:
        """Return name and origin as one text."""
        return f"{self.name} ({self.origin})"

    @property
    def choice(self) -> str:
        """Return the same as Markdown."""
        return f"{plain(self.name)} ({self.origin})"


def offered_data() -> dict[str, Offered]:
    """Return every data set a visitor can choose, by its reference."""
    found = {name: Offered(name, "bundled") for name in SETS}
    found[shared().data.made] = Offered(generator.NAME, "sequences made here")
    for reference, entry in visible_entries().items():
        found[reference] = Offered(entry.name, "fetched" if entry.offer and not entry.owners else "uploaded")
    return found | {path: Offered(shown_name(path), "folder") for path in shared().data.folders if path not in found}


def choose(reference: str) -> bool:
    """Make a set the current one if this visitor may choose it, and tell whether."""
    mine = shared()
    if is_made(reference):
        try:
            mine.data = mine.data.making(made_settings(reference).text)
        except SequenceError:
            return False
    elif reference in offered_data():
        mine.data = mine.data.chosen(reference)
    elif library().is_below_root(reference):
        mine.data = mine.data.given(reference)
    else:
        return False
    return True


def classes_of(reference: str) -> tuple[str, ...]:
    """Return the classes of a data set, without reading its pictures where that is known already."""
    if reference in SETS:
        return SETS[reference].classes
    if is_made(reference):
        return generator.CLASSES
    known = {entry.reference: entry for entry in library().entries()}
    if reference in known:
        return tuple(known[reference].report["classes"])
    return (loaded_sequences if is_sequences(reference) else loaded)(reference).classes


def length_of(reference: str) -> int | None:
    """Return how many letters the sequences of a set have, None for pictures; raise `DataSetError`."""
    if not is_sequences(reference):
        return None
    if is_made(reference):
        try:
            return made_settings(reference).length
        except SequenceError as error:
            raise DataSetError(str(error)) from None
    return loaded_sequences(reference).length


def current_data() -> Offered:
    """Return the visitor's data set; one that is gone is replaced by the bundled one."""
    mine, offered = shared(), offered_data()
    if mine.data.reference not in offered:
        mine.data = mine.data.chosen(SILHOUETTES)
    # An exercise may keep what is gone.
    return offered.get(mine.data.reference, offered[SILHOUETTES])
