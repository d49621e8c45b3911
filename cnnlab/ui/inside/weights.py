"""Draw the feature-map page: choose weights and scale, then every layer's maps of the current picture."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape

import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.shapes import check
from cnnlab.core.teach.brief import describe_shape
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted, Weights
from cnnlab.runs.store import trained
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.trained import Trained
from cnnlab.ui.inside.maps_page import LARGEST_SEED, Epochs, inspect, random_seed
from cnnlab.ui.inside.meaning import Meaning
from cnnlab.ui.inside.models import bring_model, plain_models, read_only_models
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.session import shared
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import store
from cnnlab.viz.html import notice

RANDOM = "random"
RUNS_OFFERED = 50
AT_THE_END = 0  # instead of an epoch


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
    first = "demo" if "weights_source" not in st.session_state and not mine.edited else None
    wished = chosen("weights_source", sources, first)
    if wished is None:
        return Choice(mine.network, RandomWeights(random_seed()), None)
    source = sources[wished]
    source = source.at_epoch(chosen(_epoch_key(wished), source.epochs, AT_THE_END))
    mismatch = source.network != mine.network
    network = mine.network if mismatch and mine.edited else source.network
    return Choice(network, FileWeights(source.path, source.rescale), source, offered=mismatch and mine.edited)


def map_controls(choice: Choice) -> None:
    """Draw the choice of weights, and the way to bring a model."""
    weights_control(choice, read_only_models())
    bring_model()


def weights_control(choice: Choice, also: Mapping[str, str] | None = None) -> None:
    """Draw the choice of weights; `also` holds the labels of what else can be chosen, by key."""
    labels = {RANDOM: "random (nothing learned)"}
    labels |= {key: source.label for key, source in _sources().items()} | dict(also or {})
    shown = choice.trained.key if choice.trained else RANDOM
    if st.session_state.get("weights_source") in (also or {}):
        shown = st.session_state["weights_source"]
    st.session_state["weights_source"] = shown
    with faults_said():
        store().runs(1)
    st.selectbox("Weights", list(labels), key="weights_source", format_func=labels.__getitem__, persist_state="session")
    if shown == RANDOM:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("Seed", 0, LARGEST_SEED, 0, key="random_seed", persist_state="session")
            st.button("Roll again", on_click=_roll, help="Draw other random weights: the seed goes up by one.")

    elif choice.trained is not None and choice.trained.epochs:
        _epoch_control(choice.trained)


def _epoch_control(source: Trained) -> None:
    """Let the visitor go back to the weights after an epoch of the run."""
    offered, key = (*source.epochs, AT_THE_END), _epoch_key(source.key)
    if st.session_state.get(key) not in offered:
        st.session_state[key] = AT_THE_END
    st.select_slider(
        "Weights after epoch",
        offered,
        key=key,
        format_func=lambda epoch: "the end" if epoch == AT_THE_END else str(epoch),
        persist_state="session",
        help="As they were after this epoch of the training.",
    )


def _epoch_key(source: str) -> str:
    return f"weights_epoch_{source}"


def _roll() -> None:
    st.session_state["random_seed"] = (random_seed() + 1) % (LARGEST_SEED + 1)


def _sources() -> dict[str, Trained]:
    ended: list[Trained | None] = []
    # The page goes on with other weights; `weights_control` says what is wrong.
    with suppress(StoreFault):
        ended = [_of_run(run.id, run.finished) for run in store().runs(RUNS_OFFERED) if run.is_terminal]
    found = [trained.demo(), *filter(None, ended), *plain_models()]
    return {t.key: t for t in found}


@st.cache_resource(max_entries=4 * RUNS_OFFERED, show_spinner=False)
def _of_run(run_id: str, finished: float | None) -> Trained | None:
    """Return the weights of a run; until it is trained longer they change no more, so its events are read once."""
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
        which = f"network in <b>{escape(chosen.label)}</b>" if chosen.key in mine.models else "<b>trained network</b>"
        text = (
            f"You are looking at the {which}, which takes <b>{theirs}</b>. Yours takes <b>{own}</b> and has no trained "
            "weights yet."
        )
    if chosen.key in mine.models:
        text += " Pixels reach it divided by 255; the file does not say whether it was trained so."
    with st.container(horizontal=True, vertical_alignment="center", key="network_notice"):
        st.html(f'<div class="notice" role="status">{text}</div>')
        label = "Show the trained network" if choice.offered else "Make it my network"
        st.button(label, type="primary", on_click=lambda: mine.change_network(chosen.network))
        st.button("Show mine with random weights", on_click=_choose_random)


def _choose_random() -> None:
    st.session_state["weights_source"] = RANDOM


def show_maps(choice: Choice, pixels: Pixels) -> None:
    """Draw the output and all layers, or the one sentence why there are none."""
    network_notice(choice)
    if choice.offered:
        return
    problem = check(choice.network)
    if problem is not None:
        st.html(notice(f"There are no maps: the network cannot exist. {problem}"))
        return
    trained = choice.trained
    meaning = Meaning(trained.classes, trained.data_name) if trained else None
    # A map can be sent on only if its layer means the same in the visitor's own network.
    same = choice.network.layers == shared().network.layers
    can_send = range(len(choice.network.layers)) if same else ()
    large = shared().selected_layer if same else None
    inspect(Weighted(choice.network, choice.weights), pixels, meaning, can_send, large, _epochs(choice))


def _epochs(choice: Choice) -> Epochs:
    """Return the same run after its other epochs."""
    if choice.trained is None or not choice.trained.epochs:
        return Epochs()
    run = _sources()[choice.trained.key]
    titles = {run.at_epoch(epoch).path: f"after epoch {epoch}" for epoch in run.epochs} | {run.path: "at the end"}
    others = {title: path for path, title in titles.items() if path != choice.trained.path}
    of = {title: Weighted(choice.network, FileWeights(path, run.rescale)) for title, path in others.items()}
    return Epochs(titles[choice.trained.path], of)
