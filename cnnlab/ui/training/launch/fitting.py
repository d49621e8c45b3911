"""Say when the network and the data set do not fit each other, with a press that takes one that does."""

from dataclasses import dataclass

import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.network import Network
from cnnlab.core.network.sequence_presets import LETTERS, motif_detector, primer
from cnnlab.core.shapes import check
from cnnlab.core.teach.brief import describe_shape
from cnnlab.ui.data.current import length_of
from cnnlab.ui.parts.faults import notice
from cnnlab.ui.session import shared


@dataclass(frozen=True)
class Misfit:
    """Hold one sentence, what the press says, and the network that it takes."""

    said: str
    press: str
    network: Network


def misfit() -> Misfit | None:
    """Return how the visitor's network and data set do not fit, or None; raise `DataSetError`."""
    network, length = shared().network, length_of(shared().data.reference)
    own = describe_shape(network.input_shape)
    if length is None:
        if network.rank == 2:
            return None
        said = f"Your network reads sequences ({own}), and your data set is of pictures."
        return Misfit(said, "Take the post's network", Network.seed())
    if network.rank == 2:
        said = f"Your network reads pictures ({own}), and your data set is of sequences of {length:,} letters."
        return _preset(said, length)
    if network.input_shape == (length, LETTERS):
        return None
    said = f"Your network takes {own}, and the sequences are {length:,} × {LETTERS}."
    longer = network.with_sides(length)
    if longer.input_shape[1] == LETTERS and check(longer) is None:
        return Misfit(said, f"Set its input to {length:,} × {LETTERS}", longer)
    return _preset(said, length)


def _preset(said: str, length: int) -> Misfit:
    """Offer the primer's network, or one filter where the sequences are too short for it."""
    made = primer().with_sides(length)
    if check(made) is None:
        return Misfit(said, "Take the primer's network", made)
    detector = motif_detector().with_sides(length)
    return Misfit(said, "Take one motif detector", detector.with_option(0, "kernel_size", min(12, length)))


def fit_them() -> None:
    """Draw how the two do not fit, with the press; nothing where they do, or where the data cannot be read."""
    try:
        found = misfit()
    except DataSetError:
        return
    if found is None:
        return
    with st.container(key="does_not_fit"):
        notice(found.said)
        st.button(found.press, key="take_fitting", on_click=_take, width="stretch")


def _take() -> None:
    """Take what fits now, whatever was drawn."""
    try:
        found = misfit()
    except DataSetError:
        return
    if found is not None:
        shared().change_network(found.network)
