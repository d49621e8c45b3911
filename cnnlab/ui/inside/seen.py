"""Draw what a network sees in a picture: one sprite sheet a layer, with as many maps as can be sent."""

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from math import prod
from threading import Semaphore

import numpy as np

from cnnlab.core.inside.heavy import MOST_VALUES, shares
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.pictures import Pixels
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import LayerRow, Subject, pixels_key
from cnnlab.ui.session import services
from cnnlab.viz.inside.channels import Channels, channels, order
from cnnlab.viz.inside.scale import end_of_scale, ends_of_maps, share_beyond
from cnnlab.viz.inside.sprites import Statistics, sprite_sheet, statistics

SCOPES = ("map", "layer", "network")
COLUMNS, COLUMNS_LARGE = 16, 8
MOST_UNITS = 65_536  # numbers of one vector that are sent to the browser
MOST_SENT = 6_000_000  # bytes of all layers that are sent: one a pixel of a map, four a number of a vector
BESIDE = 80  # bytes of what is said about each map
MOST_KEPT = 32 << 20  # bytes of drawn maps, those of a few dozen visitors
LARGE_LOOK = 8_000_000  # numbers from which on one look waits for the other, so that their memory does not add up


@dataclass(frozen=True, eq=False)
class Side:
    """Hold one of the things that stand side by side: who looks, at which prepared picture, and its title.

    What has not `learned` has random weights, so that its output means nothing.
    """

    subject: Subject
    pixels: Pixels
    title: str = ""
    learned: bool = True


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """Hold one layer's drawn maps: everything that stands side by side has the same scale and the same order.

    `limit` is the value of the strongest colour; None where each map has its own, which `limits` holds. `beyond` is
    the share of the values that lie beyond the scale. `order` gives the channel of each tile, `limits` and `channels`
    are in the order of the tiles; there are fewer tiles than channels where all would be too much to send, and none
    where one map is. `strongest` is the channel with the largest mean. `sheets` are PNG, one a side; `values` are
    float32 vectors, one a side, for a layer without maps.
    """

    index: int
    row: LayerRow
    limit: float | None
    limits: np.ndarray
    beyond: float
    columns: int
    order: np.ndarray
    statistics: tuple[Statistics, ...]
    channels: tuple[Channels, ...]
    strongest: int
    sheets: tuple[bytes, ...]
    values: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """Hold what is seen: every layer, and for each side the outputs and the last one's logits (None: it has none).

    Of an output that is no vector only the shape is held: its numbers are all 0 and take no memory.
    """

    layers: tuple[LayerMaps, ...]
    outputs: tuple[tuple[np.ndarray, ...], ...]
    logits: tuple[np.ndarray | None, ...]


def _bytes_of(seen: Seen) -> int:
    """Return about how many bytes of memory this takes, with the same once more as it is sent."""
    drawn = 2 * sum(len(s) for layer in seen.layers for s in layer.sheets)
    numbers = sum(v.nbytes for layer in seen.layers for v in layer.values)
    numbers += sum(v.nbytes for side in (*seen.outputs, seen.logits) for v in side if v is not None)
    return drawn + numbers + sum(80 * len(layer.order) + 2000 for layer in seen.layers)


SEEN: KeptByBytes[Seen] = KeptByBytes(MOST_KEPT, _bytes_of)
_LARGE_LOOKS = Semaphore(1)


def see(sides: Sequence[Side], scope: str, sort: str, large: int | None, share: float = 1.0) -> Seen:
    """Return the drawn layers of one side, or of several with the same layers; raise `InferenceError`.

    At least `share` of the values of a map, a layer or the network lie within its colour scale. The layer `large` is
    drawn with fewer, larger maps in a row. The same question again is answered from the cache.
    """
    key = "|".join(f"{side.subject.key} {pixels_key(side.pixels)}" for side in sides)

    def look() -> Seen:
        numbers = len(sides) * sum(prod(row.shape) for row in sides[0].subject.rows)
        if len(sides) > 1 and numbers > MOST_VALUES:
            raise InferenceError(
                f"Side by side these are {numbers:,} numbers, and at most {MOST_VALUES:,} can be looked at; "
                "look at one alone."
            )
        with _LARGE_LOOKS if numbers > LARGE_LOOK else nullcontext():
            return _see(sides, scope, sort, large, share)

    return SEEN.get((hashlib.sha256(key.encode()).digest(), scope, sort, large, share), look)


def _see(sides: Sequence[Side], scope: str, sort: str, large: int | None, share: float) -> Seen:
    looks = [services.inference().look(side.subject, side.pixels) for side in sides]
    rows = sides[0].subject.rows
    sent = _sent(rows, len(sides))
    found = [[look.outputs[i] for look in looks] for i in range(len(rows))]
    facts = [tuple(statistics(values) for values in layer) for layer in found]
    maps = [values for row, layer in zip(rows, found, strict=True) if len(row.shape) == 3 for values in layer]
    everywhere = end_of_scale(maps, share) if maps and scope == "network" else 0.0
    layers = []
    for i, (row, values) in enumerate(zip(rows, found, strict=True)):
        if len(row.shape) == 3:
            columns = COLUMNS_LARGE if i == large or len(sides) > 1 else COLUMNS
            limit = end_of_scale(values, share) if scope == "layer" else everywhere if scope == "network" else None
            # Side by side, a map has one colour scale on both sides, whichever scope was chosen.
            limits = np.full(row.shape[2], limit) if limit is not None else ends_of_maps(values, share)
            beyond = share_beyond(values, limits) if share < 1 else 0.0
            layers.append(_spatial(i, row, values, facts[i], limit, limits, beyond, columns, sort, sent[i]))
        elif len(row.shape) <= 2:
            vectors = tuple(np.array(v.ravel()[: sent[i]], np.float32) for v in values)
            none = np.zeros(0, int)
            end = max(fact.limit for fact in facts[i])
            layers.append(LayerMaps(i, row, end, none, 0.0, 1, none, facts[i], (), 0, (), vectors))
    return Seen(
        tuple(layers),
        tuple(tuple(_output(look.outputs[i]) for i in sides[0].subject.outputs) for look in looks),
        tuple(None if look.logits is None else _logits(look.logits) for look in looks),
    )


def _sent(rows: Sequence[LayerRow], sides: int) -> list[int]:
    """Return how many channels, or numbers of a vector, of each layer are sent to a browser."""
    each = [prod(row.shape[:2]) + BESIDE if len(row.shape) == 3 else 4 for row in rows]
    wanted = [row.shape[2] if len(row.shape) == 3 else min(prod(row.shape), MOST_UNITS) for row in rows]
    taken = shares([size * count for size, count in zip(each, wanted, strict=True)], MOST_SENT // sides)
    return [share // size for size, share in zip(each, taken, strict=True)]


def _output(values: np.ndarray) -> np.ndarray:
    """Return a vector whole; of anything larger only the shape is said."""
    return np.array(values) if values.ndim == 1 else np.broadcast_to(np.float32(0), values.shape)


def _logits(values: np.ndarray) -> np.ndarray:
    """Return the logits of a vector; those of maps are not said."""
    return np.array(values) if values.ndim == 1 else np.zeros(0, np.float32)


def _spatial(
    index: int,
    row: LayerRow,
    values: Sequence[np.ndarray],
    facts: tuple[Statistics, ...],
    limit: float | None,
    limits: np.ndarray,
    beyond: float,
    columns: int,
    sort: str,
    sent: int,
) -> LayerMaps:
    each = tuple(channels(v) for v in values)
    placed = order(each[0], sort)[:sent]
    ends = limits[placed] if limit is None else limit
    tiles = [v if len(placed) == v.shape[2] and sort == "channel" else v[:, :, placed] for v in values]
    sheets = tuple(sprite_sheet(v, ends, columns) for v in tiles) if len(placed) else ()
    shown = tuple(found.of(placed) for found in each)
    strongest = int(np.argmax(each[0].mean))
    return LayerMaps(index, row, limit, limits[placed], beyond, columns, placed, facts, shown, strongest, sheets)
