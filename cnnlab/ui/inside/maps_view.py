"""Put layers of maps, or of kernels, on the page as one component that a pointer or the keyboard explores."""

import base64
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from cnnlab.core.inside.graph import reach
from cnnlab.core.inside.likeness import Twins
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words.numbers import percent, two_digits
from cnnlab.processes.inference import Kernel
from cnnlab.processes.subjects import LayerRow
from cnnlab.ui.inside.seen import LayerMaps, Seen, Side
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.pictures.prepared import png_of
from cnnlab.ui.session.decoders import position, record
from cnnlab.viz.html import Html, tag, together
from cnnlab.viz.inside.sprites import gap, sprite_sheet
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS, css_gradient, diverging


@dataclass(frozen=True)
class OneMap:
    """Name one map: its layer's position and its channel's."""

    layer: int
    channel: int


class MapsSends:
    """Declare what maps send: the one that the convolution view shall show."""

    send = Message(record(OneMap, layer=position, channel=position))


_MAPS = component(
    "feature_maps_view",
    "maps/entry.js",
    html="maps/maps.html",
    styles=["maps/maps.css"],
    sends=MapsSends,
    isolate=False,
)
_PALETTE = base64.b64encode(diverging().tobytes()).decode("ascii")

Dead = Sequence[np.ndarray]
_PACKED: WeakKeyDictionary[Seen, tuple[Hashable, bytes]] = WeakKeyDictionary()  # goes away with what was seen


class _Blobs:
    """Collect what is sent as raw bytes, and name each."""

    def __init__(self) -> None:
        self.all: dict[str, np.ndarray] = {}

    def add(self, blob: bytes | np.ndarray) -> str:
        name = str(len(self.all))
        self.all[name] = np.frombuffer(blob, np.uint8) if isinstance(blob, bytes) else blob
        return name


def maps_view(
    key: str,
    seen: Seen,
    sides: Sequence[Side],
    dead: Dead | None,
    twins: Sequence[Twins] | None,
    can_send: Collection[int],
    on_send: Callable[[OneMap], None],
) -> None:
    """Draw every layer of what was seen.

    `dead` gives, for each layer, the channels that are zero for a whole batch of pictures, `twins` those that are
    alike. A map of the layers `can_send` can be sent to the convolution view: `on_send` receives it.
    """
    channels = {layer.index: layer.row.shape[-1] for layer in seen.layers if layer.index in can_send}

    def take(sent: OneMap) -> None:
        if sent.channel < channels.get(sent.layer, 0):
            on_send(sent)

    _MAPS(key, _packed(seen, sides, dead, twins, frozenset(can_send)), MapsSends.send.to(take))


def _packed(
    seen: Seen, sides: Sequence[Side], dead: Dead | None, twins: Sequence[Twins] | None, can_send: frozenset[int]
) -> bytes:
    """Return all that a browser needs of what was seen; without marks packed once for all who see the same."""
    is_plain, asked = dead is None and twins is None, (tuple(side.title for side in sides), can_send)
    if is_plain and (kept := _PACKED.get(seen)) is not None and kept[0] == asked:
        return kept[1]
    blobs = _Blobs()
    layers = [
        _layer(layer, sides, dead[layer.index] if dead else None, twins[layer.index] if twins else None, blobs)
        | {"send": layer.index in can_send}
        for layer in seen.layers
    ]
    header = {
        "layers": layers,
        "sides": [{"title": side.title, "picture": blobs.add(png_of(side.pixels))} for side in sides],
        "palette": _PALETTE,
        "hint": "Point at a map or move to it with the arrow keys; click it to enlarge it.",
    }
    packed = pack(header, blobs.all)
    if is_plain:
        _PACKED[seen] = asked, packed
    return packed


def kernels_view(key: str, kernels: Sequence[Kernel], rows: Sequence[LayerRow], scope: str) -> None:
    """Draw the kernels of every convolution: a line of slices for each filter, one slice for each input channel."""
    blobs = _Blobs()
    ends = [float(np.abs(kernel.values).max(initial=0)) for kernel in kernels]
    layers = []
    for kernel, end in zip(kernels, ends, strict=True):
        limit = {"map": None, "layer": end, "network": max(ends)}[scope]
        layers.append(_kernel(kernel, rows[kernel.index], limit, blobs))
    header = {"layers": layers, "sides": [{"title": "", "picture": None}], "palette": _PALETTE}
    hint = "Point at a slice or move to it with the arrow keys to read its numbers."
    _MAPS(key, pack({**header, "hint": hint}, blobs.all))


def _layer(
    layer: LayerMaps, sides: Sequence[Side], dead: np.ndarray | None, twins: Twins | None, blobs: _Blobs
) -> dict[str, Any]:
    shape = layer.row.shape
    data: dict[str, Any] = {
        "index": layer.index,
        "name": layer.row.name,
        "head": _head(layer, len(sides), dead, twins),
        "alt": _alt(layer),
        "limit": layer.limit,
        "dead": [] if dead is None else np.intersect1d(dead, layer.order).tolist(),
        "twins": {} if twins is None else _twins(twins, layer.order),
    }
    if layer.values:
        before, ends = _flattened(layer, sides[0]), reach(sides[0].subject.graph.nodes[layer.index])
        return data | {
            "kind": "vector",
            "values": [blobs.add(values) for values in layer.values],
            "flattened": before,
            "low": min(ends[0], *(facts.minimum for facts in layer.statistics)),
            "high": max(ends[1], *(facts.maximum for facts in layer.statistics)),
        }
    if not layer.sheets:
        return data | {"kind": "nothing"}
    seen = sides[0].subject.graph.fields[layer.index]
    return data | {
        "kind": "maps",
        "height": shape[0],
        "width": shape[1],
        "count": len(layer.order),
        "all": shape[2],
        "gap": gap(shape[1]),
        "columns": min(layer.columns, len(layer.order)),
        "order": layer.order.tolist(),
        "sheets": [blobs.add(sheet) for sheet in layer.sheets],
        "statistics": [
            {name: _short(getattr(stats, name)) for name in ("minimum", "maximum", "mean", "zeros")}
            for stats in layer.channels
        ],
        "limits": _short(layer.limits),
        "regions": None if isinstance(seen, str) else seen,
        "unseen": seen if isinstance(seen, str) else "",
    }


def _twins(twins: Twins, shown: np.ndarray) -> dict[int, Any]:
    """Return for each shown channel that is like one before it: that one, and their correlation, None if equal."""
    return {
        int(channel): [int(twins.of[channel]), None if twins.equal[channel] else float(twins.correlation[channel])]
        for channel in np.intersect1d(np.flatnonzero(twins.of >= 0), shown)
    }


def _head(layer: LayerMaps, sides: int, dead: np.ndarray | None, twins: Twins | None) -> str:
    """Return the line above a layer's maps: its name, shape, range, share of zeros, strongest map and scale."""
    low = min(facts.minimum for facts in layer.statistics)
    high = max(facts.maximum for facts in layer.statistics)
    zeros = " and ".join(f"{percent(facts.zero_fraction, 0)}" for facts in layer.statistics)
    parts = [describe_shape(layer.row.shape), f"{_range(low, high)}, {zeros} zeros"]
    if layer.channels and sides == 1:
        parts.append(f"strongest: channel {layer.strongest}")
    if dead is not None and len(dead):
        parts.append(f"{len(dead)} dead")
    if twins is not None and (count := int((twins.of >= 0).sum())):
        parts.append(f"{count} duplicate{'s' if count > 1 else ''}")
    if layer.values and len(layer.values[0]) < int(np.prod(layer.row.shape)):
        parts.append(f"the first {len(layer.values[0]):,} are shown")
    elif layer.channels and not layer.sheets:
        parts.append("each map is too large to be sent to a browser; use a smaller picture")
    elif layer.channels and len(layer.order) < layer.row.shape[2]:
        parts.append(f"{len(layer.order):,} of the {layer.row.shape[2]:,} maps are shown")
    return _line(layer.row, parts, layer.limit, _clipped(layer, max(abs(low), abs(high))))


def _clipped(layer: LayerMaps, largest: float) -> str:
    """Say how much of a layer lies beyond its colour scale."""
    return f"{percent(layer.beyond)} beyond, to ±{largest:.2g}" if layer.beyond else ""


def _line(row: LayerRow, parts: Sequence[str], limit: float | None, clipped: str = "") -> Html:
    color = KIND_COLORS[KIND_OF_CLASS.get(row.class_name, "reshaping")]
    scale: tuple[Html | str, ...] = ("each map has its own scale",)
    if limit is not None:
        scale = (f"−{limit:.2g} ", tag("i", style=f"background:{css_gradient()}"), f" {limit:.2g}")
    legend = tag("span", *scale, f", {clipped}" if clipped else "", class_="legend")
    return together(tag("b", row.name, style=f"--kind:{color}"), *(tag("span", part) for part in parts), legend)


def _alt(layer: LayerMaps) -> str:
    facts, shape, name = layer.statistics[0], layer.row.shape, layer.row.name
    scale = f"values {_range(facts.minimum, facts.maximum)}, blue above zero, brown below, white at zero."
    if layer.values:
        return f"The {len(layer.values[0]):,} numbers of {name}; {scale}"
    return f"{_counted(len(layer.order), shape[2])} maps of {name}, {shape[0]} by {shape[1]} each; {scale}"


def _range(low: float, high: float) -> str:
    return f"{two_digits(low)} to {two_digits(high)}"


def _counted(shown: int, there: int) -> str:
    return f"The {there}" if shown == there else f"{shown:,} of the {there:,}"


def _flattened(layer: LayerMaps, side: Side) -> list[int] | None:
    """Return the shape (height, width, channels) that a Flatten layer has read row by row."""
    rows = side.subject.rows
    if layer.row.class_name != "Flatten" or layer.index == 0 or len(rows[layer.index - 1].shape) != 3:
        return None
    return list(rows[layer.index - 1].shape)


def _kernel(kernel: Kernel, row: LayerRow, limit: float | None, blobs: _Blobs) -> dict[str, Any]:
    height, width, inputs, filters = kernel.values.shape
    slices = kernel.values.transpose(0, 1, 3, 2).reshape(height, width, filters * inputs)
    shown = "" if kernel.shape[2:] == (inputs, filters) else f"the first {filters} filters, {inputs} inputs of each"
    said = " × ".join(map(str, kernel.shape))
    if not kernel.values.size:
        parts = [f"{said} (height, width, inputs, filters)", "each slice is too large to be sent to a browser"]
        return {"index": kernel.index, "name": row.name, "kind": "nothing", "head": _line(row, parts, limit)}
    low, high = float(kernel.values.min()), float(kernel.values.max())
    part = "" if kernel.part == "kernel" else kernel.part.replace("_", " ")
    parts = [p for p in (part, f"{said} (height, width, inputs, filters)", _range(low, high), shown) if p]
    return {
        "index": kernel.index,
        "name": row.name,
        "kind": "kernels",
        "head": _line(row, parts, limit),
        "alt": f"The kernels of {row.name}: {filters} filters of {inputs} slices, {height} by {width} each.",
        "limit": limit,
        "dead": [],
        "twins": {},
        "height": height,
        "width": width,
        "count": filters * inputs,
        "inputs": inputs,
        "gap": gap(width),
        "columns": inputs if inputs >= 12 else inputs * max(1, 24 // inputs),
        "order": list(range(filters * inputs)),
        "sheets": [blobs.add(sprite_sheet(slices, limit, inputs if inputs >= 12 else inputs * max(1, 24 // inputs)))],
        "numbers": blobs.add(np.moveaxis(slices, 2, 0)),
        "bias": list(kernel.bias),
        "regions": None,
        "send": False,
    }


def _short(values: np.ndarray) -> list[float]:
    """Return four significant digits of each number: more is never shown."""
    return [float(f"{value:.4g}") for value in values]
