"""Remember which weights a visitor wished to look with, and beside which network of their own."""

import streamlit as st

from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import WEIGHTS_SOURCE


def look_with(key: str) -> None:
    """Wish to look with these weights."""
    WEIGHTS_SOURCE.set(key)
    remember_wish()


def remember_wish() -> None:
    """Take what is chosen as a wish, made beside the own network as it is now."""
    st.session_state["weights_wished"] = True
    st.session_state["weights_beside"] = shared().network


def nothing_wished() -> bool:
    """Tell whether the visitor has not chosen any weights yet."""
    # What stands under the key without a wish was only drawn.
    return not st.session_state.setdefault("weights_wished", WEIGHTS_SOURCE.name in st.session_state)


def holds() -> bool:
    """Tell whether the own network is still the one beside which the wish was made."""
    return bool(st.session_state.get("weights_beside", shared().network) == shared().network)
