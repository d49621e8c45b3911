"""Draw what a data set is made of: sizes, shapes and values of its pictures, as plain Plotly figures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.viz.html import plotly_text
from cnnlab.viz.training.curves import Figure

Numbers = npt.NDArray[Any]

BAR = "#0b6e99"
CHANNELS = (("red", "#d1495b"), ("green", "#2e8b57"), ("blue", "#2d6cdf"))
MOST_BINS = 30
HEIGHT = 260


def sizes(widths: Numbers, heights: Numbers) -> Figure:
    """Return the distributions of width, height (pixels) and aspect ratio (width over height), side by side."""
    panels = (("width, px", widths), ("height, px", heights), ("width ÷ height", widths / heights))
    data, layout = [], _layout(len(panels)) | {"showlegend": False}
    for i, (title, values) in enumerate(panels):
        counts, edges = np.histogram(values, bins=_bins(values))
        middle = (edges[:-1] + edges[1:]) / 2
        data.append(
            {
                "type": "bar",
                "x": middle.tolist(),
                "y": counts.tolist(),
                "width": np.diff(edges).tolist(),
                "marker": {"color": BAR, "line": {"width": 0.5, "color": "rgba(255,255,255,0.6)"}},
                "xaxis": f"x{_n(i)}",
                "yaxis": f"y{_n(i)}",
                "hovertemplate": "%{x:.4g}: %{y} pictures<extra></extra>",
            }
        )
        layout[f"xaxis{_n(i)}"]["title"] = {"text": title}
    layout["yaxis"]["title"] = {"text": "pictures"}
    return {"data": data, "layout": layout}


def histograms(classes: Mapping[str, npt.NDArray[np.float64]]) -> Figure:
    """Return red, green and blue of each class: the share of pixels in each of the bins of (3, bins) from 0 to 255."""
    layout = _layout(len(classes))
    data = []
    top = max((float(shares.max()) for shares in classes.values()), default=1.0)
    for i, (name, shares) in enumerate(classes.items()):
        width = 256 / shares.shape[1]
        values = (np.arange(shares.shape[1]) + 0.5) * width - 0.5
        for (channel, color), row in zip(CHANNELS, shares, strict=True):
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": values.tolist(),
                    "y": row.tolist(),
                    "name": channel,
                    "legendgroup": channel,
                    "showlegend": i == 0,
                    "line": {"color": color, "width": 2},
                    "xaxis": f"x{_n(i)}",
                    "yaxis": f"y{_n(i)}",
                    "hovertemplate": f"{channel} around %{{x:.0f}}: %{{y:.2%}} of the pixels<extra></extra>",
                }
            )
        layout[f"xaxis{_n(i)}"] |= {"title": {"text": f"value in {plotly_text(name)}"}, "range": [0, 255]}
        layout[f"yaxis{_n(i)}"] |= {"range": [0, top * 1.05], "tickformat": "~%"}
    layout["legend"] = {"orientation": "h", "x": 0, "y": 1.04, "yanchor": "bottom"}
    return {"data": data, "layout": layout}


def _bins(values: Numbers) -> Sequence[float] | int:
    """Return bin edges; a single value gets one bin of its own."""
    if values.min() == values.max():
        return [float(values.min()) - 0.5, float(values.min()) + 0.5]
    return min(MOST_BINS, len(np.unique(values)))


def _layout(panels: int) -> Figure:
    layout: Figure = {
        "height": HEIGHT,
        "margin": {"l": 48, "r": 8, "t": 24, "b": 46},
        "bargap": 0,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "remove": ["select2d", "lasso2d"]},
    }
    share = 1 / panels
    for i in range(panels):
        layout[f"xaxis{_n(i)}"] = {"domain": [i * share, (i + 1) * share - 0.06], "anchor": f"y{_n(i)}"}
        layout[f"yaxis{_n(i)}"] = {"anchor": f"x{_n(i)}", "rangemode": "tozero"}
    return layout


def _n(panel: int) -> str:
    """Return what Plotly puts behind the names of a panel's axes: nothing for the first."""
    return str(panel + 1) if panel else ""
