"""Set what a step names: network, picture, data set, weights, layer, channel, augmentation, training, run."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from cnnlab.core.augment import Augmentation, AugmentationError
from cnnlab.core.lessons import Go
from cnnlab.core.lessons.lesson import FIRST_PICTURE, PARTS
from cnnlab.core.network import Network
from cnnlab.core.pictures import PictureError, gallery
from cnnlab.core.pictures.patterns import PATTERNS
from cnnlab.core.pictures.reference import FromGallery, FromPattern
from cnnlab.runs.record import RECORDED
from cnnlab.runs.record.settings import same_pictures
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.trained import key_of, shipped_for
from cnnlab.ui.data.current import choose
from cnnlab.ui.inside.weights import RANDOM
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.pictures.first import show_first
from cnnlab.ui.pictures.panel import picture_of
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import (
    BELIEVE,
    BELIEVE_METHOD,
    COMPARE,
    CURVES,
    EXPLAIN_BOX,
    EXPLAIN_METHODS,
    EXPLAIN_PART,
    HEALTH,
    LIKES,
    PREDICT_FIRST,
    RUN_PART,
    SEQUENCE_MARK,
    SEQUENCE_NUMBER,
    SEQUENCE_PART,
    SEQUENCE_PREDICT,
    SEQUENCE_SOURCE,
    UNIT_CHANNEL,
    UNIT_LAYER,
    WHY,
    WRONG,
)
from cnnlab.ui.session.services import store
from cnnlab.ui.session.visitor import me
from cnnlab.ui.training.launch.asked import take_form
from cnnlab.viz.network.shape_table import TableView

MOST_OWN = 200  # of the visitor's runs, among which the newest that fits is looked for
SHOWN = {
    "training": {"curves": CURVES, "wrong": WRONG, "health": HEALTH, "compare": COMPARE},
    "explain": {"why": WHY, "believe": BELIEVE, "likes": LIKES},
}
assert {page: parts.keys() for page, parts in SHOWN.items()} == {page: parts.keys() for page, parts in PARTS.items()}


def set_stage(go: Go, network: Network, layer: int | None, hidden: str) -> None:
    """Set everything that a step names; what it does not name stays as it is.

    `hidden` is the column of the table that waits for a prediction.
    """
    mine = shared()
    mine.change_network(network)
    mine.lab = mine.lab.with_view(TableView(asked=hidden), "")
    if layer is not None:
        mine.layer = mine.layer.looking_at(layer, go.channel or 0)
    if go.picture:
        _show(go.picture)
    if go.data:
        choose(go.data)
    if go.weights:
        look_with(shipped_for(network).key if go.weights == "trained" else RANDOM)
    if go.augment:
        _augment(go.augment)
    if go.training:
        take_form(go.training)
    if go.page == "explain":
        _explain(go)
    elif go.page == "sequences":
        _sequences(go)
    elif go.part:
        RUN_PART.set(SHOWN[go.page][go.part])
    if go.run:
        _open(go)


def _open(go: Go) -> None:
    """Watch the run that ships, or the visitor's newest training of the step's kind; without one nothing changes."""
    if go.run == "recorded":
        shared().watch(RECORDED)
        return
    # The dock goes on with what is open; the page says what is wrong.
    with suppress(StoreFault):
        own = (run for run in store().runs(MOST_OWN, me()) if same_pictures(run.spec, go.training))
        fitting = (run for run in own if run.spec.network.rank == shared().network.rank)
        if newest := next(fitting, None):
            shared().watch(newest.id)
            if go.page == "sequences":
                look_with(key_of(newest))


def _explain(go: Go) -> None:
    """Set the page explain; a step that asks for a prediction takes the box of an earlier one away."""
    if go.part:
        EXPLAIN_PART.set(SHOWN[go.page][go.part])
    if go.methods:
        EXPLAIN_METHODS.set(list(go.methods))
        BELIEVE_METHOD.set(go.methods[0])
    PREDICT_FIRST.set(go.predict)
    if go.predict:
        EXPLAIN_BOX.take()
    if go.layer:
        UNIT_LAYER.take()
        UNIT_CHANNEL.take()


def _sequences(go: Go) -> None:
    """Set the page of sequences: one of the data, where it asks for a mark that nothing was set to before."""
    SEQUENCE_PREDICT.set(go.predict)
    SEQUENCE_MARK.set(None)
    for key in (SEQUENCE_SOURCE, SEQUENCE_NUMBER, SEQUENCE_PART):
        st.session_state.pop(key.name, None)


def _show(picture: str) -> None:
    """Make a picture of the gallery, a pattern or the first one the current one; another name changes nothing."""
    if picture == FIRST_PICTURE:
        show_first()
        return
    files = {each.file for each in gallery.pictures()}
    reference = FromGallery(picture) if picture in files else FromPattern(picture) if picture in PATTERNS else None
    if reference is not None:
        with suppress(PictureError):
            shared().picture = shared().picture.chosen(picture_of(reference), reference)


def _augment(settings: Mapping[str, Any]) -> None:
    with suppress(AugmentationError, TypeError):
        shared().augment = shared().augment.using(Augmentation.from_dict(settings))
