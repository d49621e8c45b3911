"""Let Keras itself summarise the current network, beside our own table."""

import streamlit as st

from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.processes.inference import InferenceError
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared, traced
from cnnlab.ui.session.exercise import withheld
from cnnlab.ui.session.services import inference
from cnnlab.viz.html import quiet

SECONDS = 1.0  # between two looks at whether the network has changed


def keras_summary() -> None:
    """Offer `model.summary()`; while it is shown it follows the network, asked for apart from moving controls."""
    shown = st.toggle("Keras' own summary", key="keras_summary", help="Let Keras build this network and describe it.")
    if shown and withheld():
        show_html(quiet("It would tell what a question of the exercise asks for; it comes back with your answer."))
    elif shown:
        _summary()


@st.fragment(run_every=SECONDS)
def _summary() -> None:
    network = shared().network
    problem = traced(network)[1]
    if problem is not None:
        show_html(quiet(f"Keras cannot build this network either: {problem.layer_name} has no output."))
        return
    try:
        text, differ = asked(network)
    except InferenceError as error:
        refuse(error)
        return
    if differ:
        refuse("Keras and the table above differ; please report it. " + " ".join(differ))
    else:
        built = f"Keras has just built it: all {len(network.layers)} names, output shapes and parameter counts"
        show_html(quiet(f"{built} equal the table above."))
    st.code(text, language=None)


@st.cache_data(max_entries=64, show_spinner="Keras builds the network …", hash_funcs={Network: encode})
def asked(network: Network) -> tuple[str, list[str]]:
    """Return what Keras says of a network; remembered, because a class asks for the same ones."""
    return inference().summary(network)
