"""Draw a picture's way through a network: of every layer the strongest few channels, small enough to be seen at once.

Everything that is drawn was computed by Keras; here it is only chosen, thinned out and coloured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.channel_sources import keeps_channels
from cnnlab.core.inside.graph import nodes_of, reach
from cnnlab.core.network import Network
from cnnlab.viz.inside.channels import channels, order
from cnnlab.viz.inside.sprites import gap, sprite_sheet

Array = npt.NDArray[np.float32]

MOST_TILES = 5
MOST_SIDE = 96  # pixels of a map, and cells of a column of a vector
MOST_ACROSS = 16  # cells of a row of a vector


@dataclass(frozen=True)
class Column:
    """Hold what is drawn of one layer.

    `channels` are those of the tiles, from above; a vector has none and is one tile. `image` is a PNG with the tiles
    one below the other, each `height` × `width` pixels, `gap` transparent pixels between them. `scale` is the first of
    the layers that share their colour scale, whose strongest colour is `limit`. `minima` and `maxima` are those of each
    tile's values. A cell of a vector shows the one of `each` numbers that is farthest from zero.
    """

    channels: tuple[int, ...]
    height: int
    width: int
    gap: int
    scale: int
    limit: float
    minima: tuple[float, ...]
    maxima: tuple[float, ...]
    each: int
    image: bytes


@dataclass(frozen=True, eq=False)
class Flow:
    """Hold the column of every layer, and what comes out: the last output, float32, and its logits (None: it has none).

    An output that is not a vector is empty.
    """

    columns: tuple[Column, ...]
    output: Array
    logits: Array | None


def flow(network: Network, outputs: Sequence[Array], logits: Array | None) -> Flow:
    """Draw what every layer of a network gave, float32 without the batch, one array for each of its layers."""
    shown = _shown(network, outputs)
    first = _scales(network)
    limits = {i: max(float(np.abs(v).max()) for v, own in zip(outputs, first, strict=True) if own == i) for i in first}
    columns = tuple(
        _maps(values, chosen, scale, limits[scale]) if values.ndim == 3 else _vector(values, scale, limits[scale])
        for values, chosen, scale in zip(outputs, shown, first, strict=True)
    )
    last = outputs[-1]
    is_vector = last.ndim == 1
    return Flow(columns, last if is_vector else np.zeros(0, np.float32), logits if is_vector else None)


def _shown(network: Network, outputs: Sequence[Array]) -> list[tuple[int, ...]]:
    """Return the channels that are drawn of each layer, the strongest first.

    Layers that keep the channels of the one before show the same ones, chosen where the last of them ends: there a
    channel is as strong as the next layer finds it.
    """
    shown: list[tuple[int, ...]] = []
    for i in reversed(range(len(outputs))):
        follows = i + 1 < len(outputs) and keeps_channels(network.layers[i + 1]) and bool(shown[-1])
        if outputs[i].ndim != 3:
            shown.append(())
        elif follows:
            shown.append(shown[-1])
        else:
            shown.append(tuple(map(int, order(channels(outputs[i]), "mean")[:MOST_TILES])))
    return shown[::-1]


def _scales(network: Network) -> list[int]:
    """Return for each layer the first of those that share its scale.

    Activation and pooling have the scale before them; an activation with bounds, as sigmoid, has its own.
    """
    first: list[int] = []
    for i, (layer, node) in enumerate(zip(network.layers, nodes_of(network), strict=True)):
        shares = layer.kind.family in ("activation", "pooling") or layer.class_name == "Dropout"
        first.append(first[-1] if i and shares and reach(node) == (0, 0) else i)
    return first


def _maps(values: Array, chosen: tuple[int, ...], scale: int, limit: float) -> Column:
    tiles = values[:, :, list(chosen)]
    step = max(1, -(-max(values.shape[:2]) // MOST_SIDE))
    small = np.ascontiguousarray(tiles[::step, ::step])
    height, width = small.shape[:2]
    ends = [tuple(map(float, end)) for end in (tiles.min((0, 1)), tiles.max((0, 1)))]
    image = sprite_sheet(small, limit, columns=1)
    return Column(chosen, height, width, gap(width), scale, limit, ends[0], ends[1], 1, image)


def _vector(values: Array, scale: int, limit: float) -> Column:
    cells, each = _cells(values.ravel())
    image = sprite_sheet(cells[:, :, None], limit, columns=1)
    ends = (float(values.min()),), (float(values.max()),)
    height, width = cells.shape
    return Column((), height, width, 0, scale, limit, *ends, each, image)


def _cells(values: Array) -> tuple[Array, int]:
    """Return numbers as cells (height, width), read in rows, and how many numbers one cell stands for."""
    each = -(-values.size // (MOST_SIDE * MOST_ACROSS))
    cells = -(-values.size // each)
    padded = np.zeros(cells * each, np.float32)
    padded[: values.size] = values
    groups = padded.reshape(cells, each)
    largest = groups[np.arange(cells), np.abs(groups).argmax(axis=1)]
    across = -(-cells // MOST_SIDE)
    down = -(-cells // across)
    grid = np.zeros(down * across, np.float32)
    grid[:cells] = largest
    return grid.reshape(down, across), each
