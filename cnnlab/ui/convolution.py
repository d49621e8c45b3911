"""Draw the convolution page: choose a layer and a channel, and take any place of its map apart in the browser."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnlab.core.explain import describe_shape
from cnnlab.core.geometry import nearest_window, windowed_layers
from cnnlab.core.network import Network
from cnnlab.core.pictures import Picture, prepare
from cnnlab.core.shapes import check, trace
from cnnlab.runs.inference import InferenceError, Weights
from cnnlab.ui.feature_maps import Choice, network_notice, weights_control
from cnnlab.ui.frame import source
from cnnlab.ui.maps import network_key, weights_key
from cnnlab.ui.packing import pack
from cnnlab.ui.picture import picture_panel
from cnnlab.ui.services import inference
from cnnlab.ui.state import current_picture, shared
from cnnlab.viz.window_facts import window_facts

KEY = "convolution_view"
_VIEW = st.components.v2.component(
    KEY,
    html=source("convolution.html"),
    css=source("convolution.css"),
    js=source(
        "arithmetic.js",
        "canvas.js",
        "convolution_words.js",
        "convolution_moves.js",
        "convolution_parts.js",
        "convolution_entry.js",
    ),
    isolate_styles=False,
)


def convolution_view(choice: Choice) -> None:
    """Draw the chosen channel of the chosen layer, or the one sentence why there is none."""
    if choice.offered:
        network_notice(choice)
        return
    problem = check(choice.network)
    if problem is not None:
        _notice(f"Nothing can be computed: the network cannot exist. {problem}")
        return
    index = nearest_window(choice.network, shared().selected_layer)
    if index is None:
        _notice("This network has no convolution and no pooling layer; add one on the architecture page.")
        return
    picture = _choose_unit(choice, index)
    mine = shared()
    try:
        with st.spinner("Computing the layer…", show_time=False):
            data = packed_window(choice.network, choice.weights, picture, index, mine.channel, mine.first_input)
    except InferenceError as error:
        st.error(str(error))
        return
    _VIEW(key=KEY, data=data, on_first_change=_take_first)
    network_notice(choice)


def _notice(text: str) -> None:
    st.html(f'<div class="notice" role="status">{text}</div>')


def _take_first() -> None:
    first = st.session_state[KEY].get("first")
    if isinstance(first, int) and first >= 0:
        shared().first_input = first


def _choose_unit(choice: Choice, index: int) -> Picture:
    """Draw the choice of layer, output channel, picture and weights; keep them possible, and return the picture."""
    network, mine = choice.network, shared()
    rows, layers = trace(network), windowed_layers(network)
    channels = rows[index].output_shape[2]
    mine.channel = min(mine.channel, channels - 1)
    st.session_state["convolution_layer"] = index
    st.session_state["convolution_channel"] = mine.channel
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Layer",
            layers,
            key="convolution_layer",
            format_func=lambda i: f"{rows[i].name}, {describe_shape(rows[i].output_shape)}",
            on_change=lambda: mine.look_at(st.session_state["convolution_layer"], 0),
            width=260,
        )
        st.number_input(
            f"Output channel, 0 to {channels - 1}",
            0,
            channels - 1,
            key="convolution_channel",
            on_change=lambda: mine.look_at(index, int(st.session_state["convolution_channel"])),
            width=180,
        )
        known = choice.trained.label if choice.trained else "random weights"
        with st.popover(f"{current_picture().name}, {known}", icon=":material/image:", key="convolution_source"):
            picture = picture_panel()
            weights_control(choice)
    return picture


def packed_window(network: Network, weights: Weights, picture: Picture, index: int, channel: int, first: int) -> bytes:
    """Return what the view receives, the same bytes for the same question; raise `InferenceError`."""
    keys = (network_key(network), weights_key(weights), picture.sha256)
    return _packed(keys, index, channel, first, network, weights, picture)


@st.cache_data(max_entries=32, show_spinner=False)
def _packed(
    keys: Sequence[str],
    index: int,
    channel: int,
    first: int,
    _network: Network,
    _weights: Weights,
    _picture: Picture,
) -> bytes:
    pixels: np.ndarray = prepare(_picture.pixels, *_network.input_shape)
    window = inference().window(_network, _weights, pixels, index, channel, first)
    arrays = {
        "inputs": window.inputs,
        "kernel": window.kernel,
        "others": window.others,
        "before": window.before,
        "picture": pixels,
    }
    return pack(*window_facts(_network, index, channel, window.first, window.bias, arrays, window.after))
