"""Show a Plotly figure that is updated in place, with a sentence for those who cannot see it."""

import json

from cnnlab.ui.parts.components import component
from cnnlab.ui.session.addresses import address
from cnnlab.viz.html import tag
from cnnlab.viz.training.curves import Figure

_PLOT = component("plot", "run/plot.js", html=tag("div", class_="cnnlab-plot"), isolate=False)


def plot(key: str, figure: Figure, alt: str) -> None:
    """Draw a figure under a stable key; `alt` says in one sentence what it shows."""
    _PLOT(key, [{"script": address("plotly-basic.min.js"), "figure": json.dumps(figure), "alt": alt}])
