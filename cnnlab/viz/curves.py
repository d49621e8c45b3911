"""Draw the learning curves of a run: loss and accuracy, training and validation, side by side.

Figures are Plotly figures as plain dictionaries: building them through `plotly.graph_objects` takes thirty times as
long, and thirty students who watch a training ask for one each second.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.viz.palette import TRAINING, VALIDATION

Figure = dict[str, Any]

MOST_BATCH_POINTS = 400
_METRICS = (("loss", "x", "y"), ("accuracy", "x2", "y2"))
_LINES = (("training", TRAINING, "", "solid", "circle"), ("validation", VALIDATION, "val_", "dash", "diamond"))


def learning_curves(events: Sequence[Mapping[str, Any]], epochs: int) -> Figure:
    """Return the curves from a run's events; the faint line is the mean of the epoch so far, batch by batch.

    x is in epochs: 1 is the end of the first. What a reader zoomed into stays while points are added.
    """
    batches = _thinned([e for e in events if e["type"] == "batch"])
    ended = [e for e in events if e["type"] == "epoch"]
    data = []
    for metric, xaxis, yaxis in _METRICS:
        place = {"type": "scatter", "xaxis": xaxis, "yaxis": yaxis, "showlegend": metric == "loss"}
        data.append(place | _within_epochs(batches, metric))
        data += [place | _line(ended, metric, *line) for line in _LINES]
    return {"data": data, "layout": _layout(epochs)}


def _within_epochs(batches: Sequence[Mapping[str, Any]], metric: str) -> Figure:
    return {
        "x": [e["epoch"] - 1 + e["batch"] / e["batches"] for e in batches],
        "y": [e[metric] for e in batches],
        "name": "within the epoch",
        "legendgroup": "batch",
        "mode": "lines",
        "line": {"color": TRAINING, "width": 1},
        "opacity": 0.45,
        "hoverinfo": "skip",
    }


def _line(
    ended: Sequence[Mapping[str, Any]], metric: str, name: str, color: str, prefix: str, dash: str, symbol: str
) -> Figure:
    return {
        "x": [e["epoch"] for e in ended],
        "y": [e[prefix + metric] for e in ended],
        "name": name,
        "legendgroup": name,
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.5, "dash": dash},
        "marker": {"size": 7, "symbol": symbol},
        "hovertemplate": f"epoch %{{x}}: {name} {metric} %{{y:.3f}}<extra></extra>",
    }


def _layout(epochs: int) -> Figure:
    def title(text: str, x: float) -> Figure:
        place = {"x": x, "y": 1.0, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
        return place | {"text": text, "showarrow": False, "font": {"size": 16}}

    epoch_axis = {"title": {"text": "epoch"}, "range": [0, epochs + 0.3]}
    return {
        "xaxis": epoch_axis | {"domain": [0, 0.455], "anchor": "y"},
        "xaxis2": epoch_axis | {"domain": [0.545, 1], "anchor": "y2"},
        "yaxis": {"rangemode": "tozero", "anchor": "x"},
        "yaxis2": {"range": [0, 1.02], "anchor": "x2"},
        "annotations": [title("loss", 0.2275), title("accuracy", 0.7725)],
        "uirevision": "keep",
        "height": 300,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
        "margin": {"l": 48, "r": 12, "t": 34, "b": 42},
        "legend": {"orientation": "h", "x": 0, "y": 1.13, "yanchor": "bottom"},
    }


def _thinned(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return at most `MOST_BATCH_POINTS` evenly spread points, the last one among them."""
    step = max(1, -(-len(points) // MOST_BATCH_POINTS))
    return list(points[::-1][::step][::-1])
