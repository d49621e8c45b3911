"""Draw what the filters of a first layer are at one moment of a training: the best one's answers, and all as logos."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.letters import Codes, text_of
from cnnlab.core.sequences.matching import Fit, from_weights
from cnnlab.core.sequences.motifs import heights
from cnnlab.core.words.numbers import decimal
from cnnlab.viz.html import Html, drawing, tag
from cnnlab.viz.palette import ABOVE, BELOW, INK, LETTER_COLORS, PAPER, QUIET
from cnnlab.viz.sequences.logos import HIGH, WIDE, Row, letters, stacked

ACROSS = 960
"""Units of the whole drawing."""
COLUMNS, SPACE = 6, 10
LINE, BARS, WORD = 60, 44, 16
MOST_LINES, MOST_DRAWN = 4, 48
LARGE = 1.3
"""How much larger the best filter is drawn than in its stack."""


@dataclass(frozen=True, eq=False)
class FilterMoment:
    """Hold the filters at one moment: kernels (size, 4, filters), and what they answer to a sequence (length,).

    `answers` is (places, filters) and `starts` the first letter of each place; `fits` tells for each filter the
    motif that it fits best, None where no motif is known.
    """

    codes: Codes
    kernels: npt.NDArray[np.float32]
    answers: npt.NDArray[np.float32]
    starts: Sequence[int]
    fits: Sequence[Fit | None]

    @property
    def best(self) -> int:
        """Return the filter that fits a motif best, or that answers most strongly where no motif is known."""
        known = [(-np.inf if fit is None else fit.match.correlation) for fit in self.fits]
        return int(np.argmax(known if np.isfinite(known).any() else self.answers.max(axis=0)))


def moment_sheet(moment: FilterMoment) -> Html:
    """Return an SVG that may stand alone: the best filter along the sequence, as a logo, and below it all filters."""
    best, y = moment.best, 0.0
    parts: list[Html] = []
    for part, height in (_scan(moment, best), _large(moment, best), _grid(moment, best)):
        parts.append(_at(0, y, 1, part))
        y += height + SPACE
    said = f"Filter {best} along the sequence, and every filter as a logo"
    paper = tag("rect", width=ACROSS, height=round(y), fill=PAPER)
    return drawing(ACROSS, round(y), tag("title", said), paper, *parts, width=ACROSS, height=round(y))


def _at(x: float, y: float, scale: float, parts: Sequence[Html]) -> Html:
    return tag("g", *parts, transform=f"translate({x:.1f} {y:.1f}) scale({scale:.4f})")


def _word(text: str, x: float, y: float, size: float, *, bold: bool = False, color: str = INK) -> Html:
    look = {"font_family": "system-ui, sans-serif", "font_weight": 650 if bold else 400}
    return tag("text", text, x=round(x, 1), y=round(y, 1), fill=color, font_size=size, **look)


def _scan(moment: FilterMoment, best: int) -> tuple[list[Html], float]:
    """Draw the letters with the best filter's answer as a bar above the first letter of each of its windows."""
    shown = min(len(moment.codes), LINE * MOST_LINES)
    rest = f" (the first {shown} letters)" if shown < len(moment.codes) else ""
    parts = [_word(f"what filter {best} answers along the sequence{rest}", 4, 12, 12, color=QUIET)]
    high = BARS + WORD
    limit = float(np.abs(moment.answers[:, best]).max(initial=0)) or 1.0
    for start, answer in zip(moment.starts, moment.answers[:, best], strict=True):
        if 0 <= start < shown:
            x, y = _place(start, high)
            tall = float(answer) / limit * BARS / 2
            middle = y + BARS / 2
            size = {"width": 13, "height": round(max(abs(tall), 0.6), 1)}
            color = ABOVE if answer > 0 else BELOW
            parts.append(tag("rect", x=x, y=round(middle - max(tall, 0), 1), fill=color, **size))
    for i, letter in enumerate(text_of(moment.codes[:shown])):
        x, y = _place(i, high)
        parts.append(_word(letter, x + 2, y + BARS + 11, 13, bold=True, color=LETTER_COLORS.get(letter, QUIET)))
    return parts, 18 + -(-shown // LINE) * high


def _place(position: int, high: float) -> tuple[float, float]:
    return ACROSS / LINE * (position % LINE) + 1, 18 + position // LINE * high


def _large(moment: FilterMoment, best: int) -> tuple[list[Html], float]:
    """Draw the best filter with the motif that it fits below it."""
    rows = [Row(f"filter {best}, weights", from_weights(moment.kernels[:, :, best]), top=None)]
    if fit := moment.fits[best]:
        turned = fit.motif.matrix[::-1, ::-1] if fit.match.backwards else fit.motif.matrix
        strand = ", other strand" if fit.match.backwards else ""
        name = f"planted {fit.motif.name}{strand}, match r = {decimal(fit.match.correlation)}"
        rows.append(Row(name, turned, fit.match.offset))
    width, height, parts = stacked(rows)
    scale = min(LARGE, ACROSS / width)
    return [_at(0, 0, scale, parts)], height * scale


def _grid(moment: FilterMoment, best: int) -> tuple[list[Html], float]:
    """Draw every filter small, in the order of their numbers, the best one framed."""
    size, _, count = moment.kernels.shape
    shown = min(count, MOST_DRAWN)
    side = ACROSS / min(COLUMNS, max(3, shown))
    scale = min(1.0, (side - SPACE) / (WIDE * size))
    down = WORD + HIGH * scale + SPACE
    rest = f", the first {shown} of them" if shown < count else ""
    made = [_word(f"all {count} filters{rest}", 4, 12, 12, color=QUIET)]
    for i in range(shown):
        x, y = i % COLUMNS * side, 20 + i // COLUMNS * down
        fit = moment.fits[i]
        name = f"{i}" if fit is None else f"{i}: r {decimal(fit.match.correlation)}"
        made.append(_word(name, x + 4, y + 12, 11, bold=i == best, color=INK if i == best else QUIET))
        made.append(_at(x, y + WORD, scale, _logo(moment.kernels[:, :, i])))
        if i == best:
            frame = {"fill": "none", "stroke": INK, "stroke_width": 1.5}
            wide, high = round(side - SPACE / 2), round(down - SPACE / 2)
            made.append(tag("rect", x=round(x, 1), y=round(y, 1), width=wide, height=high, **frame))
    return made, 20 + -(-shown // COLUMNS) * down


def _logo(kernel: npt.NDArray[np.float32]) -> list[Html]:
    row = Row("", from_weights(kernel), top=None)
    paths = letters(heights(row.shares) / row.bits * HIGH, 0, HIGH)
    return [tag("path", d=d, fill=LETTER_COLORS[x], fill_rule="evenodd") for x, d in paths.items() if d]
