"""Say what the columns of a flow are for a browser: what each tile is, what it reads, what its places see."""

from collections.abc import Sequence
from typing import Any

from cnnlab.core.inside.channel_sources import channel_sources
from cnnlab.core.inside.graph import Regions
from cnnlab.core.network import Network
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words.numbers import two_digits
from cnnlab.viz.inside.flow import Column, Flow

MOST_PLACES = 64  # of an axis, whose regions are told


def flow_facts(
    network: Network, rows: Sequence[Row], drawn: Flow, fields: Sequence[Regions | str]
) -> list[dict[str, Any]]:
    """Return the facts of the picture and of every layer, in the order of the columns.

    `reads` gives for each tile the tiles of the column before that it is computed from, `sees` for up to `MOST_PLACES`
    places along each axis the rows or columns of the picture that they see.
    """
    picture = {"tiles": 1, "channels": [], "said": [f"The picture: {describe_shape(network.input_shape)} numbers."]}
    facts: list[dict[str, Any]] = [picture | {"reads": [[]], "sees": None}]
    before: tuple[int, ...] = ()
    for i, (column, row) in enumerate(zip(drawn.columns, rows, strict=True)):
        seen = fields[i]
        facts.append(
            {
                "tiles": max(1, len(column.channels)),
                "channels": list(column.channels),
                "image": f"column{i}",
                "height": column.height,
                "width": column.width,
                "gap": column.gap,
                "scale": column.scale,
                "ends": [two_digits(-column.limit), two_digits(column.limit)],
                "said": _said(row, column),
                "reads": _reads(network, i, row, column, before),
                "sees": None if isinstance(seen, str) else [_sampled(axis) for axis in seen],
            }
        )
        before = column.channels
    return facts


def _said(row: Row, column: Column) -> list[str]:
    ends = [
        f"from {two_digits(low)} to {two_digits(high)}" for low, high in zip(column.minima, column.maxima, strict=True)
    ]
    if not column.channels:
        number = row.output_shape[0]
        what = "1 number" if number == 1 else f"{number:,} numbers"
        cells = f" A cell shows the one of {column.each} that is farthest from 0." if column.each > 1 else ""
        return [f"{row.name}: {what}, {ends[0] if number > 1 else two_digits(column.minima[0])}.{cells}"]
    height, width, count = row.output_shape
    step = -(-height // column.height)
    left_out = f" One of {step} rows and columns is drawn." if step > 1 else ""
    return [
        f"{row.name}, channel {channel} of {count}: {height} × {width} numbers, {end}.{left_out}"
        for channel, end in zip(column.channels, ends, strict=True)
    ]


def _reads(network: Network, index: int, row: Row, column: Column, before: tuple[int, ...]) -> list[list[int]]:
    """Return for each tile of a layer the tiles of the column before that it is computed from."""
    if not before or not column.channels:
        return [list(range(max(1, len(before))))] * max(1, len(column.channels))
    layer, channels = network.layers[index], row.input_shape[-1]
    sources = [channel_sources(layer, channels, channel) for channel in column.channels]
    return [[tile for tile, channel in enumerate(before) if channel in source] for source in sources]


def _sampled(places: Sequence[tuple[int, int] | None]) -> list[tuple[int, int] | None]:
    """Return what at most `MOST_PLACES` places see, evenly from the first on."""
    if len(places) <= MOST_PLACES:
        return list(places)
    return [places[i * len(places) // MOST_PLACES] for i in range(MOST_PLACES)]
