"""Say what a browser needs to draw a sequence: its letters, what lies beneath them, and tracks of signed values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.letters import LETTERS, Codes, text_of
from cnnlab.core.sequences.motifs import Motif
from cnnlab.core.sequences.sequence_set import Planted
from cnnlab.core.words.numbers import two_digits
from cnnlab.viz.palette import css_gradient, diverging
from cnnlab.viz.sequences.glyphs import path

Values = npt.NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Track:
    """Hold values to draw along a sequence: (length, 4) as a map of every letter, (length,) as the letters themselves.

    `name` stands above it, `unit` behind a number that is read from it.
    """

    key: str
    name: str
    values: Values
    unit: str

    @property
    def limit(self) -> float:
        """Return the value of the strongest colour, or of the tallest letter."""
        return float(np.abs(self.values).max(initial=0))


def track_facts(
    codes: Codes,
    tracks: Sequence[Track],
    *,
    planted: Sequence[tuple[Planted, Motif]] | None = None,
    mark: Span | None = None,
    asks: bool = False,
    hint: str = "",
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return facts and arrays of a sequence (length,) with tracks below it.

    `planted` is the truth, None while it is hidden or not known; `mark` is the student's own, first and last position
    counted from 0; with `asks` it is to be made.
    """
    facts = {
        "letters": text_of(codes),
        "glyphs": {letter: path(letter, 0, 0, 100, 100) for letter in LETTERS},
        "gradient": css_gradient(),
        "tracks": [
            {
                "key": each.key,
                "name": each.name,
                "rows": each.values.ndim == 2,
                "limit": each.limit,
                "ends": [two_digits(-each.limit), two_digits(each.limit)],
                "unit": each.unit,
            }
            for each in tracks
        ],
        "planted": None if planted is None else [_planted(*each) for each in planted],
        "mark": mark,
        "asks": asks,
        "hint": hint,
    }
    return facts, {"palette": diverging(), **{each.key: each.values.astype(np.float32) for each in tracks}}


def _planted(where: Planted, motif: Motif) -> dict[str, Any]:
    strand = "other strand" if where.backwards else "this strand"
    return {"first": where.position, "last": where.position + len(motif) - 1, "name": f"{motif.name}, {strand}"}
