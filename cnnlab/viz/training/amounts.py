"""Draw accuracy against the number of training pictures, on a log axis."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.viz.html import plotly_text
from cnnlab.viz.palette import RUN_COLORS

Figure = dict[str, Any]
_SYMBOLS, _DASHES = ("circle", "diamond"), ("solid", "dash")


def amount_curves(kinds: Sequence[tuple[str, Mapping[int, Sequence[float]]]], chance: float) -> Figure:
    """Return one line a kind through the means, with every training as a mark and the spread of the seeds as a bar.

    Each kind has its accuracies by the number of pictures; `chance` is what a guess reaches.
    """
    data = [part for i, (name, sizes) in enumerate(kinds) for part in _kind(i, plotly_text(name), sizes)]
    ticks = sorted({n for _, sizes in kinds for n in sizes})
    grey = {"color": "#8a8a8a", "width": 1, "dash": "dot"}
    across = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": chance, "y1": chance, "line": grey}
    return {
        "data": data,
        "layout": {
            "xaxis": {"type": "log", "title": {"text": "training pictures"}, "tickvals": ticks, "ticktext": ticks},
            "yaxis": {"title": {"text": "validation accuracy"}, "range": [min(0.4, chance - 0.1), 1.02]},
            "shapes": [across],
            "uirevision": "amounts",
            "showlegend": True,
            "height": 320,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
            "margin": {"l": 56, "r": 12, "t": 10, "b": 46},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    }


def _kind(i: int, name: str, sizes: Mapping[int, Sequence[float]]) -> tuple[Figure, Figure]:
    """Return the line of one kind with its bars, and a mark for every training."""
    color, symbol, dash = RUN_COLORS[i], _SYMBOLS[i % 2], _DASHES[i % 2]
    means = {n: sum(each) / len(each) for n, each in sizes.items()}
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [max(each) - means[n] for n, each in sizes.items()],
        "arrayminus": [means[n] - min(each) for n, each in sizes.items()],
        "color": color,
    }
    line = {
        "x": list(means),
        "y": list(means.values()),
        "name": name,
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.5, "dash": dash},
        "marker": {"size": 8, "symbol": symbol},
        "error_y": bars,
        "hovertemplate": f"{name}, %{{x}} pictures: mean %{{y:.3f}}<extra></extra>",
    }
    every = [(n, value) for n, each in sizes.items() for value in each]
    marks = {
        "x": [n for n, _ in every],
        "y": [value for _, value in every],
        "mode": "markers",
        "marker": {"size": 5, "symbol": symbol, "color": color},
        "opacity": 0.5,
        "showlegend": False,
        "hoverinfo": "skip",
    }
    return {"type": "scatter"} | line, {"type": "scatter"} | marks
