"""Draw a choice whose labels follow the picture and the network."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from cnnlab.ui.session.sent import chosen

T = TypeVar("T")


def choice_of(label: str, labels: Mapping[T, str], key: str, first: T, *, collapsed: bool = False) -> T:
    """Draw the choice among the keys of `labels`, and return what is chosen, `first` unless it is among them.

    A browser keeps showing, and sends, the label that was chosen until it is told of another one; then the old label
    would name nothing. So a choice is told anew whenever its labels are others.
    """
    drawn, now = f"{key}_labels", tuple(labels.values())
    if st.session_state.get(key) not in list(labels) or st.session_state.get(drawn) != now:
        st.session_state[key] = chosen(key, labels, first)
        st.session_state[drawn] = now
    st.selectbox(
        label,
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        persist_state="session",
        width=230 if collapsed else 260,
        label_visibility="collapsed" if collapsed else "visible",
    )
    return chosen(key, labels, first)
