"""Draw what pixels are worth: how probable the answer is while they are taken away, or given, in an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.viz.palette import TRAINING, VALIDATION
from cnnlab.viz.training.curves import Figure


@dataclass(frozen=True)
class Curve:
    """Hold the probability of an answer at shares of pixels from 0 to 1; `random` if their order was."""

    name: str
    shares: Sequence[float]
    values: Sequence[float]
    random: bool = False


def worth_figure(title: str, axis: str, curves: Sequence[Curve]) -> Figure:
    """Return the curves of one direction; whoever is random is dashed and in another colour."""
    return {
        "data": [_line(curve) for curve in curves],
        "layout": {
            "title": {"text": title, "font": {"size": 15}, "x": 0, "xanchor": "left"},
            "xaxis": {"range": [0, 1], "tickformat": ".0%", "title": {"text": axis}},
            "yaxis": {"range": [0, 1.02], "title": {"text": "P of the answer"}},
            "uirevision": title,
            "showlegend": True,
            "height": 280,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
            "margin": {"l": 48, "r": 24, "t": 40, "b": 42},
            "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        },
    }


def _line(curve: Curve) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(curve.shares),
        "y": list(curve.values),
        "name": curve.name,
        "line": {
            "color": VALIDATION if curve.random else TRAINING,
            "width": 2 if curve.random else 2.5,
            "dash": "dash" if curve.random else "solid",
        },
        "hovertemplate": f"%{{x:.0%}} of the pixels, {curve.name}: P = %{{y:.2f}}<extra></extra>",
    }
