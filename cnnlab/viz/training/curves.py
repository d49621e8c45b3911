"""Draw the learning curves of a run, loss and accuracy side by side, and those of several runs over one another.

Figures are Plotly figures as plain dictionaries: building them through `plotly.graph_objects` takes thirty times as
long, and thirty students who watch a training ask for one each second.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from cnnlab.core.training.answers import interval_of
from cnnlab.core.training.reported import Reported
from cnnlab.core.training.smoothing import extremes, smoothed
from cnnlab.core.training.story import Event, Story
from cnnlab.viz.html import plotly_text
from cnnlab.viz.palette import RUN_COLORS, TRAINING, VALIDATION

Figure = dict[str, Any]
Events = Sequence[Event]

MOST_BATCH_POINTS = 400
_METRICS = (("loss", "x", "y"), ("accuracy", "x2", "y2"))
_LINES = (("training", TRAINING, "", "solid", "circle"), ("validation", VALIDATION, "val_", "dash", "diamond"))
_DASHES = ("solid", "dash", "dot", "dashdot")


def learning_curves(
    story: Story, epochs: int, *, log_loss: bool = False, validation_samples: int = 0, band: Reported | None = None
) -> Figure:
    """Return the curves from a run's story; the faint line is the mean of the epoch so far, batch by batch.

    x is in epochs: 1 is the end of the first. What a reader zoomed into stays while points are added. With
    `validation_samples` the validation accuracy has 95 % error bars; `band` is an accuracy reported elsewhere.
    """
    batches, ended = _thinned(story.batches), story.epochs
    data = []
    for metric, xaxis, yaxis in _METRICS:
        place = {"type": "scatter", "xaxis": xaxis, "yaxis": yaxis, "showlegend": metric == "loss"}
        data.append(place | _within_epochs(batches, metric))
        data += [place | _line(ended, metric, *line) for line in _LINES]
    if any("penalty" in e for e in ended):
        data.insert(3, _without_penalty(ended))
    if validation_samples:
        data[-1]["error_y"] = _error_bars(ended, validation_samples)
    layout = _layout(epochs, log_loss)
    layout["shapes"], marks = _rate_changes(story.rates)
    layout["annotations"] += marks
    if band is not None:
        layout["shapes"].append(_band(band))
        place = {"x": 1, "xref": "x2 domain", "xanchor": "right", "y": band.high, "yref": "y2", "yanchor": "bottom"}
        text = f"{band.low:.2f}–{band.high:.2f}, {band.source}"
        layout["annotations"].append(place | {"text": text, "showarrow": False, "font": {"size": 11}})
    return {"data": data, "layout": layout}


def _band(band: Reported) -> Figure:
    across = {"xref": "x2 domain", "x0": 0, "x1": 1, "yref": "y2", "y0": band.low, "y1": band.high}
    return across | {"type": "rect", "fillcolor": "#8a8a8a", "opacity": 0.35, "line": {"width": 0}}


def compared_curves(
    runs: Sequence[tuple[str, Story, int]], *, log_loss: bool = False, by_time: bool = False, smooth: bool = False
) -> Figure:
    """Return validation loss and accuracy of several runs, each (name, story, epochs), with the training ones faint.

    A run has one colour and one dash, the same in both halves. x are epochs, or the seconds that they took. With
    `smooth` strong and faint lines are smoothed; the validation as it was stays a thin line, its extremes marked.
    """
    data, unit = [], "after seconds:" if by_time else "epoch"
    for number, (name, story, _) in enumerate(runs):
        ended = story.epochs
        style = {"color": RUN_COLORS[number % len(RUN_COLORS)], "dash": _DASHES[number % len(_DASHES)]}
        for metric, xaxis, yaxis in _METRICS:
            place: Figure = {"type": "scatter", "xaxis": xaxis, "yaxis": yaxis, "legendgroup": str(number)}
            place |= {"name": plotly_text(name), "mode": _mode(ended)}
            place["x"] = list(accumulate(e["seconds"] for e in ended)) if by_time else [e["epoch"] for e in ended]
            for prefix, said, width, opacity in (("", "training", 1, 0.5), ("val_", "validation", 2.5, 1)):
                values = [e[prefix + metric] for e in ended]
                called = f"smoothed {said}" if smooth else said
                if smooth and prefix:
                    data += _as_they_were(place, values, style["color"], f"{unit} %{{x}}: {said} {metric} %{{y:.3f}}")
                data.append(
                    place
                    | {
                        "y": smoothed(values) if smooth else values,
                        "showlegend": metric == "loss" and prefix == "val_",
                        "line": style | {"width": width},
                        "opacity": opacity,
                        "hovertemplate": f"{unit} %{{x}}: {called} {metric} %{{y:.3f}}"
                        f"<extra>{plotly_text(name)}</extra>",
                    }
                )
    layout = _layout(max((epochs for _, _, epochs in runs), default=1), log_loss)
    if by_time:
        for axis in ("xaxis", "xaxis2"):
            layout[axis] |= {"title": {"text": "seconds of training"}, "range": None, "rangemode": "tozero"}
        layout["uirevision"] += " by time"
    return {"data": data, "layout": layout}


def _as_they_were(place: Figure, values: Sequence[float | None], color: str, said: str) -> list[Figure]:
    """Return the thin line of a curve before it was smoothed, and marks at its lowest and highest point."""
    ends = extremes(values)
    hidden = place | {"showlegend": False, "hovertemplate": f"{said}<extra></extra>"}
    return [
        hidden | {"y": list(values), "line": {"color": color, "width": 1}, "opacity": 0.6},
        hidden
        | {
            "x": [place["x"][i] for i in ends],
            "y": [values[i] for i in ends],
            "mode": "markers",
            "marker": {"color": color, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
        },
    ]


def _within_epochs(batches: Events, metric: str) -> Figure:
    return {
        "x": [e["epoch"] - 1 + e["batch"] / e["batches"] for e in batches],
        "y": [e[metric] for e in batches],
        "name": "within the epoch",
        "legendgroup": "batch",
        "mode": _mode(batches),
        "line": {"color": TRAINING, "width": 1},
        "opacity": 0.45,
        "hoverinfo": "skip",
    }


def _mode(points: Events) -> str:
    """Return Plotly's mode for these points: a single one is no line, and would not be seen."""
    return "lines" if len(points) > 1 else "lines+markers"


def _line(ended: Events, metric: str, name: str, color: str, prefix: str, dash: str, symbol: str) -> Figure:
    return {
        "x": [e["epoch"] for e in ended],
        "y": [e[prefix + metric] for e in ended],
        "name": name,
        "legendgroup": name,
        "mode": "lines+markers",
        "line": {"color": color, "width": 2.5, "dash": dash},
        "marker": {"size": 7, "symbol": symbol},
        "customdata": [_rate(e) for e in ended],
        "hovertemplate": f"epoch %{{x}}: {name} {metric} %{{y:.3f}}%{{customdata}}<extra></extra>",
    }


def _rate(event: Event) -> str:
    return f"<br>learning rate {event['learning_rate']:.2g}" if event.get("learning_rate") else ""


def _without_penalty(ended: Events) -> Figure:
    """Return the validation loss of the data alone: the penalty is the same through a whole validation."""
    known = [e for e in ended if "penalty" in e and e["val_loss"] is not None]
    return {
        "type": "scatter",
        "xaxis": "x",
        "yaxis": "y",
        "x": [e["epoch"] for e in known],
        "y": [e["val_loss"] - e["penalty"] for e in known],
        "name": "validation without L2",
        "mode": _mode(known),
        "line": {"color": VALIDATION, "width": 1.5, "dash": "dot"},
        "hovertemplate": "epoch %{x}: validation loss without the penalty %{y:.3f}<extra></extra>",
    }


def _error_bars(ended: Events, n: int) -> Figure:
    known = [e["val_accuracy"] for e in ended]
    bounds = [(0.0, 0.0) if a is None else interval_of(a, n) for a in known]
    reach = {
        "array": [high - (a or 0.0) for a, (_, high) in zip(known, bounds, strict=True)],
        "arrayminus": [(a or 0.0) - low for a, (low, _) in zip(known, bounds, strict=True)],
        "symmetric": False,
    }
    return reach | {"type": "data", "thickness": 1, "width": 3, "color": VALIDATION}


def _rate_changes(rates: Events) -> tuple[list[Figure], list[Figure]]:
    """Return a line and a label at each place where the learning rate was changed."""
    shapes, marks = [], []
    for event in rates:
        x = max(0, event["epoch"] - 1) + event["batch"] / max(1, event["batches"])
        line = {"color": "#8a8a8a", "width": 1, "dash": "dot"}
        shapes.append({"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": line})
        label = {"x": x, "y": 1, "yref": "y domain", "xanchor": "left", "yanchor": "top", "showarrow": False}
        marks.append(label | {"text": f"rate {event['value']:g}", "font": {"size": 11}})
    return shapes, marks


def _layout(epochs: int, log_loss: bool = False) -> Figure:
    def title(text: str, x: float) -> Figure:
        place = {"x": x, "y": 1.0, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
        return place | {"text": text, "showarrow": False, "font": {"size": 16}}

    epoch_axis = {"title": {"text": "epoch"}, "range": [0, epochs + 0.3]}
    loss_axis = {"type": "log", "dtick": 1} if log_loss else {"rangemode": "tozero"}
    return {
        "xaxis": epoch_axis | {"domain": [0, 0.455], "anchor": "y"},
        "xaxis2": epoch_axis | {"domain": [0.545, 1], "anchor": "y2"},
        "yaxis": loss_axis | {"anchor": "x"},
        "yaxis2": {"range": [0, 1.02], "anchor": "x2"},
        "annotations": [title("loss", 0.2275), title("accuracy", 0.7725)],
        "uirevision": f"keep {epochs} {log_loss}",
        "height": 264,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
        "margin": {"l": 48, "r": 12, "t": 34, "b": 42},
        "legend": {"orientation": "h", "x": 0, "y": 1.13, "yanchor": "bottom"},
    }


def _thinned(points: Events) -> list[Event]:
    """Return at most `MOST_BATCH_POINTS` evenly spread points, the last one among them."""
    step = max(1, -(-len(points) // MOST_BATCH_POINTS))
    return list(points[::-1][::step][::-1])
