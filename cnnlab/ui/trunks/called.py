"""Ask the trunk that ships what it would call the current picture."""

import streamlit as st

from cnnlab.core.data.held import Measure
from cnnlab.core.pictures import Pixels
from cnnlab.core.trunks.naming import SAID, Named, names_of
from cnnlab.core.trunks.rows import shipped
from cnnlab.core.words import Refusal
from cnnlab.core.words.numbers import probability
from cnnlab.processes.trunks import Borrowed
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.pages import link
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import current_picture
from cnnlab.ui.session.services import inference, settings
from cnnlab.viz.html import bold, line, number_cell, quiet, table, tag

SIZE = 224
SHOWN = "trunk_called"


def what_it_calls() -> None:
    """Draw the answer for the current picture, once somebody asks."""
    st.toggle(
        "What would it call my picture?",
        key=SHOWN,
        help="The trunk's own last layer, which a head of yours replaces, names one of ImageNet's 1,000 classes.",
    )
    if st.session_state.get(SHOWN):
        try:
            with st.spinner("Asking the trunk …"):
                _answer()
        except Refusal as error:
            refuse(error)


def _answer() -> None:
    held = current_picture()
    named = _named(held.prepared(Measure(SIZE, SIZE)))
    lines = (line(each.name, number_cell(probability(each.probability))) for each in named)
    said = f"The likeliest names of ImageNet for {held.name}, at {SIZE} × {SIZE} pixels"
    show_html(
        quiet(bold(held.name), ":"),
        tag("div", table(said, ("class", "probability"), lines), class_="sideways"),
        quiet(SAID),
    )
    link("feature_maps", "Choose or bring another picture")


@st.cache_data(max_entries=256, show_spinner=False)
def _named(pixels: Pixels) -> tuple[Named, ...]:
    """Return the names for one picture; remembered, because a page is drawn often."""
    look = inference().look(Borrowed(shipped(SIZE), settings().home), pixels)
    return names_of(look.outputs[-1])
