"""Draw how strong the gradient was in each layer through a training, and how much of each layer was at work."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names
from cnnlab.viz.html import Html, column_head, line_head, number_cell, table, tag
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS
from cnnlab.viz.training.curves import Figure

Events = Sequence[Mapping[str, Any]]
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def gradient_figure(measured: Events, network: Network, epochs: int) -> Figure:
    """Return the gradient norm of each layer over the epochs, on a log scale; x = 0 is the untrained network.

    A line has the colour of its layer's kind; the first layer of a kind is solid, later ones have other dashes. A
    norm of zero has no place on a log scale and is left out, with the number in the table.
    """
    classes = dict(zip(layer_names(network), (layer.class_name for layer in network.layers), strict=True))
    seen: Counter[str] = Counter()
    data = []
    for name in measured[-1]["norms"] if measured else ():
        kind = KIND_OF_CLASS[classes[name]]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": [e["epoch"] for e in measured],
                "y": [e["norms"].get(name) or None for e in measured],
                "line": {"color": KIND_COLORS[kind], "width": 2.2, "dash": DASHES[seen[kind] % len(DASHES)]},
                "marker": {"size": 6},
                "hovertemplate": f"{name}, epoch %{{x}}: %{{y:.2g}}<extra></extra>",
            }
        )
        seen[kind] += 1
    return {
        "data": data,
        "layout": {
            "xaxis": {"title": {"text": "epoch"}, "range": [-0.2, epochs + 0.3]},
            "yaxis": {"type": "log", "dtick": 1, "title": {"text": "gradient norm"}, "exponentformat": "power"},
            "uirevision": f"keep {epochs}",
            "showlegend": True,
            "height": 264,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
            "margin": {"l": 62, "r": 12, "t": 10, "b": 42},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        },
    }


def layer_health_table(measured: Events, look: Mapping[str, Any] | None, network: Network) -> Html:
    """Return the last measurement as HTML, one line for each layer that has one: gradient, dead, saturated."""
    norms = measured[-1]["norms"] if measured else {}
    first = measured[0]["norms"] if measured and measured[0]["epoch"] == 0 else {}
    dead, saturated = (look or {}).get("dead", {}), (look or {}).get("saturated", {})
    lines = []
    for name, layer in zip(layer_names(network), network.layers, strict=True):
        if name not in norms and name not in dead and name not in saturated:
            continue
        color = KIND_COLORS[KIND_OF_CLASS[layer.class_name]]
        texts = [_norm(name, first), _norm(name, norms), _share(name, dead), _share(name, saturated)]
        kind = tag("td", class_="kind", style=f"--kind:{color}")
        lines.append(tag("tr", kind, line_head(name), *(number_cell(text, css="number amount") for text in texts)))
    headings = ("gradient, untrained", "gradient, now", "dead channels", "saturated outputs")
    heads = (tag("td"), "layer", *(column_head(text, css="amount") for text in headings))
    return table("Gradient norm, dead channels and saturated outputs of each layer", heads, lines)


def _norm(name: str, norms: Mapping[str, float | None]) -> str:
    if name not in norms:
        return ""
    norm = norms[name]
    return "not a number" if norm is None else f"{norm:.2g}"


def _share(name: str, shares: Mapping[str, float]) -> str:
    return f"{shares[name]:.0%}" if name in shares else ""
