"""Borrow the first layers of a finished run, or of a model that was brought, as a trunk."""

from collections.abc import Mapping

import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.shapes import InvalidNetwork
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.trunk import TrunkError
from cnnlab.core.words import Refusal
from cnnlab.processes.subjects import FileWeights, LayerRow, Opened, Subject, Weighted
from cnnlab.processes.trunks import borrow
from cnnlab.ui.inside.weights import trained_sources
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import TRUNK_REFUSED
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import inference, settings
from cnnlab.viz.html import quiet

SOURCE, LAYER = "trunk_source", "trunk_layer"
PICTURE_CHANNELS = (1, 3, 4)


def another_trunk(classes: int) -> None:
    """Draw the choice of whose first layers to borrow, and after which layer they are cut."""
    with st.expander("Another trunk: a trained network, or a model of others"):
        offered = _offered()
        labels = told_apart({key: label for key, (label, _) in offered.items()})
        key = st.selectbox("Whose first layers", list(labels), key=SOURCE, format_func=lambda one: labels.get(one, one))
        _, subject = offered[chosen(SOURCE, offered, key if key in offered else next(iter(offered)))]
        layers = _layers(subject)
        if not layers:
            show_html(quiet("It has no layer of its own that makes maps, so no head can stand on it; choose another."))
            return
        st.selectbox(
            "Cut after its layer",
            list(layers),
            index=len(layers) - 1,
            key=f"{LAYER}_{key}",
            format_func=lambda name: f"{name}: {describe_shape(layers[name].shape)}" if name in layers else name,
            help="The layers up to this one keep their weights; a head of yours takes what it makes.",
        )
        st.button(
            "Borrow it",
            key="trunk_borrow",
            on_click=_borrow,
            args=(f"{LAYER}_{key}", subject, labels[key], tuple(layers), classes),
        )
        show_html(quiet("Models of others are brought on the page of feature maps."))


def _offered() -> Mapping[str, tuple[str, Subject]]:
    """Return label and subject of all that can be borrowed from: trained networks, then models of others."""
    own = {
        key: (known.label, Weighted(known.network, FileWeights(known.path, known.rescale)))
        for key, known in trained_sources().items()
        if known.network.rank == 2
    }
    others = {
        key: (f"imported {model.name}", Opened(model, *model.rescaling))
        for key, model in shared().models.items()
        if model.network is None
    }
    return {**own, **others}


def _layers(subject: Subject) -> dict[str, LayerRow]:
    """Return the layers by name that a trunk can end in: those that make maps of more than a picture's channels."""
    try:
        rows = subject.rows
    except InvalidNetwork:
        return {}
    return {
        row.name: row
        for row in rows
        if len(row.shape) == 3 and row.shape[2] not in PICTURE_CHANNELS and "/" not in row.name
    }


def _borrow(key: str, subject: Subject, name: str, layers: tuple[str, ...], classes: int) -> None:
    cut = chosen(key, layers, layers[-1])
    try:
        with st.spinner("Keras cuts the model …"):
            trunk = borrow(inference(), subject, cut, name, settings())
        if trunk.feature_shape[2] in PICTURE_CHANNELS:
            raise TrunkError(f"{cut} makes as many channels as a picture has; cut after another layer.")
    except Refusal as error:
        TRUNK_REFUSED.set(str(error))
        return
    fitting: Network = smallest_head(trunk, classes)
    shared().borrow(trunk, fitting)
