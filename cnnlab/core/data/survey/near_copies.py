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
ROUNDING = 1.01  # of squared distances in single precision
_ROWS = 512  # compared with all others at a time
_SQUARES = 4  # along each side of the coarse part
_MANY = 1 / 64  # of the pairs of a block, from which on their distances are faster found all at once

Thumbnail = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


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
    coarse = _coarse(values)
    most = ROUNDING * LEVELS**2 * values.shape[1]
    found = 0
    for start in range(0, len(values), _ROWS):
        on_block()
        block = slice(start, start + _ROWS)
        # No two are nearer than their coarse parts, so that most pairs need no closer look.
        close = _apart(coarse[block], coarse[start:]) <= most
        if close.mean() > _MANY:
            close = _apart(values[block], values[start:]) <= most
        np.fill_diagonal(close, False)
        for row in np.flatnonzero(close.any(axis=1)):
            columns = np.flatnonzero(close[row, row + 1 :]) + row + 1
            levels = np.sqrt(np.mean((values[start + columns] - values[start + row]) ** 2, axis=1))
            # The pairs of a whole row, so that no earlier pair of pictures can be missing.
            for column, apart in zip(columns[levels <= LEVELS], levels[levels <= LEVELS], strict=True):
                yield int(row) + start, int(column) + start, float(apart)
                found += 1
            if found >= MOST_PAIRS:
                return


def _coarse(values: Floats) -> Floats:
    """Return the part of thumbnails (n, 256) that is the same all over each of 16 squares, as lengths along them."""
    squares = values.reshape(len(values), _SQUARES, SIDE // _SQUARES, _SQUARES, SIDE // _SQUARES)
    return np.asarray(squares.mean(axis=(2, 4)).reshape(len(values), -1) * (SIDE // _SQUARES))


def _apart(one: Floats, other: Floats) -> Floats:
    """Return the squared distance of each row of one from each row of another, (n, m), from one product."""
    ones = [np.ones((len(each), 1), np.float32) for each in (one, other)]
    squares = [(each * each).sum(axis=1, keepdims=True) for each in (one, other)]
    return np.asarray(np.hstack([-2 * one, squares[0], ones[0]]) @ np.hstack([other, ones[1], squares[1]]).T)
