"""Show a Plotly figure that is updated in place, with a sentence for those who cannot see it."""

import plotly.graph_objects as go
import streamlit as st

from cnnlab.ui.frame import source

_PLOT = st.components.v2.component(
    "plot",
    html='<div class="cnnlab-plot"></div>',
    js=source("plot.js"),
    isolate_styles=False,
)


def plot(key: str, figure: go.Figure, alt: str) -> None:
    """Draw a figure under a stable key; `alt` says in one sentence what it shows."""
    _PLOT(key=key, data={"figure": figure.to_json(), "alt": alt})
