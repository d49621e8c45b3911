"""Draw the convolution page: choose a layer and a channel, and take any place of its map apart in the browser."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from cnnlab.core.inside.sliding import convolves, nearest
from cnnlab.core.pictures import Pixels, input_problem
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words import plain
from cnnlab.processes.inference import InferenceError, Window
from cnnlab.processes.subjects import Subject, pixels_key
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.picture_column import require_pictures
from cnnlab.ui.inside.weights import weights_control
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.pictures.current import prepared_picture, require_picture
from cnnlab.ui.pictures.panel import picture_panel
from cnnlab.ui.session import current_picture, services, shared
from cnnlab.ui.session.decoders import whole
from cnnlab.ui.session.sent import chosen, place
from cnnlab.viz.html import notice, quiet
from cnnlab.viz.inside.bench_facts import activation_facts, bench_facts, bench_size, layer_presets
from cnnlab.viz.inside.window_facts import too_much_to_send, window_facts

KEY = "convolution_view"
MOST_CHANNELS = 1_000_000  # no network has more
VIEWS = ("One place", "Kernel bench", "Activation bench")


class ViewSends:
    """Declare what the view sends: the first of the input channels that it wants to have."""

    first = Message(whole(0, MOST_CHANNELS))


_VIEW = component(
    KEY,
    "convolution/entry.js",
    html="convolution/convolution.html",
    styles=["convolution/convolution.css"],
    sends=ViewSends,
    isolate=False,
)
_KERNELS = component(
    "kernel_bench",
    "benches/kernel_bench.js",
    html="benches/kernel_bench.html",
    styles=["convolution/convolution.css", "benches/bench.css"],
    isolate=False,
)
_ACTIVATIONS = component(
    "activation_bench",
    "benches/activation_bench.js",
    html="benches/activation_bench.html",
    styles=["convolution/convolution.css", "benches/bench.css"],
    isolate=False,
)


def convolution_view(current: Current) -> None:
    """Draw the chosen channel of the chosen layer, or one of the benches, or the one sentence why there is none."""
    require_pictures(current)
    why_not = _why_not(current)
    subject = current.subject
    index = None
    if not why_not:
        index = nearest(subject.graph.windowed, current.selected)
    if index is not None:
        mine = shared()
        mine.layer = replace(mine.layer, channel=min(mine.layer.channel, subject.rows[index].shape[2] - 1))
    view = _controls(current, index)
    if view == VIEWS[1]:
        with require_picture():
            _KERNELS("kernel_bench", packed_bench(subject, index))
        return
    if why_not:
        show_html(notice(why_not))
        return
    if index is not None:
        _explain_other(current, index)
        try:
            with st.spinner("Computing the layer…", show_time=False), require_picture():
                if view == VIEWS[2]:
                    _ACTIVATIONS("activation_bench", packed_activations(subject, index))
                else:
                    _VIEW(KEY, packed_window(current, index), ViewSends.first.to(_take_first))
        except InferenceError as error:
            refuse(error)


def _why_not(current: Current) -> str:
    """Return the sentence that says why no layer can be taken apart; empty if one can."""
    if current.impossible:
        return f"Nothing can be computed: the network cannot exist. {current.impossible}"
    if unusable := input_problem(*current.subject.input_shape):
        return unusable
    return "" if current.subject.graph.windowed else current.no_window


def _explain_other(current: Current, index: int) -> None:
    """Say it when the selected layer of a network has no window, so that another one is shown."""
    selected, rows = current.in_strip, current.subject.rows
    if selected is None or selected == index:
        return
    if selected < len(rows) and selected not in current.subject.graph.place(index).following:
        text = f"{rows[selected].name} has no window that slides; you see {rows[index].name}, the nearest one that has."
        show_html(quiet(text))


def _take_first(first: int) -> None:
    mine = shared()
    mine.layer = replace(mine.layer, first_input=first)


def _controls(current: Current, index: int | None) -> str:
    """Draw the choice of view, layer, output channel, picture and weights; return the view."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view: str = st.segmented_control(
            "Show", VIEWS, default=VIEWS[0], key="convolution_show", required=True, persist_state="session", width=340
        )
        if index is not None and view != VIEWS[1]:
            _choose_unit(current, index)
        known = plain(f"{current_picture().name}, {current.label}")
        with st.popover(known, icon=":material/image:", key="convolution_source"):
            picture_panel()
            weights_control(current.key, current.trained)
            current.range_control()
    return view


def _choose_unit(current: Current, index: int) -> None:
    """Draw the choice of layer and output channel."""
    rows, windowed = current.subject.rows, current.subject.graph.windowed
    channels = rows[index].shape[2]
    st.session_state["convolution_layer"] = index
    st.session_state["convolution_channel"] = shared().layer.channel
    st.selectbox(
        "Layer",
        windowed,
        key="convolution_layer",
        format_func=lambda i: f"{rows[i].name}, {describe_shape(rows[i].shape)}",
        on_change=lambda: current.select(chosen("convolution_layer", windowed, index), 0),
        width=240,
    )
    st.number_input(
        f"Output channel, 0 to {channels - 1}",
        0,
        channels - 1,
        key="convolution_channel",
        on_change=lambda: current.select(index, place(st.session_state["convolution_channel"], channels) or 0),
        width=170,
    )


def packed_bench(subject: Subject, index: int | None) -> bytes:
    """Return what the kernel bench receives: the picture in grey, and the kernel of the layer, if it has one."""
    own = []
    # The bench does without the network's kernel where the network cannot be computed.
    with suppress(InferenceError):
        if index is not None and convolves(subject.rows[index].class_name):
            window = _window(subject, index)
            own = layer_presets(subject.rows[index].name, shared().layer.channel, window.first, window.kernel)
    size = bench_size(*subject.input_shape[:2])
    return pack(*bench_facts(prepared_picture((*size, 1))[:, :, 0], own))


def packed_activations(subject: Subject, index: int) -> bytes:
    """Return what the activation bench receives of a layer's channel; raise `InferenceError`."""
    window = _window(subject, index)
    return pack(*activation_facts(subject.rows[index].name, shared().layer.channel, window.before))


def packed_window(current: Current, index: int) -> bytes:
    """Return what the view receives of a layer's channel, the same bytes every time; raise `InferenceError`."""
    subject = current.subject
    window = _window(subject, index)
    arrays = {
        "inputs": window.inputs,
        "kernel": window.kernel,
        "others": window.others,
        "before": window.before,
        "picture": prepared_picture(subject.input_shape),
    }
    facts = window_facts(
        subject.graph.place(index),
        shared().layer.channel,
        window.first,
        window.bias,
        arrays,
        window.after,
        current.in_strip,
        rescaled=subject.rescaling != (1 / 255, 0.0),
        norms=window.norms,
    )
    return pack(*facts)


def _window(subject: Subject, index: int) -> Window:
    place = subject.graph.place(index)
    if problem := too_much_to_send(place):
        raise InferenceError(problem)
    pixels = prepared_picture(subject.input_shape)
    mine = shared()
    return _computed(
        (subject.key, pixels_key(pixels)), index, mine.layer.channel, mine.layer.first_input, subject, pixels
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _computed(keys: Sequence[str], index: int, channel: int, first: int, _subject: Subject, _pixels: Pixels) -> Window:
    return services.inference().window(_subject, _pixels, index, channel, first)
