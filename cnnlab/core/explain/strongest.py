"""Rank the places in the pictures of a data set that the channels of convolutions answer most and least."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.graph import Node, Regions, behind, windowed_nodes
from cnnlab.core.inside.sliding import convolves
from cnnlab.core.kept.files import keep_file
from cnnlab.core.pictures import Pixels
from cnnlab.core.words import Refusal

SHOWN = 9  # of each kind for a channel
Kind = Literal["strongest", "weakest", "spread"]
KINDS: tuple[Kind, ...] = ("strongest", "weakest", "spread")
MOST_HELD = 12_000_000  # values with their places, 96 MB, of all pictures and channels together
VERSION = 1
KEPT = 40  # rankings; the oldest go first

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


class StrongestError(Refusal):
    """Say in one sentence why nothing can be ranked."""


@dataclass(frozen=True, eq=False)
class Found:
    """Hold for some pictures the largest value of each channel's map, (n, channels), with its place.

    A place is row × columns + column, the first one in this order where there are several; `pictures` (n,) are the
    numbers of the pictures. The channels of all layers stand side by side.
    """

    pictures: Ints
    values: Floats
    places: Ints


@dataclass(frozen=True)
class Peak:
    """Tell the largest value of a channel's map for one picture, by its number, and where it is in the map."""

    picture: int
    value: float
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Strongest:
    """Hold for the row at `index` the pictures whose largest value is strongest, weakest, and spread between.

    The arrays are (3, channels, up to 9), the kinds in the order of `KINDS`: `strongest` from the top down, `weakest`
    from the bottom up, `spread` evenly by rank from the top down to the bottom. The values are those of the row's own
    output: behind an activation of its own, but before one that is a layer behind it. A `silent` channel (channels,) is
    nowhere above 0 with a ReLU right there or behind, or has the same largest value for every picture.
    """

    index: int
    pictures: Ints
    values: Floats
    rows: Ints
    columns: Ints
    silent: npt.NDArray[np.bool_]

    def of(self, channel: int, kind: Kind) -> tuple[Peak, ...]:
        """Return the peaks of one kind for a channel."""
        at = KINDS.index(kind), channel
        each = (self.pictures, self.values, self.rows, self.columns)
        return tuple(Peak(int(p), float(v), int(r), int(c)) for p, v, r, c in zip(*(a[at] for a in each), strict=True))


@dataclass(frozen=True, eq=False)
class Ranking:
    """Hold what the convolutions of a subject answered to `count` pictures."""

    count: int
    layers: tuple[Strongest, ...]

    def layer(self, index: int) -> Strongest:
        """Return the ranking of the row at `index`."""
        return next(layer for layer in self.layers if layer.index == index)


def convolutions(nodes: Sequence[Node]) -> tuple[int, ...]:
    """Return the rows whose channels are ranked; raise `StrongestError` if there is none."""
    rows = tuple(i for i in windowed_nodes(nodes) if convolves(nodes[i].class_name))
    if not rows:
        raise StrongestError("This network has no convolution, so no channel has a strongest patch; add one.")
    return rows


def most_pictures(nodes: Sequence[Node]) -> int:
    """Return how many pictures can be ranked for all convolutions of a network."""
    return MOST_HELD // _channels(nodes)


def refuse_too_many(nodes: Sequence[Node], count: int) -> None:
    """Raise `StrongestError` for no pictures, or for more than are ranked."""
    most = most_pictures(nodes)
    if not 1 <= count <= most:
        raise StrongestError(
            f"The {_channels(nodes):,} channels of this network's convolutions are ranked for 1 to {most:,} pictures, "
            f"not {count:,}; choose another number of pictures."
        )


def _channels(nodes: Sequence[Node]) -> int:
    return sum(nodes[i].output_shape[-1] for i in convolutions(nodes))


def merge(parts: Iterable[Found]) -> Found:
    """Return what was found for batches of pictures together, whatever their order."""
    known = list(parts)
    pictures = np.concatenate([part.pictures for part in known])
    order = np.argsort(pictures, kind="stable")
    values, places = (np.concatenate([getattr(part, name) for part in known]) for name in ("values", "places"))
    return Found(pictures[order], values[order], places[order])


def rank(found: Found, nodes: Sequence[Node]) -> Ranking:
    """Return the ranking of every convolution; of equal values the picture with the smaller number comes first."""
    layers, first = [], 0
    for index in convolutions(nodes):
        channels = slice(first, first + nodes[index].output_shape[-1])
        first = channels.stop
        layers.append(_ranked(found, channels, index, nodes))
    return Ranking(len(found.pictures), tuple(layers))


def _ranked(found: Found, channels: slice, index: int, nodes: Sequence[Node]) -> Strongest:
    values = found.values[:, channels]
    order = np.argsort(-values, axis=0, kind="stable")
    count = len(values)
    shown = min(SHOWN, count)
    spread = np.rint(np.linspace(0, count - 1, shown)).astype(int)
    ranks = np.stack([np.arange(shown), np.arange(count)[::-1][:shown], spread])
    chosen = order[ranks].transpose(0, 2, 1)  # (kinds, channels, shown)
    each = np.arange(values.shape[1])[None, :, None]
    rows, columns = np.divmod(found.places[:, channels][chosen, each], np.int32(nodes[index].output_shape[1]))
    largest, least = values.max(axis=0), values.min(axis=0)
    silent = (largest <= 0) & held_by_relu(nodes, index) | (largest == least) & (count > 1)
    return Strongest(index, found.pictures[chosen], values[chosen, each], rows, columns, silent)


def held_by_relu(nodes: Sequence[Node], index: int) -> bool:
    """Tell whether a row's own activation, or the first behind it, is a ReLU: of what is below 0 nothing goes on."""
    following = [nodes[index], *(nodes[i] for i in behind(nodes, index)[0])]
    said = (
        "relu" if node.class_name == "ReLU" else str(node.config.get("activation") or "linear") for node in following
    )
    return next((name for name in said if name != "linear"), "") == "relu"


def patch(pixels: Pixels, regions: Regions | str, peak: Peak) -> tuple[Pixels, tuple[int, int, int, int]]:
    """Return what a place of a map sees of a picture (height, width, channels), and its first and last row and column.

    `regions` are those of the row (`fields_of`). Behind the border there is nothing to show; where it is not traced
    what a place sees, that is the whole picture.
    """
    (top, bottom), (left, right) = ((0, n - 1) for n in pixels.shape[:2])
    if not isinstance(regions, str):
        top, bottom = regions[0][peak.row] or (top, bottom)
        left, right = regions[1][peak.column] or (left, right)
    return pixels[top : bottom + 1, left : right + 1], (top, bottom, left, right)


def state_of(subject_key: str, fingerprint: str, count: int) -> str:
    """Return a hash of all that a ranking is found from."""
    return hashlib.sha256(f"{VERSION}\0{subject_key}\0{fingerprint}\0{count}".encode()).hexdigest()


def remember(folder: Path, state: str, ranking: Ranking) -> None:
    """Keep a ranking in a folder."""
    arrays: dict[str, Any] = {"count": np.array(ranking.count)}
    for layer in ranking.layers:
        arrays |= {f"{layer.index} {name}": value for name, value in vars(layer).items() if name != "index"}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    keep_file(folder / f"{state}.npz", out.getvalue(), KEPT)


def recall(folder: Path, state: str, nodes: Sequence[Node]) -> Ranking | None:
    """Return the ranking that was kept in this state, or None."""
    names = [name for name in Strongest.__dataclass_fields__ if name != "index"]
    try:
        with np.load(folder / f"{state}.npz", allow_pickle=False) as kept:
            layers = (Strongest(i, *(kept[f"{i} {name}"] for name in names)) for i in convolutions(nodes))
            return Ranking(int(kept["count"]), tuple(layers))
    except (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
