"""Draw learning curves as plain SVG, for a page without any script."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.viz.html import Html, drawing, tag
from cnnlab.viz.palette import TRAINING, VALIDATION

WIDTH, HEIGHT = 330, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 62, 18, 26  # the right margin holds the lines' names
LINES = (("training", "", TRAINING, ""), ("validation", "val_", VALIDATION, "5 3"))
TICKS = 4


def static_curves(ended: Sequence[Mapping[str, Any]], metric: str) -> Html:
    """Return one metric of the epochs that have ended, training and validation, as an SVG element.

    Values that are no number leave a gap; a title and both lines are labelled directly.
    """
    values = [e[p + metric] for _, p, _, _ in LINES for e in ended if e.get(p + metric) is not None]
    top = 1.0 if metric == "accuracy" else _round_up(max(values, default=1.0))
    last = max(1, *(int(e["epoch"]) for e in ended)) if ended else 1
    across, down = (WIDTH - LEFT - RIGHT) / last, (HEIGHT - TOP - BOTTOM) / top

    def place(epoch: float, value: float) -> tuple[float, float]:
        return LEFT + across * epoch, HEIGHT - BOTTOM - down * value

    parts = [tag("text", metric, x=LEFT, y=11, class_="title")]
    for i in range(TICKS + 1):
        x, y = place(0, top * i / TICKS)
        level = f"{y:.1f}"
        parts.append(tag("line", x1=f"{x:.1f}", x2=WIDTH - RIGHT, y1=level, y2=level, class_="grid"))
        parts.append(_words(f"{top * i / TICKS:g}", x - 4, y + 3, text_anchor="end"))
    for epoch in sorted({0, last // 2, last}):
        x, y = place(epoch, 0)
        parts.append(_words(epoch, x, y + 12, text_anchor="middle"))
    parts.append(_words("epoch", LEFT + across * last / 2, HEIGHT - 3, text_anchor="middle"))
    ends = []
    for name, prefix, color, dash in LINES:
        points = [place(e["epoch"], e[prefix + metric]) for e in ended if e.get(prefix + metric) is not None]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(tag("polyline", points=drawn, fill="none", stroke=color, stroke_width=1.8, stroke_dasharray=dash))
        if len(points) == 1:  # a line of one point is not drawn
            parts.append(tag("circle", cx=f"{points[0][0]:.1f}", cy=f"{points[0][1]:.1f}", r=2.5, fill=color))
        ends += [(points[-1], name, color)] if points else []
    parts += _labels(ends)
    said = f"{metric} of training and validation over {last} epochs"
    return drawing(WIDTH, HEIGHT, *parts, role="img", aria_label=said)


def _words(said: object, x: float, y: float, **attributes: object) -> Html:
    return tag("text", said, x=f"{x:.1f}", y=f"{y:.1f}", **attributes)


def _labels(ends: Sequence[tuple[tuple[float, float], str, str]]) -> list[Html]:
    """Return the lines' names beside their ends, pushed apart where they would touch."""
    placed: list[float] = []
    parts = []
    for (x, y), name, color in sorted(ends):
        free = y + 3 if all(abs(y + 3 - other) >= 10 for other in placed) else placed[-1] + 10
        placed.append(free)
        parts.append(_words(name, x + 5, free, fill=color))
    return parts


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 8 times a power of ten, or of two decimals below: a top with even ticks."""
    step = 10.0**-6
    while True:
        for factor in (1, 2, 4, 8):
            if value <= factor * step:
                return factor * step
        step *= 10
