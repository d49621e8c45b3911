"""Draw the feature-map page: choose weights and scale, then every layer's maps of the current picture."""

from dataclasses import dataclass

import streamlit as st

from cnnlab.core.explain import describe_shape
from cnnlab.core.network import Network
from cnnlab.core.pictures import Picture, prepare
from cnnlab.core.shapes import check
from cnnlab.runs import trained
from cnnlab.runs.inference import FileWeights, InferenceError, RandomWeights, Weights
from cnnlab.runs.trained import Trained
from cnnlab.ui.maps import SCOPES, LayerMaps, Seen, see
from cnnlab.ui.services import store
from cnnlab.ui.state import shared
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS, css_gradient

RANDOM = "random"
RUNS_OFFERED = 50
SCOPE_HELP = (
    "What one colour means: the same value in every map of the layer, in the whole network, or in each map by itself."
)


@dataclass(frozen=True)
class Choice:
    """Hold what is to be shown: a network with its weights, and where they come from.

    `offered` is set instead of the rest being shown when the weights belong to another network than the current one.
    """

    network: Network
    weights: Weights
    trained: Trained | None
    offered: bool = False


def resolve_choice() -> Choice:
    """Return what the visitor asked to see; before any wish a newcomer meets the shipped trained network.

    Whoever has built a network of their own sees that one; trained weights of another are offered, not put in.
    """
    mine = shared()
    sources = _sources()
    wished = st.session_state.get("weights_source", RANDOM if mine.edited else "demo")
    if wished not in sources:
        return Choice(mine.network, RandomWeights(int(st.session_state.get("random_seed", 0))), None)
    chosen = sources[wished]
    mismatch = chosen.network != mine.network
    network = mine.network if mismatch and mine.edited else chosen.network
    return Choice(network, FileWeights(chosen.path), chosen, offered=mismatch and mine.edited)


def map_controls(choice: Choice) -> None:
    """Draw the choice of weights and of the scale."""
    weights_control(choice)
    st.segmented_control(
        "Scale", SCOPES, default="layer", key="map_scope", help=SCOPE_HELP, required=True, persist_state="session"
    )


def weights_control(choice: Choice) -> None:
    """Draw the choice of weights."""
    sources = _sources()
    shown = choice.trained.key if choice.trained else RANDOM
    st.session_state["weights_source"] = shown
    st.selectbox(
        "Weights",
        [RANDOM, *sources],
        key="weights_source",
        format_func=lambda key: "random (nothing learned)" if key == RANDOM else sources[key].label,
        persist_state="session",
    )
    if shown == RANDOM:
        st.number_input("Seed of the random weights", 0, 9999, 0, key="random_seed", persist_state="session")


def _sources() -> dict[str, Trained]:
    ended = (run.id for run in store().runs(RUNS_OFFERED) if run.is_terminal)
    found = [trained.demo(), *filter(None, map(_of_run, ended))]
    return {t.key: t for t in found}


@st.cache_resource(max_entries=4 * RUNS_OFFERED, show_spinner=False)
def _of_run(run_id: str) -> Trained | None:
    """Return the weights of a run that has ended; they change no more, so its events are read once."""
    return trained.of_run(store(), store().get(run_id))


def network_notice(choice: Choice) -> None:
    """Say it when the network shown, or the one the weights belong to, is not the visitor's current one."""
    mine = shared()
    chosen = choice.trained
    if chosen is None or chosen.network == mine.network:
        return
    theirs, own = (describe_shape(n.input_shape) for n in (chosen.network, mine.network))
    same = chosen.network.layers == mine.network.layers
    if choice.offered:
        text = f"These weights belong to another network: it takes <b>{theirs}</b>, and yours takes <b>{own}</b>"
        text += "." if same else ", with other layers."
    else:
        text = (
            f"You are looking at the <b>trained network</b>, which takes <b>{theirs}</b>. Your current network takes "
            f"<b>{own}</b> and has no trained weights yet."
        )
    st.html(f'<div class="notice" role="status">{text}</div>')
    with st.container(horizontal=True):
        label = "Show the trained network" if choice.offered else "Make it my network"
        st.button(label, type="primary", on_click=lambda: mine.change_network(chosen.network))
        st.button("Show mine with random weights", on_click=_choose_random)


def _choose_random() -> None:
    st.session_state["weights_source"] = RANDOM


def show_maps(choice: Choice, picture: Picture) -> None:
    """Draw the output and all sheets, or the one sentence why there are none."""
    network_notice(choice)
    if choice.offered:
        return
    problem = check(choice.network)
    if problem is not None:
        st.html(f'<div class="notice" role="status">There are no maps: the network cannot exist. {problem}</div>')
        return
    height, width, channels = choice.network.input_shape
    pixels = prepare(picture.pixels, height, width, channels)
    try:
        with st.spinner("Looking at your picture…", show_time=False):
            scope, selected = st.session_state["map_scope"], shared().selected_layer
            seen = see(choice.network, choice.weights, pixels, picture.sha256, scope, selected)
    except InferenceError as error:
        st.error(str(error))
        return
    _output(seen, choice)
    for layer in seen.layers:
        _layer(layer)


def _output(seen: Seen, choice: Choice) -> None:
    if choice.trained is None:
        st.html(
            '<div class="notice" role="status"><b>Random weights.</b> Nothing has been learned: these maps show what '
            "the layers do to a picture before any training, and the output means nothing.</div>"
        )
        return
    classes = choice.trained.classes
    if len(seen.output) == 1 and len(classes) == 2:
        said = f"P({classes[1]}) = {seen.output[0]:.2f}, because class 1 is {classes[1]}."
    elif len(seen.output) == len(classes):
        said = ", ".join(f"P({c}) = {p:.2f}" for c, p in zip(classes, seen.output, strict=True)) + "."
    else:
        said = f"The output is {describe_shape((len(seen.output),))} numbers."
    warning = (
        " It was trained on drawn silhouettes and knows nothing about photographs."
        if choice.trained.data_name == "silhouettes"
        else ""
    )
    st.html(f'<div class="notice" style="--notice:#0b6e99"><b>{said}</b>{warning}</div>')


def _layer(layer: LayerMaps) -> None:
    facts = layer.statistics
    color = KIND_COLORS[KIND_OF_CLASS[layer.class_name]]
    legend = (
        "each map has its own scale"
        if layer.limit is None
        else f'{-layer.limit:.2g} <i style="background:{css_gradient()}"></i> {layer.limit:.2g}'
    )
    with st.container(key=f"maps_layer{layer.index}"):
        st.html(
            f'<div class="layer-line"><b style="--kind:{color}">{layer.name}</b><span>{describe_shape(layer.shape)}'
            f"</span><span>{facts.minimum:.2f} to {facts.maximum:.2f}, {facts.zero_fraction:.0%} zeros</span>"
            f'<span class="legend">{legend}</span></div>'
        )
        st.image(
            layer.sheet,
            width="stretch",
            alt=(
                f"The {layer.shape[2]} maps of {layer.name}, {layer.shape[0]} by {layer.shape[1]} each; values from "
                f"{facts.minimum:.2f} to {facts.maximum:.2f}, blue above zero, brown below, white at zero."
            ),
        )
