"""Show a Plotly figure that is updated in place, with a sentence for those who cannot see it."""

import json

import streamlit as st

from cnnlab.ui.parts.frame import source
from cnnlab.viz.training.curves import Figure

_PLOT = st.components.v2.component(
    "plot",
    html='<div class="cnnlab-plot"></div>',
    js=source("run/plot.js"),
    isolate_styles=False,
)


def plot(key: str, figure: Figure, alt: str) -> None:
    """Draw a figure under a stable key; `alt` says in one sentence what it shows."""
    _PLOT(key=key, data=[{"figure": json.dumps(figure), "alt": alt}])
