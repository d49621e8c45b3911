"""Draw a motif, or a filter read as one, as a logo: letters as tall as what each says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.letters import LETTERS
from cnnlab.core.sequences.motifs import BITS, heights
from cnnlab.core.words.numbers import two_digits
from cnnlab.viz.html import Html, drawing, tag
from cnnlab.viz.palette import INK, LETTER_COLORS, PAPER, QUIET
from cnnlab.viz.sequences.glyphs import path

WIDE, HIGH = 20, 52
"""Units of one position and of a whole row of letters."""
HEAD, GAP, MARGIN = 13, 5, 4
LEAST = 0.015
"""A letter that is lower, as a share of the row, is not drawn."""


@dataclass(frozen=True, eq=False)
class Row:
    """Hold one logo of a stack: shares (positions, 4), the place of its first position in the stack, and its name.

    The tallest possible letter has `top` bits; None for the tallest of its own.
    """

    name: str
    shares: npt.NDArray[np.float64]
    offset: int = 0
    top: float | None = BITS

    @property
    def bits(self) -> float:
        """Return how many bits a letter as high as the row says."""
        return self.top if self.top is not None else max(float(heights(self.shares).sum(axis=1).max()), 1e-9)


def stack(rows: Sequence[Row], said: str) -> Html:
    """Return logos below one another, their positions aligned, as an SVG that may stand alone; `said` describes it."""
    width, height, parts = stacked(rows)
    paper = tag("rect", width=width, height=height, fill=PAPER)
    return drawing(
        width, height, tag("title", said), paper, *parts, role="img", aria_label=said, width=width, height=height
    )


def stacked(rows: Sequence[Row]) -> tuple[int, int, list[Html]]:
    """Return the width, the height and the parts of logos below one another, for a larger drawing."""
    first = min(0, *(row.offset for row in rows))
    last = max(row.offset + len(row.shares) for row in rows)
    width, height = 2 * MARGIN + WIDE * (last - first), len(rows) * (HEAD + HIGH + GAP)
    parts: list[Html] = []
    for i, row in enumerate(rows):
        parts += _row(row, MARGIN + WIDE * (row.offset - first), i * (HEAD + HIGH + GAP), width)
    return width, height, parts


def _row(row: Row, left: float, top: float, width: float) -> list[Html]:
    words = f"{row.name}, to {two_digits(row.bits)} bits"
    floor = top + HEAD + HIGH
    head = tag("text", words, x=MARGIN, y=top + 10, fill=QUIET, font_size=9.5, font_family="system-ui, sans-serif")
    line = tag("path", d=f"M0 {floor + 0.5}H{width}", stroke=INK, stroke_width=0.5)
    paths = letters(heights(row.shares) / row.bits * HIGH, left, floor)
    drawn = (tag("path", d=d, fill=LETTER_COLORS[x], fill_rule="evenodd") for x, d in paths.items() if d)
    return [head, line, *drawn]


def letters(tall: npt.NDArray[np.floating], left: float, floor: float) -> dict[str, str]:
    """Return for each letter the path of all its places: `tall` (positions, 4) units each, the tallest on top."""
    found = dict.fromkeys(LETTERS, "")
    for position, column in enumerate(tall):
        y = floor
        for i in np.argsort(column):
            if column[i] >= LEAST * HIGH:
                y -= float(column[i])
                found[LETTERS[i]] += path(LETTERS[i], left + WIDE * position + 1, y, WIDE - 2, float(column[i]))
    return found
