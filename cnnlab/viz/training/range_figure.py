"""Draw a learning-rate range test: the loss of every batch against its learning rate."""

import math
from collections.abc import Sequence

from cnnlab.core.training.range_test import HIGHEST, LOWEST, Advice, smoothed
from cnnlab.viz.palette import TRAINING, VALIDATION
from cnnlab.viz.training.curves import Figure


def rate_figure(rates: Sequence[float], losses: Sequence[float | None], advice: Advice) -> Figure:
    """Return loss against rate, both as measured and smoothed, with the turning point and the advised rate marked."""
    known = [loss for loss in losses if loss is not None]
    averages = smoothed(known)
    top = 1.35 * max(averages[:50], default=1.0)
    line = {"type": "scatter", "mode": "lines", "x": list(rates)}
    each = {"y": list(losses), "name": "each batch", "line": {"color": TRAINING, "width": 1}, "opacity": 0.45}
    mean = {"y": averages, "name": "smoothed", "line": {"color": TRAINING, "width": 2.5}}
    hover = {"hovertemplate": "rate %{x:.2g}: smoothed loss %{y:.3f}<extra></extra>"}
    data: list[Figure] = [line | each | {"hoverinfo": "skip"}, line | mean | hover]
    shapes, marks = [], []
    if advice.turn is not None:
        turn = {"x": [rates[advice.turn]], "y": [averages[advice.turn]], "showlegend": False}
        dot = {"type": "scatter", "mode": "markers", "marker": {"size": 10, "color": TRAINING}, "hoverinfo": "skip"}
        data.append(dot | turn)
    if advice.rate is not None:
        place = {"x0": advice.rate, "x1": advice.rate, "y0": 0, "y1": 1, "yref": "y domain"}
        shapes.append(place | {"type": "line", "line": {"color": VALIDATION, "width": 2, "dash": "dash"}})
        # On a log axis Plotly takes the exponent for an annotation, and the value for a shape.
        text = {"text": f"advised {advice.rate:g}", "showarrow": False, "xanchor": "right", "yanchor": "top"}
        marks.append(text | {"x": _exponent(advice.rate), "y": 1, "yref": "y domain", "font": {"size": 13}})
    return {
        "data": data,
        "layout": {
            "xaxis": {
                "type": "log",
                "range": [_exponent(LOWEST), _exponent(HIGHEST)],
                "title": {"text": "learning rate"},
                "dtick": 1,
                "exponentformat": "power",
            },
            "yaxis": {"range": [0, top], "title": {"text": "loss"}},
            "shapes": shapes,
            "annotations": marks,
            "uirevision": "range test",
            "showlegend": True,
            "height": 300,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
            "margin": {"l": 48, "r": 12, "t": 10, "b": 42},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    }


def _exponent(value: float) -> float:
    return math.log10(value)
