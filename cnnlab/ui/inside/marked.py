"""Find the channels that are marked: those that are dead for many pictures, and those that duplicate another."""

import numpy as np
import streamlit as st

from cnnlab.core.data.datasets import DataSet, DataSetError
from cnnlab.core.data.held import Measure
from cnnlab.core.inside.heavy import MOST_VALUES
from cnnlab.core.inside.likeness import Twins
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.pictures import Pixels
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words import plain
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import Subject, pixels_key
from cnnlab.ui.data.current import loaded
from cnnlab.ui.data.reading import made_of
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import services, shared
from cnnlab.ui.session.sent import chosen, number

BATCH = 32
THIS, MANY = "in this picture", f"in {BATCH} pictures"
TWINS = ("not at all", THIS, MANY)
TWINS_HELP = (
    "A channel is a duplicate here if its map equals that of a channel before it, or correlates with it by at least r: "
    f"in your picture, or over {BATCH} pictures of your data set. Maps that are zero everywhere count as dead instead."
)
LEAST = 0.99
MOST_KEPT = 32 << 20  # bytes of what was found for each channel
ACTIVITY: KeptByBytes[tuple[np.ndarray, ...]] = KeptByBytes(MOST_KEPT, lambda found: sum(each.nbytes for each in found))
ALIKE: KeptByBytes[tuple[Twins, ...]] = KeptByBytes(MOST_KEPT, lambda found: sum(9 * len(each.of) for each in found))
DEAD_HELP = f"A channel is dead here if it is zero for each of {BATCH} pictures of your data set."


def mark_controls() -> None:
    """Draw which channels are marked."""
    st.toggle("Mark dead channels", key="map_dead", help=DEAD_HELP, persist_state="session")
    st.selectbox("Mark duplicate channels", TWINS, key="map_twins", help=TWINS_HELP, persist_state="session")
    if st.session_state["map_twins"] != TWINS[0]:
        st.number_input("r at least", 0.5, 1.0, LEAST, 0.005, "%.3f", key="map_least", persist_state="session")


def dead_channels(subject: Subject, pixels: Pixels) -> list[np.ndarray] | None:
    """Return for each layer the channels that are zero for every picture of a batch of the data set, if asked."""
    if not st.session_state.get("map_dead"):
        return None
    try:
        data = loaded(shared().data.reference)
        with st.spinner(f"Looking at {BATCH} pictures of {plain(data.name)}…", show_time=False):
            return [np.flatnonzero(largest == 0) for largest in _activity(data, subject, pixels.shape)]
    except DataSetError as error:
        refuse(error)
        return None


def _activity(data: DataSet, subject: Subject, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    key = (subject.key, data.fingerprint)
    return ACTIVITY.get(key, lambda: services.inference().activity(subject, _batch(data, shape)))


def _batch(data: DataSet, shape: tuple[int, ...]) -> Pixels:
    """Return pictures of a data set's validation part, spread evenly, as a network takes them.

    Raises `InferenceError` where that would be too much.
    """
    split, (height, width, channels) = data.validation, shape
    if BATCH * height * width * channels > MOST_VALUES:
        raise InferenceError(
            f"{BATCH} pictures of {describe_shape(shape)} are more than the {MOST_VALUES:,} numbers that can be looked "
            "at together; make the network's input smaller."
        )
    chosen = np.linspace(0, len(split) - 1, min(BATCH, len(split))).astype(int)
    return np.stack([made_of(split, int(i), Measure(height, width, channels)) for i in chosen])


def duplicate_channels(subject: Subject, pixels: Pixels) -> tuple[Twins, ...] | None:
    """Return for each layer which channels are alike, in the picture or over a batch of the data set, if asked."""
    where = chosen("map_twins", (THIS, MANY), "")
    if not where:
        return None
    least = number(st.session_state.get("map_least"), 0.5, 1.0, LEAST)
    try:
        with st.spinner("Comparing channels…", show_time=False):
            if where == THIS:
                key = (subject.key, pixels_key(pixels), least)
                return ALIKE.get(key, lambda: services.inference().twins(subject, pixels[None], least))
            data = loaded(shared().data.reference)
            key = (subject.key, data.fingerprint, least)
            return ALIKE.get(key, lambda: services.inference().twins(subject, _batch(data, pixels.shape), least))
    except DataSetError as error:
        refuse(error)
        return None
