"""Choose what is trained: the own network, or a head on a borrowed trunk."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnlab.core.trunks import lite0
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import cuts, rows_of, shipped
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import link
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import at_work
from cnnlab.ui.session.keys import AUGMENT, TRUNK_REFUSED
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import settings
from cnnlab.ui.trunks.another import another_trunk
from cnnlab.ui.trunks.called import what_it_calls
from cnnlab.ui.trunks.shown import told_trunk
from cnnlab.viz.html import quiet

OWN, BORROWED = "Own network", "Borrowed trunk"
FIRST_SIZE = 160
KIND, SIZE, CUT = "trunk_kind", "trunk_size", "trunk_cut"
CUT_HELP = "The head gets what this layer makes. Early layers know edges and colours, late ones know things."
SIZE_HELP = (
    "Every picture is stretched to this height and width. The trunk was trained at 224; smaller is faster and knows a "
    "little less."
)
HEAD_HELP = "One dense layer above the trunk, as many units as your classes need. It can be undone."
CACHED = (
    "Augmentation is off, so the trunk is asked once for each picture and its features are kept: then only the head "
    "trains, in seconds. An augmented picture is another one in every epoch, so its features could not be kept."
)
NOT_CACHED = (
    "Augmentation is on: every picture is another one in every epoch, so no features can be kept, and each batch goes "
    "through the whole trunk. It takes many times longer."
)
TUNED = "A part of the trunk is trained, so its features change with every batch and none can be kept."


def trunk_choice(classes: Sequence[str]) -> None:
    """Draw the choice between the own network and a borrowed trunk, and the trunk's own settings."""
    mine = shared()
    if at_work() is not None or mine.network.rank != 2:
        return
    st.session_state[KIND] = OWN if mine.trunk is None else BORROWED
    st.segmented_control(
        "What is trained",
        (OWN, BORROWED),
        key=KIND,
        required=True,
        on_change=_turn,
        args=(len(classes),),
        help="A borrowed trunk is the first part of a network that others have trained; only a small head on it is "
        "yours to train.",
    )
    if mine.trunk is not None:
        with st.container(key="trunk_choice"):
            _settings(mine.trunk, len(classes))
    if refused := TRUNK_REFUSED.take():
        refuse(refused)


def features_said(augmented: bool) -> None:
    """Say whether features are kept, and why augmentation decides about it; nothing without a trunk."""
    trunk = shared().trunk
    if trunk is not None:
        show_html(quiet(TUNED if not trunk.is_frozen else NOT_CACHED if augmented else CACHED))


def _turn(classes: int) -> None:
    if chosen(KIND, (OWN, BORROWED), OWN) == OWN:
        if shared().trunk is not None:
            shared().give_back()
            AUGMENT.set(AUGMENT.default)
        return
    _stand_on(shipped(FIRST_SIZE), classes)
    AUGMENT.set(False)


def _stand_on(trunk: Trunk, classes: int) -> None:
    """Borrow a trunk; the head stays if it takes what the trunk makes."""
    mine = shared()
    fits = mine.trunk is not None and mine.network.input_shape == trunk.feature_shape
    mine.borrow(trunk, mine.network if fits else smallest_head(trunk, classes))


def _settings(trunk: Trunk, classes: int) -> None:
    """Draw the size and the cut of the trunk that ships, what the trunk is, and the presses for its head."""
    if trunk.source == lite0.KEY:
        _shipped(trunk, classes)
    try:
        told_trunk(trunk)
    except TrunkError as error:
        refuse(error)
    if trunk.head is not None:
        show_html(quiet("The head begins with trained weights."))
        st.button("Begin with random weights", key="trunk_fresh", on_click=_begin_anew, args=(trunk,))
    fitting = smallest_head(trunk, classes)
    with st.container(horizontal=True, vertical_alignment="center"):
        if shared().network != fitting:
            st.button(
                "Take a fitting head",
                key="trunk_head",
                help=HEAD_HELP,
                on_click=lambda: shared().change_network(fitting),
            )
        link("architecture", "Edit the head")
    if trunk.source == lite0.KEY:
        what_it_calls()
    another_trunk(classes)


def _shipped(trunk: Trunk, classes: int) -> None:
    offered = sorted({*lite0.SIZES, trunk.input_shape[0]})
    layers = cuts(rows_of(replace(trunk, cut=lite0.POOLED, trainable_from=None), settings().home))
    st.session_state[SIZE] = trunk.input_shape[0]
    st.session_state[CUT] = trunk.cut
    left, right = st.columns(2)
    with left:
        st.selectbox("Image size", offered, key=SIZE, help=SIZE_HELP, on_change=_changed, args=(trunk, layers, classes))
    with right:
        st.selectbox("Cut after", layers, key=CUT, help=CUT_HELP, on_change=_changed, args=(trunk, layers, classes))


def _changed(trunk: Trunk, layers: Sequence[str], classes: int) -> None:
    cut = chosen(CUT, layers, trunk.cut)
    new = shipped(chosen(SIZE, lite0.SIZES, trunk.input_shape[0]), cut)
    if trunk.feature_shape == new.feature_shape and cut == trunk.cut:
        new = replace(new, trainable_from=trunk.trainable_from, head=trunk.head)
    _stand_on(new, classes)


def _begin_anew(trunk: Trunk) -> None:
    shared().borrow(replace(trunk, head=None), shared().network)
