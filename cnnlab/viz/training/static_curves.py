"""Draw learning curves as plain SVG, for a page without any script."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cnnlab.viz.palette import TRAINING, VALIDATION

WIDTH, HEIGHT = 330, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 62, 18, 26  # the right margin holds the lines' names
LINES = (("training", "", TRAINING, ""), ("validation", "val_", VALIDATION, "5 3"))
TICKS = 4


def static_curves(ended: Sequence[Mapping[str, Any]], metric: str) -> str:
    """Return one metric of the epochs that have ended, training and validation, as an SVG element.

    Values that are no number leave a gap; a title and both lines are labelled directly.
    """
    values = [e[p + metric] for _, p, _, _ in LINES for e in ended if e.get(p + metric) is not None]
    top = 1.0 if metric == "accuracy" else _round_up(max(values, default=1.0))
    last = max(1, *(int(e["epoch"]) for e in ended)) if ended else 1
    across, down = (WIDTH - LEFT - RIGHT) / last, (HEIGHT - TOP - BOTTOM) / top

    def place(epoch: float, value: float) -> tuple[float, float]:
        return LEFT + across * epoch, HEIGHT - BOTTOM - down * value

    parts = [f'<text x="{LEFT}" y="11" class="title">{escape(metric)}</text>']
    for i in range(TICKS + 1):
        x, y = place(0, top * i / TICKS)
        parts.append(f'<line x1="{x:.1f}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{x - 4:.1f}" y="{y + 3:.1f}" text-anchor="end">{top * i / TICKS:g}</text>')
    for epoch in sorted({0, last // 2, last}):
        x, y = place(epoch, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 12:.1f}" text-anchor="middle">{epoch}</text>')
    parts.append(f'<text x="{LEFT + across * last / 2:.1f}" y="{HEIGHT - 3}" text-anchor="middle">epoch</text>')
    ends = []
    for name, prefix, color, dash in LINES:
        points = [place(e["epoch"], e[prefix + metric]) for e in ended if e.get(prefix + metric) is not None]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(
            f'<polyline points="{drawn}" fill="none" stroke="{color}" stroke-width="1.8" stroke-dasharray="{dash}"/>'
        )
        ends += [(points[-1], name, color)] if points else []
    parts += _labels(ends)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(metric)} of training and validation over {last} epochs">{"".join(parts)}</svg>'
    )


def _labels(ends: Sequence[tuple[tuple[float, float], str, str]]) -> list[str]:
    """Return the lines' names beside their ends, pushed apart where they would touch."""
    placed: list[float] = []
    parts = []
    for (x, y), name, color in sorted(ends):
        free = y + 3 if all(abs(y + 3 - other) >= 10 for other in placed) else placed[-1] + 10
        placed.append(free)
        parts.append(f'<text x="{x + 5:.1f}" y="{free:.1f}" fill="{color}">{name}</text>')
    return parts


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 8 times a power of ten, or of two decimals below: a top with even ticks."""
    step = 10.0**-6
    while True:
        for factor in (1, 2, 4, 8):
            if value <= factor * step:
                return factor * step
        step *= 10
