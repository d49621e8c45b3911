"""Keep what is a visitor's own aside while something else has the stage, and give it back as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.network.history import History
from cnnlab.core.trunks.trunk import MapShape, Trunk
from cnnlab.runs.record.settings import ASKED
from cnnlab.ui.session.choices import AugmentChoice, DataChoice, LabChoice, LayerChoice, PictureChoice
from cnnlab.ui.session.keys import (
    ALPHA,
    AUGMENT,
    BELIEVE_METHOD,
    COMPARED,
    DECAY_RATE,
    DECAY_STEPS,
    EXPLAIN_METHODS,
    EXPLAIN_PART,
    FOLLOW_PICTURE,
    IMAGE_SIZE,
    MOTIF_WITHHELD,
    PREDICT_FIRST,
    RANDOM_SEED,
    RUN_NAME,
    RUN_PART,
    SCHEDULE,
    SEQUENCE_ANSWER,
    SEQUENCE_CHANGE_OF,
    SEQUENCE_CLASS,
    SEQUENCE_FILTER,
    SEQUENCE_MARK,
    SEQUENCE_NUMBER,
    SEQUENCE_PART,
    SEQUENCE_PREDICT,
    SEQUENCE_SORT,
    SEQUENCE_SOURCE,
    SEQUENCE_TEXT,
    SHOW_PLANTED,
    START_PAUSED,
    UNIT_CHANNEL,
    UNIT_LAYER,
)
from cnnlab.ui.session.session import Shared, shared

FORM = (
    *(setting.name for setting in ASKED),
    *(key.name for key in (IMAGE_SIZE, AUGMENT, RUN_NAME, FOLLOW_PICTURE, START_PAUSED)),
    *(SCHEDULE, DECAY_STEPS, DECAY_RATE, ALPHA),
)
WIDGETS = (
    *("weights_source", "weights_wished", "weights_beside", RANDOM_SEED.name, "convolution_show", "map_kind"),
    *(RUN_PART.name, COMPARED.name),
    *(key.name for key in (EXPLAIN_PART, EXPLAIN_METHODS, PREDICT_FIRST, BELIEVE_METHOD, UNIT_LAYER, UNIT_CHANNEL)),
    *(key.name for key in (SEQUENCE_PART, SEQUENCE_PREDICT, SEQUENCE_MARK, SEQUENCE_FILTER)),
    *(key.name for key in (SEQUENCE_SOURCE, SEQUENCE_CLASS, SEQUENCE_NUMBER, SHOW_PLANTED, MOTIF_WITHHELD)),
    *(SEQUENCE_TEXT, SEQUENCE_SORT, SEQUENCE_ANSWER, SEQUENCE_CHANGE_OF),
    *FORM,
)
ASIDE = "aside"
WAITING = "own_network_waits"


@dataclass(frozen=True, eq=False)
class Aside:
    """Hold one visitor's own network with its past, what was chosen, and what some widgets showed.

    `settled` tells whether the session had a network of its own.
    """

    history: History
    settled: bool
    lab: LabChoice
    picture: PictureChoice
    data: DataChoice
    layer: LayerChoice
    augment: AugmentChoice
    run_id: str
    trunks: Mapping[MapShape, Trunk]
    widgets: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Waiting:
    """Hold the own network of a visitor who sees somebody else's, and the trunks that it may stand on."""

    history: History
    settled: bool
    trunks: Mapping[MapShape, Trunk]


def show_instead(network: Network, trunk: Trunk | None) -> None:
    """Show somebody else's network in the place of the visitor's own, which waits; all other choices stay."""
    mine = shared()
    if WAITING not in st.session_state:
        st.session_state[WAITING] = Waiting(mine.history, mine.settled, mine.trunks)
    if trunk is None:
        mine.change_network(network)
    else:
        mine.borrow(trunk, network)


def give_back_network() -> None:
    """Give the own network back that waits, also where a lesson or an exercise has the stage: then behind that."""
    waiting: Waiting | None = st.session_state.pop(WAITING, None)
    if waiting is None:
        return
    if (kept := _kept()) is not None:
        st.session_state[ASIDE] = replace(kept, history=waiting.history, settled=waiting.settled, trunks=waiting.trunks)
        return
    mine = shared()
    mine.history, mine.settled, mine.trunks = waiting.history, waiting.settled, waiting.trunks
    mine.lab = mine.lab.forgetful()
    mine.layer = mine.layer.within(len(mine.network.layers))


def put_aside() -> None:
    """Keep what is the visitor's own, if it is not kept already."""
    mine = shared()
    if ASIDE not in st.session_state:
        widgets = {name: st.session_state[name] for name in WIDGETS if name in st.session_state}
        chosen = (mine.lab, mine.picture, mine.data, mine.layer, mine.augment, mine.run_id, mine.trunks)
        st.session_state[ASIDE] = Aside(mine.history, mine.settled, *chosen, widgets)
        mine.trunks = {}


def own_network() -> Network:
    """Return the visitor's own network, whatever has the stage."""
    return _own().history.network


def is_settled() -> bool:
    """Tell whether the session has a network of its own, so that none kept elsewhere is taken back."""
    return _own().settled


def own_trunk() -> Trunk | None:
    """Return the trunk that the visitor's own network stands on, None for none."""
    shape = own_network().input_shape
    return _own().trunks.get(shape) if len(shape) == 3 else None


def take_as_own(network: Network, trunk: Trunk | None = None) -> None:
    """Make this the visitor's own network in a session that had none, whatever has the stage."""
    mine, kept = shared(), _kept()
    trunks = {} if trunk is None else {trunk.feature_shape: trunk}
    if (waiting := st.session_state.get(WAITING)) is not None:
        own = History().changed(network, "", 0.0)
        st.session_state[WAITING] = replace(waiting, history=own, settled=True, trunks=trunks)
    elif kept is None:
        mine.trunks = {**mine.trunks, **trunks}
        mine.settled = True
        mine.change_network(network)
    else:
        st.session_state[ASIDE] = replace(
            kept, history=History().changed(network, "", 0.0), settled=True, trunks=trunks
        )


def _own() -> Waiting | Aside | Shared:
    """Return what holds the visitor's own network now."""
    waiting: Waiting | None = st.session_state.get(WAITING)
    return waiting or _kept() or shared()


def _kept() -> Aside | None:
    kept: Aside | None = st.session_state.get(ASIDE)
    return kept


def take_back_own() -> None:
    """Give the visitor back what was put aside, as it was; nothing happens if nothing was.

    Pictures and models that were brought meanwhile stay on offer.
    """
    mine, kept = shared(), _kept()
    if kept is None:
        return
    del st.session_state[ASIDE]
    mine.history, mine.settled, mine.trunks = kept.history, kept.settled, kept.trunks
    mine.lab, mine.data, mine.layer = kept.lab, kept.data, kept.layer
    mine.watch(kept.run_id)
    mine.picture = (
        mine.picture.chosen(kept.picture.held, kept.picture.reference, kept.picture.truth)
        if kept.picture.held
        else kept.picture
    )
    mine.augment = kept.augment.of_family(with_layers=kept.augment.with_layers)
    for name in WIDGETS:
        st.session_state.pop(name, None)
    st.session_state.update(kept.widgets)
