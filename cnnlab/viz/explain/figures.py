"""Say what the figures of explanations are for a browser: a map over the picture, its scale, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.pictures import Pixels
from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.viz.html import NOTHING, Html
from cnnlab.viz.inside.scale import CLIPS, end_of_scale, share_beyond
from cnnlab.viz.palette import diverging

CLIP = CLIPS["at the 99th percentile"]
"""The share of a map's values within its colours: gradients have a few that would make all others pale."""


@dataclass(frozen=True, eq=False)
class Figure:
    """Hold one explanation to draw: `values` (height, width) are signed, in `unit`; None where there is none.

    `falls` (height, width) is by how much the probability of the answer falls there, where a method measures that.
    `title` stands above the picture, `said` below it; `name` tells it from the others, `alt` is read to whoever cannot
    see it.
    """

    name: str
    title: Html
    alt: str
    values: npt.NDArray[np.float32] | None = None
    unit: str = ""
    said: Html = NOTHING
    falls: npt.NDArray[np.float32] | None = None

    @property
    def limit(self) -> float:
        """Return the value of the strongest colour: 99 of 100 values lie within it."""
        return 0.0 if self.values is None else end_of_scale([self.values], CLIP)

    @property
    def beyond(self) -> float:
        """Return the share of the values beyond it."""
        return 0.0 if self.values is None else share_beyond([self.values], self.limit)


def figures_facts(
    picture: Pixels,
    figures: Sequence[Figure],
    *,
    hint: str = "",
    box: Sequence[int] | None = None,
    asks: bool = False,
    small: bool = False,
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return facts and arrays of figures over one picture, uint8 (height, width, channels).

    `box` is (first row, first column, last row, last column) that the student has drawn; with `asks` it is to be drawn
    on the only figure. `small` figures stand closer.
    """
    arrays: dict[str, npt.NDArray[Any]] = {"picture": picture, "palette": diverging()}
    for i, figure in enumerate(figures):
        if figure.values is not None:
            arrays[f"values{i}"] = figure.values.astype(np.float32)
        if figure.falls is not None:
            arrays[f"falls{i}"] = figure.falls.astype(np.float32)
    facts = {
        "size": list(picture.shape[:2]),
        "channels": picture.shape[2],
        "figures": [_facts(i, figure) for i, figure in enumerate(figures)],
        "hint": hint,
        "box": None if box is None else list(box),
        "asks": asks,
        "small": small,
    }
    return facts, arrays


def _facts(place: int, figure: Figure) -> dict[str, Any]:
    limit = figure.limit
    return {
        "name": figure.name,
        "title": figure.title,
        "alt": figure.alt,
        "values": None if figure.values is None else f"values{place}",
        "falls": None if figure.falls is None else f"falls{place}",
        "limit": limit if limit > 0 else None,
        "ends": [two_digits(-limit), two_digits(limit)],
        "beyond": f"{percent(figure.beyond, 0)} of the pixels lie beyond" if figure.beyond else "",
        "unit": figure.unit,
        "said": figure.said,
    }
