"""Draw sequences as coloured letters, with what was planted marked."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.letters import LETTERS
from cnnlab.core.sequences.motifs import Motif
from cnnlab.core.sequences.sequence_set import Planted
from cnnlab.viz.html import Html, tag

SHOWN = 120  # letters of a longer sequence
BEFORE = 20  # of them in front of what was planted


def letters(codes: npt.NDArray[np.uint8], planted: Sequence[Planted] = (), motifs: Sequence[Motif] = ()) -> Html:
    """Return a sequence (length,) as letters; of a longer one than `SHOWN` the part around what was planted."""
    first = max(0, min(min((each.position for each in planted), default=0) - BEFORE, len(codes) - SHOWN))
    last = min(len(codes), first + SHOWN)
    parts: list[object] = ["… "] if first else []
    at = first
    for each in sorted(planted, key=lambda each: each.position):
        end = min(each.position + len(motifs[each.motif]), last)
        if end <= at:
            continue
        parts += _coloured(codes[at : each.position])
        css = "back" if each.backwards else None
        parts.append(tag("mark", *_coloured(codes[max(at, each.position) : end]), class_=css))
        at = end
    parts += _coloured(codes[at:last])
    return tag("span", *parts, *([" …"] if last < len(codes) else []), class_="written")


_DRAWN = (*(tag("i", letter, class_=letter.lower()) for letter in LETTERS), tag("i", "N"))


def _coloured(codes: Iterable[int]) -> list[Html]:
    return [_DRAWN[code] for code in codes]
