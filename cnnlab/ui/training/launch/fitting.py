"""Say when the network and the data set do not fit each other, with presses that change the one or the other."""

from dataclasses import dataclass, replace

import streamlit as st

from cnnlab.core.classroom.handles import DATA
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.network import Network
from cnnlab.core.network.sequence_presets import LETTERS, motif_detector, primer
from cnnlab.core.sequences.generator import BOUNDS, Settings
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.shapes import check
from cnnlab.core.teach.brief import describe_shape
from cnnlab.ui.data.current import SILHOUETTES, choose, length_of
from cnnlab.ui.parts.faults import notice
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_locked


@dataclass(frozen=True)
class Misfit:
    """Hold one sentence, and what either press says and takes: another network, or other data that fit the network.

    `data` is the reference of those, empty where there are none.
    """

    said: str
    press: str
    network: Network
    data: str = ""
    press_data: str = ""


def misfit() -> Misfit | None:
    """Return how the visitor's network and data set do not fit, or None; raise `DataSetError`."""
    network, length = shared().network, length_of(shared().data.reference)
    own = describe_shape(network.input_shape)
    if length is None:
        if network.rank == 2:
            return None
        said = f"Your network reads sequences ({own}), and your data set is of pictures."
        data = _made_for(network)
        return Misfit(said, "Take the post's network", Network.seed(), data, "Take sequences with a motif")
    if network.rank == 2:
        said = f"Your network reads pictures ({own}), and your data set is of sequences of {length:,} letters."
        return replace(_preset(said, length), data=SILHOUETTES, press_data="Take the silhouettes")
    if network.input_shape == (length, LETTERS):
        return None
    said = f"Your network takes {own}, and the sequences are {length:,} × {LETTERS}."
    longer = network.with_sides(length)
    if longer.input_shape[1] == LETTERS and check(longer) is None:
        return Misfit(said, f"Set its input to {length:,} × {LETTERS}", longer)
    return _preset(said, length)


def _made_for(network: Network) -> str:
    """Return the visitor's made sequences in the length that a network takes, empty if none can be made."""
    length = network.input_shape[0]
    least, most = BOUNDS["length"]
    if network.input_shape[1] != LETTERS or not least <= length <= most:
        return ""
    try:
        return replace(Settings.from_text(shared().data.made), length=length).text
    except SequenceError:
        return ""


def _preset(said: str, length: int) -> Misfit:
    """Offer the primer's network, or one filter where the sequences are too short for it."""
    made = primer().with_sides(length)
    if check(made) is None:
        return Misfit(said, "Take the primer's network", made)
    detector = motif_detector().with_sides(length)
    return Misfit(said, "Take one motif detector", detector.with_option(0, "kernel_size", min(12, length)))


def fit_them() -> None:
    """Draw how the two do not fit, with the press; nothing where they do, or where the data cannot be read."""
    found = _found_now()
    if found is None:
        return
    with st.container(key="does_not_fit"):
        notice(found.said)
        if found.data and not is_locked(DATA, "data"):
            st.button(found.press_data, key="take_fitting_data", on_click=_take_data, width="stretch")
        st.button(found.press, key="take_fitting", on_click=_take_network, width="stretch")


def _take_network() -> None:
    if (found := _found_now()) is not None:
        shared().change_network(found.network)


def _take_data() -> None:
    if (found := _found_now()) is not None and found.data:
        choose(found.data)


def _found_now() -> Misfit | None:
    """Return what does not fit now, whatever was drawn."""
    try:
        return misfit()
    except DataSetError:
        return None
