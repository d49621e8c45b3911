"""Set the rate of the network's Dropout layers where a training is launched; the network stays the one source."""

import streamlit as st

from cnnlab.core.classroom.handles import LAYERS, NETWORK
from cnnlab.core.network import Network
from cnnlab.core.network.edit import NEW, dropout_rates, with_dropout
from cnnlab.core.shapes import layer_names
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_hidden
from cnnlab.ui.session.sent import number
from cnnlab.viz.html import quiet

KEY = "dropout_rate"
RATE_HELP = (
    "The share of values that Dropout sets to 0 in training, drawn anew in every batch, so that no unit relies on "
    "another. It is a setting of the network: every page follows."
)


def dropout_setting() -> None:
    """Draw the rate of the current network's Dropout layers, or the offer to add one."""
    mine = shared()
    rates = dropout_rates(mine.network)
    if _is_hidden(mine.network):
        return
    if not rates:
        new = NEW["Dropout"].config["rate"]
        show_html(quiet("Dropout: the network has no Dropout layer."))
        st.button(
            "Add one before its last Dense layer",
            key="add_dropout",
            width="stretch",
            help=f"Dropout with rate {new:g}, as on the architecture page; it can be undone there.",
            on_click=lambda: mine.change_network(with_dropout(mine.network, new)),
        )
        return
    st.session_state[KEY] = rates[0]
    st.number_input(
        "Dropout rate",
        0.0,
        1.0,
        step=0.1,
        key=KEY,
        help=RATE_HELP,
        on_change=lambda: mine.change_network(
            with_dropout(mine.network, number(st.session_state[KEY], 0, 1, rates[0]))
        ),
    )
    if len(set(rates)) > 1:
        named = zip(layer_names(mine.network), mine.network.layers, strict=True)
        dropping = [name for name, layer in named if layer.class_name == "Dropout"]
        shown = ", ".join(f"{name} {value:g}" for name, value in zip(dropping, rates, strict=True))
        show_html(quiet(f"They differ now ({shown}); a change here sets them all."))


def _is_hidden(network: Network) -> bool:
    """Tell whether an exercise hides what this sets: the rate of each Dropout layer, or that there is one."""
    places = [place for place, layer in enumerate(network.layers) if layer.class_name == "Dropout"]
    handles = [f"layer{place}.rate" for place in places] or [LAYERS]
    return any(is_hidden(NETWORK, handle) for handle in handles)
