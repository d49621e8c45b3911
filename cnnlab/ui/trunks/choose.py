"""Choose what is trained: the own network, or a head on a borrowed trunk."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.known import KNOWN, LITE0, here
from cnnlab.core.trunks.parts import Known
from cnnlab.core.trunks.rows import cuts, known_rows, known_trunk
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
from cnnlab.ui.trunks.fetch import fetch_trunk
from cnnlab.ui.trunks.shown import told_trunk
from cnnlab.viz.html import quiet

OWN, BORROWED = "Own network", "Borrowed trunk"
KIND, WHICH, SIZE, CUT = "trunk_kind", "trunk_which", "trunk_size", "trunk_cut"
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
    _stand_on(known_trunk(LITE0, LITE0.first_size), classes)
    AUGMENT.set(False)


def _stand_on(trunk: Trunk, classes: int) -> None:
    """Borrow a trunk; the head stays if it takes what the trunk makes."""
    mine = shared()
    fits = mine.trunk is not None and mine.network.input_shape == trunk.feature_shape
    mine.borrow(trunk, mine.network if fits else smallest_head(trunk, classes))


def _settings(trunk: Trunk, classes: int) -> None:
    """Draw which trunk, the size and the cut of a known one, what it is, and the presses for its head."""
    _which(trunk, classes)
    known = KNOWN.get(trunk.source)
    if known is not None:
        _size_and_cut(known, trunk, classes)
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
    if known is not None and known is not LITE0:
        show_html(quiet(known.origin))
    if known is LITE0:
        what_it_calls()
    fetch_trunk()
    another_trunk(classes)


def _which(trunk: Trunk, classes: int) -> None:
    """Draw the choice among the trunks that are here, once there is more than one."""
    names = {known.key: known.name for known in here(settings().home)} | {trunk.source: trunk.name}
    if len(names) > 1:
        st.session_state[WHICH] = trunk.source
        st.selectbox(
            "Trunk",
            list(names),
            key=WHICH,
            format_func=lambda key: names.get(key, key),
            on_change=_turn_to,
            args=(classes,),
        )


def _turn_to(classes: int) -> None:
    offered = {known.key: known for known in here(settings().home)}
    key = chosen(WHICH, tuple(offered), "")
    if key:
        _stand_on(known_trunk(offered[key], offered[key].first_size), classes)


def _size_and_cut(known: Known, trunk: Trunk, classes: int) -> None:
    offered = sorted({*known.sizes, trunk.input_shape[0]})
    layers = cuts(known_rows(known.key, *trunk.input_shape[:2]))
    st.session_state[SIZE] = trunk.input_shape[0]
    st.session_state[CUT] = trunk.cut
    told = (known, trunk, layers, classes)
    left, right = st.columns(2)
    with left:
        st.selectbox("Image size", offered, key=SIZE, help=SIZE_HELP, on_change=_changed, args=told)
    with right:
        st.selectbox("Cut after", layers, key=CUT, help=CUT_HELP, on_change=_changed, args=told)


def _changed(known: Known, trunk: Trunk, layers: Sequence[str], classes: int) -> None:
    cut = chosen(CUT, layers, trunk.cut)
    new = known_trunk(known, chosen(SIZE, known.sizes, trunk.input_shape[0]), cut)
    if trunk.feature_shape == new.feature_shape and cut == trunk.cut:
        new = replace(new, trainable_from=trunk.trainable_from, head=trunk.head)
    _stand_on(new, classes)


def _begin_anew(trunk: Trunk) -> None:
    shared().borrow(replace(trunk, head=None), shared().network)
