"""Find pictures that are almost the same: resized, stored once more, a little brighter or cut a little smaller."""

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnlab.core.pictures import Pixels

SIDE = 16
# Of 255. Stored again or made smaller a photograph moves by 1 to 5, brighter by a twentieth by 5; the nearest two of
# 600 different photographs are 20 apart, of the bundled sets 11.
LEVELS = 8.0
MOST_PAIRS = 1_000
_ROWS = 512  # compared with all others at a time

Thumbnail = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class NearCopy:
    """Name two pictures that look almost the same, and how many grey levels they are apart (root mean square)."""

    first: str
    second: str
    levels: float


def thumbnail(pixels: Pixels) -> Thumbnail:
    """Return an RGB picture (height, width, 3) shrunk to 16 × 16 grey values by averaging, uint8 (256,)."""
    small = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BOX).convert("L")
    return np.asarray(small, np.uint8).ravel()


def near_copies(
    names: Sequence[str],
    contents: Sequence[str],
    thumbnails: Sequence[Thumbnail],
    on_block: Callable[[], None] = lambda: None,
) -> tuple[NearCopy, ...]:
    """Return the pairs less than 8 grey levels apart, in the order of the pictures, the first thousand of them.

    `contents` are hashes of the files: exact copies are no near ones. What `on_block` raises, now and then, ends the
    search.
    """
    if not names:
        return ()
    # Compared once a content: a set of many exact copies would otherwise be all pairs of copies.
    members = _by_content(contents)
    firsts = [group[0] for group in members]
    near = _near_rows(np.stack([thumbnails[i] for i in firsts]), on_block)
    alike: dict[int, dict[int, float]] = {}
    for a, b, levels in near:
        alike.setdefault(a, {})[b] = alike.setdefault(b, {})[a] = levels
    kind = {i: number for number, group in enumerate(members) for i in group}
    last = {a: max(members[b][-1] for b in others) for a, others in alike.items()}
    found: list[NearCopy] = []
    for i, name in enumerate(names):
        if last.get(kind[i], -1) <= i:
            continue
        after = ((j, levels) for b, levels in alike[kind[i]].items() for j in members[b][bisect(members[b], i) :])
        found += [NearCopy(name, names[j], levels) for j, levels in nsmallest(MOST_PAIRS - len(found), after)]
        if len(found) == MOST_PAIRS:
            break
    return tuple(found)


def _by_content(contents: Sequence[str]) -> list[list[int]]:
    """Return the positions of every content, in the order in which each content comes first."""
    groups: dict[str, list[int]] = {}
    for i, content in enumerate(contents):
        groups.setdefault(content, []).append(i)
    return list(groups.values())


def _near_rows(thumbnails: Pixels, on_block: Callable[[], None]) -> Iterator[tuple[int, int, float]]:
    """Find which rows are near each other, a < b, and how many levels apart, ending after a thousand pairs or more."""
    # Centred, so that single precision keeps small differences of large sums.
    values = thumbnails.astype(np.float32) - 128
    squares = (values * values).sum(axis=1)
    most = LEVELS**2 * values.shape[1]
    found = 0
    for start in range(0, len(values), _ROWS):
        on_block()
        rows = slice(start, start + _ROWS)
        apart = squares[rows, None] + squares[None, start:] - 2 * (values[rows] @ values[start:].T)
        # The rounding of large sums can hide a pair on the very edge, and nothing else.
        close = np.triu(apart <= most, 1)
        for row in np.flatnonzero(close.any(axis=1)):
            # The pairs of a whole row, so that no earlier pair of pictures can be missing.
            for column in np.flatnonzero(close[row]):
                a, b = int(row) + start, int(column) + start
                yield a, b, float(np.sqrt(np.mean((values[a] - values[b]) ** 2)))
                found += 1
            if found >= MOST_PAIRS:
                return
