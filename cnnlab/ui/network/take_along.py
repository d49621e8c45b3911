"""Let a visitor take the network along as script, notebook or JSON, and bring one back."""

import json
from collections.abc import Callable

import streamlit as st

from cnnlab.core.classroom.handles import LAYERS, NETWORK
from cnnlab.core.exchange.keras_code import keras_script
from cnnlab.core.exchange.link import MOST_LAYERS
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.pictures import shown_name
from cnnlab.core.shapes import InvalidNetwork
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import Shared, shared
from cnnlab.ui.session.exercise import is_hidden, withheld
from cnnlab.viz.network.notebook import note, notebook

MOST_BYTES = 1 << 20


def take_along() -> None:
    """Draw the downloads, made when pressed from the network as it is then, and the upload."""
    mine = shared()
    with st.container(horizontal=True, vertical_alignment="center", key="take_along"):
        if not withheld():
            _with_numbers(mine)
        st.download_button("JSON", _now(mine, _as_json), "network.json", "application/json", on_click="ignore")
        if not is_hidden(NETWORK, LAYERS):
            with st.popover("Open a JSON"):
                st.file_uploader("A network as JSON", type=["json"], key="network_file", on_change=_take_file)
    if refused := st.session_state.get("network_refused"):
        refuse(refused)


def _with_numbers(mine: Shared) -> None:
    """Draw the downloads that say what Keras computes, too."""
    st.download_button("Keras script", _now(mine, keras_script), "network.py", "text/x-python", on_click="ignore")
    written = _now(mine, lambda network: notebook(network, augmentation=mine.augment.augmentation), note)
    st.download_button("Notebook", written, "network.ipynb", "application/x-ipynb+json", on_click="ignore")


def _now(
    mine: Shared, write: Callable[[Network], str], say: Callable[[str], str] = "# {}\n".format
) -> Callable[[], str]:
    """Return what writes the visitor's network, or `say`s why it cannot; it is called outside of any session."""

    def written() -> str:
        try:
            return write(mine.network)
        except InvalidNetwork as problem:
            return say(f"This network cannot exist. {problem}")

    return written


def _as_json(network: Network) -> str:
    return json.dumps(network.to_dict(), indent=1) + "\n"


def _take_file() -> None:
    uploaded = st.session_state.get("network_file")
    st.session_state["network_refused"] = ""
    if uploaded is None:
        return
    try:
        if uploaded.size > MOST_BYTES:
            raise NetworkFormatError(f"A network as JSON is at most {MOST_BYTES >> 20} MiB large.")
        network = Network.from_json(uploaded.getvalue(), shown_name(uploaded.name))
        if len(network.layers) > MOST_LAYERS:
            raise NetworkFormatError(
                f"{shown_name(uploaded.name)} has {len(network.layers):,} layers; {MOST_LAYERS} can be shown."
            )
        shared().change_network(network)
    except NetworkFormatError as error:
        st.session_state["network_refused"] = str(error)
