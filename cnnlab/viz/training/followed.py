"""Draw what a network says of the followed sequence over the epochs, and how well its best filter fits a motif."""

from collections.abc import Sequence

from cnnlab.viz.html import plotly_text
from cnnlab.viz.palette import RUN_COLORS
from cnnlab.viz.training.curves import Figure

MOST_CLASSES = 4


def followed_figure(
    epochs: Sequence[float], outputs: Sequence[Sequence[float]], names: Sequence[str], fit: Sequence[float] | None
) -> Figure:
    """Return the probability of each class over the epochs; x = 0 is the untrained network.

    `outputs` has one number a class for each of `epochs`; `fit` is the correlation of the best filter and its motif.
    """
    data = []
    for i, name in list(enumerate(names))[-MOST_CLASSES:]:
        line = {"color": RUN_COLORS[i % len(RUN_COLORS)], "width": 2.5 if i == len(names) - 1 else 1.2}
        data.append(_line(f"P({name})", epochs, [each[i] for each in outputs], line))
    if fit is not None:
        data.append(_line("match r of the best filter", epochs, fit, {"color": "#8a8a8a", "width": 2, "dash": "dot"}))
    layout = {
        "xaxis": {"title": {"text": "epoch"}, "range": [-0.1, max(epochs, default=0) + 0.3]},
        "yaxis": {"range": [0, 1.02]},
        "uirevision": f"keep {len(names)}",
        "showlegend": True,
        "height": 220,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
        "margin": {"l": 44, "r": 12, "t": 10, "b": 42},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": data, "layout": layout}


def _line(name: str, x: Sequence[float], y: Sequence[float], line: Figure) -> Figure:
    shown = plotly_text(name)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": shown,
        "x": list(x),
        "y": list(y),
        "line": line,
        "marker": {"size": 5},
        "hovertemplate": f"epoch %{{x:.2g}}: {shown} %{{y:.3f}}<extra></extra>",
    }
