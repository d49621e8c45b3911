"""Draw the learning curves of a run: loss and accuracy, training and validation, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnlab.viz.palette import TRAINING, VALIDATION

MOST_BATCH_POINTS = 400
_LINES = (("training", TRAINING, "", "solid"), ("validation", VALIDATION, "val_", "dash"))


def learning_curves(events: Sequence[Mapping[str, Any]], epochs: int) -> go.Figure:
    """Return the curves from a run's events; the faint line is the mean of the epoch so far, batch by batch.

    x is in epochs: 1 is the end of the first. What a reader zoomed into stays while points are added.
    """
    figure = make_subplots(rows=1, cols=2, subplot_titles=("loss", "accuracy"), horizontal_spacing=0.09)
    batches = _thinned([e for e in events if e["type"] == "batch"])
    ended = [e for e in events if e["type"] == "epoch"]
    for column, metric in ((1, "loss"), (2, "accuracy")):
        figure.add_scatter(
            x=[e["epoch"] - 1 + e["batch"] / e["batches"] for e in batches],
            y=[e[metric] for e in batches],
            name="within the epoch",
            legendgroup="batch",
            mode="lines",
            line={"color": TRAINING, "width": 1},
            opacity=0.45,
            hoverinfo="skip",
            showlegend=column == 1,
            row=1,
            col=column,
        )
        for name, color, prefix, dash in _LINES:
            figure.add_scatter(
                x=[e["epoch"] for e in ended],
                y=[e[prefix + metric] for e in ended],
                name=name,
                legendgroup=name,
                mode="lines+markers",
                line={"color": color, "width": 2.5, "dash": dash},
                marker={"size": 7, "symbol": "circle" if prefix == "" else "diamond"},
                hovertemplate=f"epoch %{{x}}: {name} {metric} %{{y:.3f}}<extra></extra>",
                showlegend=column == 1,
                row=1,
                col=column,
            )
    figure.update_xaxes(title_text="epoch", range=[0, epochs + 0.3], rangemode="tozero")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(range=[0, 1.02], row=1, col=2)
    figure.update_layout(
        uirevision="keep",
        height=300,
        modebar={"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
        margin={"l": 48, "r": 12, "t": 34, "b": 42},
        legend={"orientation": "h", "x": 0, "y": 1.13, "yanchor": "bottom"},
    )
    return figure


def _thinned(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return at most `MOST_BATCH_POINTS` evenly spread points, the last one among them."""
    step = max(1, -(-len(points) // MOST_BATCH_POINTS))
    return list(points[::-1][::step][::-1])
