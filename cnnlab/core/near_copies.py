"""Find pictures that are almost the same: resized, stored once more, a little brighter or cut a little smaller."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    # Centred, so that single precision keeps small differences of large sums.
    values = np.stack(thumbnails).astype(np.float32) - 128
    squares = (values * values).sum(axis=1)
    most = LEVELS**2 * values.shape[1]
    found: list[NearCopy] = []
    for start in range(0, len(values), _ROWS):
        on_block()
        rows = slice(start, start + _ROWS)
        apart = squares[rows, None] + squares[None, start:] - 2 * (values[rows] @ values[start:].T)
        # The rounding of large sums can hide a pair on the very edge, and nothing else.
        for i, j in np.argwhere(np.triu(apart <= most, 1)) + start:
            if contents[i] == contents[j]:
                continue
            levels = float(np.sqrt(np.mean((values[i] - values[j]) ** 2)))
            found.append(NearCopy(names[i], names[j], levels))
            if len(found) == MOST_PAIRS:
                return tuple(found)
    return tuple(found)
