"""Draw the convolution page: choose a layer and a channel, and take any place of its map apart in the browser."""

from collections.abc import Sequence
from contextlib import suppress
from html import escape

import streamlit as st

from cnnlab.core.explain import describe_shape
from cnnlab.core.geometry import CONVOLUTIONS, nearest_window, pointwise_until_pool, windowed_layers
from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.shapes import check, trace
from cnnlab.runs.inference import InferenceError, Window
from cnnlab.ui.feature_maps import Choice, network_notice, weights_control
from cnnlab.ui.frame import source
from cnnlab.ui.imported import chosen_model, read_only_models
from cnnlab.ui.maps import network_key, pixels_key, weights_key
from cnnlab.ui.packing import pack
from cnnlab.ui.picture import picture_panel, prepared_picture
from cnnlab.ui.services import inference
from cnnlab.ui.state import current_picture, shared
from cnnlab.ui.words import plain
from cnnlab.viz.bench_facts import activation_facts, bench_facts, bench_size, layer_presets
from cnnlab.viz.window_facts import window_facts

KEY = "convolution_view"
PARTS = ("unpack.js", "arithmetic.js", "canvas.js")
VIEWS = ("One place", "Kernel bench", "Activation bench")
_VIEW = st.components.v2.component(
    KEY,
    html=source("convolution.html"),
    css=source("convolution.css"),
    js=source(*PARTS, "convolution_words.js", "convolution_moves.js", "convolution_parts.js", "convolution_entry.js"),
    isolate_styles=False,
)
_KERNELS = st.components.v2.component(
    "kernel_bench",
    html=source("kernel_bench.html"),
    css=source("convolution.css", "bench.css"),
    js=source(*PARTS, "by_hand.js", "kernel_bench_entry.js"),
    isolate_styles=False,
)
_ACTIVATIONS = st.components.v2.component(
    "activation_bench",
    html=source("activation_bench.html"),
    css=source("convolution.css", "bench.css"),
    js=source(*PARTS, "activations.js", "activation_bench_entry.js"),
    isolate_styles=False,
)


def convolution_view(choice: Choice) -> None:
    """Draw the chosen channel of the chosen layer, or one of the benches, or the one sentence why there is none."""
    why_not = _why_not(choice)
    index = None if why_not or choice.offered else nearest_window(choice.network, shared().selected_layer)
    if index is not None:
        shared().channel = min(shared().channel, trace(choice.network)[index].output_shape[2] - 1)
    view = _controls(choice, index)
    if view == VIEWS[1]:
        _KERNELS(key="kernel_bench", data=packed_bench(choice, index))
        return
    if why_not:
        st.html(f'<div class="notice" role="status">{why_not}</div>')
        return
    if index is not None:
        _explain_other(choice.network, index)
        try:
            with st.spinner("Computing the layer…", show_time=False):
                if view == VIEWS[2]:
                    _ACTIVATIONS(key="activation_bench", data=packed_activations(choice, index))
                else:
                    _VIEW(key=KEY, data=packed_window(choice, index), on_first_change=_take_first)
        except InferenceError as error:
            st.error(str(error))
            return
    network_notice(choice)


def _why_not(choice: Choice) -> str:
    """Return the sentence (as HTML) that says why no layer can be taken apart; empty if one can."""
    model = chosen_model()
    if model is not None:
        return (
            f"{escape(model.name)} is not a plain sequence of layers, so it can be looked at on the feature-map page "
            "only; choose other weights to take a convolution apart."
        )
    problem = check(choice.network)
    if problem is not None:
        return f"Nothing can be computed: the network cannot exist. {escape(str(problem))}"
    if not windowed_layers(choice.network):
        return "This network has no convolution and no pooling layer; add one on the architecture page."
    return ""


def _explain_other(network: Network, index: int) -> None:
    """Say it when the selected layer has no window, so that another one is shown."""
    selected = shared().selected_layer
    if selected is None or selected == index or selected in pointwise_until_pool(network, index)[0]:
        return
    rows = trace(network)
    if selected < len(rows):
        text = f"{rows[selected].name} has no window that slides; you see {rows[index].name}, the nearest one that has."
        st.html(f'<p class="quiet">{text}</p>')


def _take_first() -> None:
    first = st.session_state[KEY].get("first")
    if isinstance(first, int) and first >= 0:
        shared().first_input = first


def _controls(choice: Choice, index: int | None) -> str:
    """Draw the choice of view, layer, output channel, picture and weights; return the view."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view: str = st.segmented_control(
            "Show", VIEWS, default=VIEWS[0], key="convolution_show", required=True, persist_state="session", width=340
        )
        if index is not None and view != VIEWS[1]:
            _choose_unit(choice.network, index)
        known = choice.trained.label if choice.trained else "random weights"
        with st.popover(plain(f"{current_picture().name}, {known}"), icon=":material/image:", key="convolution_source"):
            picture_panel()
            weights_control(choice, read_only_models())
    return view


def _choose_unit(network: Network, index: int) -> None:
    """Draw the choice of layer and output channel."""
    mine, rows = shared(), trace(network)
    channels = rows[index].output_shape[2]
    st.session_state["convolution_layer"] = index
    st.session_state["convolution_channel"] = mine.channel
    st.selectbox(
        "Layer",
        windowed_layers(network),
        key="convolution_layer",
        format_func=lambda i: f"{rows[i].name}, {describe_shape(rows[i].output_shape)}",
        on_change=lambda: mine.look_at(st.session_state["convolution_layer"], 0),
        width=240,
    )
    st.number_input(
        f"Output channel, 0 to {channels - 1}",
        0,
        channels - 1,
        key="convolution_channel",
        on_change=lambda: mine.look_at(index, int(st.session_state["convolution_channel"])),
        width=170,
    )


def packed_bench(choice: Choice, index: int | None) -> bytes:
    """Return what the kernel bench receives: the picture in grey, and the kernel of the layer, if it has one."""
    own = []
    # The bench does without the network's kernel where the network cannot be computed.
    with suppress(InferenceError):
        if index is not None and choice.network.layers[index].class_name in CONVOLUTIONS:
            window = _window(choice, index)
            name = trace(choice.network)[index].name
            own = layer_presets(name, shared().channel, window.first, window.kernel)
    size = bench_size(*choice.network.input_shape[:2])
    return pack(*bench_facts(prepared_picture((*size, 1))[:, :, 0], own))


def packed_activations(choice: Choice, index: int) -> bytes:
    """Return what the activation bench receives of a layer's channel; raise `InferenceError`."""
    window = _window(choice, index)
    return pack(*activation_facts(trace(choice.network)[index].name, shared().channel, window.before))


def packed_window(choice: Choice, index: int) -> bytes:
    """Return what the view receives of a layer's channel, the same bytes every time; raise `InferenceError`."""
    window = _window(choice, index)
    arrays = {
        "inputs": window.inputs,
        "kernel": window.kernel,
        "others": window.others,
        "before": window.before,
        "picture": prepared_picture(choice.network.input_shape),
    }
    mine = shared()
    facts = window_facts(
        choice.network,
        index,
        mine.channel,
        window.first,
        window.bias,
        arrays,
        window.after,
        mine.selected_layer,
    )
    return pack(*facts)


def _window(choice: Choice, index: int) -> Window:
    pixels = prepared_picture(choice.network.input_shape)
    keys = (network_key(choice.network), weights_key(choice.weights), pixels_key(pixels))
    mine = shared()
    return _computed(keys, index, mine.channel, mine.first_input, choice, pixels)


@st.cache_data(max_entries=16, show_spinner=False)
def _computed(keys: Sequence[str], index: int, channel: int, first: int, _choice: Choice, _pixels: Pixels) -> Window:
    return inference().window(_choice.network, _choice.weights, _pixels, index, channel, first)
