"""Draw two trainings on the same axes: with augmentation and without."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.viz.curves import Figure
from cnnlab.viz.palette import TRAINING, VALIDATION

NAMES = (("augmented", TRAINING), ("not augmented", VALIDATION))
METRICS = (("accuracy", "", ""), ("loss", "2", "2"))


def compared_curves(ended: Sequence[Sequence[Mapping[str, Any]]], epochs: int) -> Figure:
    """Return accuracy and loss of both runs, validation solid and training dotted, one point an epoch."""
    data = []
    for metric, x, y in METRICS:
        for events, (name, color) in zip(ended, NAMES, strict=True):
            for prefix, dash, said in (("val_", "solid", "validation"), ("", "dot", "training")):
                data.append(
                    {
                        "type": "scatter",
                        "mode": "lines+markers",
                        "x": [event["epoch"] for event in events],
                        "y": [event[prefix + metric] for event in events],
                        "name": f"{name}, {said}",
                        "showlegend": metric == "accuracy",
                        "legendgroup": f"{name}{said}",
                        "line": {"color": color, "width": 2.5 if prefix else 1.5, "dash": dash},
                        "marker": {"size": 6 if prefix else 4},
                        "xaxis": f"x{x}",
                        "yaxis": f"y{y}",
                        "hovertemplate": f"epoch %{{x}}: {name}, {said} {metric} %{{y:.3f}}<extra></extra>",
                    }
                )
    axis = {"title": {"text": "epoch"}, "range": [0.7, epochs + 0.3]}
    layout: Figure = {
        "height": 330,
        "margin": {"l": 48, "r": 12, "t": 60, "b": 42},
        "xaxis": axis | {"domain": [0, 0.46], "anchor": "y"},
        "xaxis2": axis | {"domain": [0.54, 1], "anchor": "y2"},
        "yaxis": {"title": {"text": "accuracy"}, "range": [0, 1.02], "anchor": "x"},
        "yaxis2": {"title": {"text": "loss"}, "rangemode": "tozero", "anchor": "x2"},
        "legend": {"orientation": "h", "x": 0, "y": 1.06, "yanchor": "bottom"},
        "uirevision": "keep",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
    }
    return {"data": data, "layout": layout}
