"""Say in one line at the strip which network is shown, and switch between it and the visitor's own."""

import streamlit as st

from cnnlab.core.teach.brief import describe_shape
from cnnlab.runs.store.trained import Trained
from cnnlab.ui.inside.current import Current
from cnnlab.ui.inside.models import ReadOnly
from cnnlab.ui.inside.weights import RANDOM, Choice
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.viz.html import Html, tag, together

OWN = "Show mine with random weights"


def shown_line(current: Current) -> None:
    """Draw the line; nothing in it changes the visitor's network but the button that says so."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="shown_network"):
        if isinstance(current, ReadOnly):
            _line("Shown: ", tag("b", current.label), ", read-only; the strip above is still your own network.")
            _switch(OWN, RANDOM)
        elif current.other is not None:
            _line("Shown: ", tag("b", "your network"), ", with random weights. ", _belongs(current.other))
            _switch("Show the trained network", current.other.key)
        elif current.trained is None:
            _line("Shown: ", tag("b", "your network"), ", with random weights.")
        elif current.trained.network == shared().network:
            _line("Shown: ", tag("b", "your network"), f", {_origin(current.trained)}.")
        else:
            _another(current, current.trained)


def _another(current: Choice, trained: Trained) -> None:
    mine = shared()
    _line(
        "Shown: ",
        tag("b", "another network"),
        f", {_origin(trained)}; it takes ",
        tag("b", describe_shape(trained.network.input_shape)),
        ". Yours takes ",
        tag("b", describe_shape(mine.network.input_shape)),
        "." if current.like_mine else " and has other layers.",
    )
    _switch(OWN, RANDOM)
    st.button(
        "Make it my network",
        type="tertiary",
        on_click=lambda: mine.change_network(trained.network),
        help="It takes the place of your network; Undo on the architecture page brings yours back.",
    )
    model = mine.models.get(trained.key)
    if model is not None and model.said:
        _line(" ".join(model.said))


def _belongs(trained: Trained) -> Html:
    takes = describe_shape(trained.network.input_shape)
    return together("The weights ", tag("i", _origin(trained)), f" belong to another network, which takes {takes}.")


def _origin(trained: Trained) -> str:
    """Return where weights come from."""
    model = shared().models.get(trained.key)
    if model is None:
        return trained.label if trained.label.startswith("trained") else f"from {trained.label}"
    if model.rescales:
        return f"{trained.label}; it rescales its pixels itself, so they reach it from 0 to 255"
    return f"{trained.label}; pixels reach it divided by 255, and the file does not say whether it was trained so"


def _line(*parts: object) -> None:
    show_html(tag("p", *parts, class_="quiet", role="status"), width="content")


def _switch(label: str, key: str) -> None:
    st.button(label, type="tertiary", on_click=lambda: look_with(key))
