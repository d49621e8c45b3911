"""Compute what a network sees in a picture, and draw it: one sprite sheet a layer, with the numbers of each map."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
import streamlit as st

from cnnlab.core.graph import Node, Regions, Windowed, fields_of, nodes_of, windowed, windowed_nodes
from cnnlab.core.likeness import Twins
from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.shapes import trace
from cnnlab.runs.inference import Kernel, Look, RandomWeights, Weights, Window
from cnnlab.ui.services import inference
from cnnlab.viz.channels import Channels, channels, order
from cnnlab.viz.scale import end_of_scale, ends_of_maps, share_beyond
from cnnlab.viz.sprites import Statistics, sprite_sheet, statistics

SCOPES = ("map", "layer", "network")
COLUMNS, COLUMNS_LARGE = 16, 8
MOST_UNITS = 65_536  # numbers of one vector that are sent to the browser


@dataclass(frozen=True)
class LayerRow:
    """Name one layer whose output can be shown; the shape is without the batch."""

    name: str
    class_name: str
    shape: tuple[int, ...]


class Subject(Protocol):
    """Be something that can be looked into: a network with weights, or somebody else's model."""

    @property
    def key(self) -> str:
        """Return a text that changes whenever an answer could."""

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Return every layer, in the order of `Look.outputs`."""

    @property
    def outputs(self) -> tuple[int, ...]:
        """Return the rows that are the network's own outputs, its last row last."""

    def look(self, pixels: Pixels) -> Look:
        """Return the outputs for one prepared picture; raise `InferenceError`."""

    def activity(self, batch: Pixels) -> tuple[np.ndarray, ...]:
        """Return the largest absolute value of each channel of each layer over a batch; raise `InferenceError`."""

    def twins(self, batch: Pixels, least: float) -> tuple[Twins, ...]:
        """Return for each layer which channels are alike over a batch; raise `InferenceError`."""

    def kernels(self) -> tuple[Kernel, ...]:
        """Return the kernels of every convolution; raise `InferenceError`."""

    @property
    def graph(self) -> "Graph":
        """Return how its layers hang together."""

    @property
    def rescaled(self) -> bool:
        """Tell whether it gets its pixels otherwise than divided by 255."""

    def window(self, pixels: Pixels, index: int, channel: int, first: int) -> Window:
        """Return what one output channel of a layer is computed from; raise `InferenceError`."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Hold the layers of a subject as nodes, with what follows from them once it is asked for."""

    nodes: tuple[Node, ...]
    input_shape: tuple[int, int, int]

    @cached_property
    def fields(self) -> tuple[Regions | str, ...]:
        """Return what each place of each layer sees of the picture, or the sentence why that is not traced."""
        return fields_of(self.nodes, self.input_shape)

    @cached_property
    def windowed(self) -> tuple[int, ...]:
        """Return the layers that can be taken apart."""
        return windowed_nodes(self.nodes)

    def place(self, index: int) -> Windowed:
        """Return one of those in its surroundings."""
        return windowed(self.nodes, self.input_shape, index, self.fields)


@dataclass(frozen=True)
class Weighted:
    """Be a network with its weights."""

    network: Network
    weights: Weights

    @property
    def key(self) -> str:
        """Return the network as JSON and the identity of the weights."""
        return f"{network_key(self.network)} {weights_key(self.weights)}"

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Return the rows of the network's trace; raise `InvalidNetwork`."""
        return tuple(LayerRow(row.name, row.class_name, row.output_shape) for row in trace(self.network))

    @property
    def outputs(self) -> tuple[int, ...]:
        """Return the last row."""
        return (len(self.network.layers) - 1,)

    def look(self, pixels: Pixels) -> Look:
        """Ask the inference process."""
        return inference().look(self.network, self.weights, pixels)

    def activity(self, batch: Pixels) -> tuple[np.ndarray, ...]:
        """Ask the inference process."""
        return inference().activity(self.network, self.weights, batch)

    def twins(self, batch: Pixels, least: float) -> tuple[Twins, ...]:
        """Ask the inference process."""
        return inference().twins(self.network, self.weights, batch, least)

    def kernels(self) -> tuple[Kernel, ...]:
        """Ask the inference process."""
        return inference().kernels(self.network, self.weights)

    @property
    def rescaled(self) -> bool:
        """Tell whether it was trained on pixels that were not divided by 255."""
        return self.weights.rescale != 1 / 255

    @property
    def graph(self) -> Graph:
        """Return the network as a graph; raise `InvalidNetwork`."""
        return _graph(self.network)

    def window(self, pixels: Pixels, index: int, channel: int, first: int) -> Window:
        """Ask the inference process."""
        return inference().window(self.network, self.weights, pixels, index, channel, first)


@lru_cache(maxsize=64)
def _graph(network: Network) -> "Graph":
    return Graph(nodes_of(network), network.input_shape)


def network_key(network: Network) -> str:
    """Return a text that is the same for equal networks, for a cache."""
    return json.dumps(network.to_dict())


def weights_key(weights: Weights) -> str:
    """Return a text that changes whenever the weights may have, for a cache."""
    if isinstance(weights, RandomWeights):
        return str(weights)
    return f"{weights.rescale} {weights.path} {weights.path.stat().st_mtime_ns if weights.path.exists() else 0}"


def pixels_key(pixels: Pixels) -> str:
    """Return a text that is the same for equal pixels, for a cache."""
    return hashlib.sha256(pixels.tobytes()).hexdigest()


@dataclass(frozen=True, eq=False)
class Side:
    """Hold one of the things that stand side by side: who looks, at which prepared picture, and its title."""

    subject: Subject
    pixels: Pixels
    title: str = ""


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """Hold one layer's drawn maps: everything that stands side by side has the same scale and the same order.

    `limit` is the value of the strongest colour; None where each map has its own, which `limits` (channels,) holds.
    `beyond` is the share of the values that lie beyond the scale. `order` gives the channel of each tile. `sheets` are
    PNG, one a side; `values` are float32 vectors, one a side, for a layer without maps.
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
    sheets: tuple[bytes, ...]
    values: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """Hold what is seen: every layer, and for each side the outputs and the last one's logits (None: it has none)."""

    layers: tuple[LayerMaps, ...]
    outputs: tuple[tuple[np.ndarray, ...], ...]
    logits: tuple[np.ndarray | None, ...]


def see(sides: Sequence[Side], scope: str, sort: str, large: int | None, share: float = 1.0) -> Seen:
    """Return the drawn layers of one side, or of several with the same layers; raise `InferenceError`.

    At least `share` of the values of a map, a layer or the network lie within its colour scale. The layer `large` is
    drawn with fewer, larger maps in a row. The same question again is answered from the cache.
    """
    key = "|".join(f"{side.subject.key} {pixels_key(side.pixels)}" for side in sides)
    return _see(key, scope, sort, large, share, sides)


@st.cache_data(max_entries=48, show_spinner=False)
def _see(key: str, scope: str, sort: str, large: int | None, share: float, _sides: Sequence[Side]) -> Seen:
    looks = [side.subject.look(side.pixels) for side in _sides]
    rows = _sides[0].subject.rows
    found = [[look.outputs[i] for look in looks] for i in range(len(rows))]
    facts = [tuple(statistics(values) for values in layer) for layer in found]
    maps = [values for row, layer in zip(rows, found, strict=True) if len(row.shape) == 3 for values in layer]
    everywhere = end_of_scale(maps, share) if maps and scope == "network" else 0.0
    layers = []
    for i, (row, values) in enumerate(zip(rows, found, strict=True)):
        if len(row.shape) == 3:
            columns = COLUMNS_LARGE if i == large or len(_sides) > 1 else COLUMNS
            limit = end_of_scale(values, share) if scope == "layer" else everywhere if scope == "network" else None
            # Side by side, a map has one colour scale on both sides, whichever scope was chosen.
            limits = np.full(row.shape[2], limit) if limit is not None else ends_of_maps(values, share)
            beyond = share_beyond(values, limits) if share < 1 else 0.0
            layers.append(_spatial(i, row, values, facts[i], limit, limits, beyond, columns, sort))
        elif len(row.shape) <= 2:
            vectors = tuple(np.asarray(v, np.float32).ravel()[:MOST_UNITS] for v in values)
            none = np.zeros(0, int)
            end = max(fact.limit for fact in facts[i])
            layers.append(LayerMaps(i, row, end, none, 0.0, 1, none, facts[i], (), (), vectors))
    return Seen(
        tuple(layers),
        tuple(tuple(look.outputs[i] for i in _sides[0].subject.outputs) for look in looks),
        tuple(None if look.logits is None else look.logits.ravel() for look in looks),
    )


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
) -> LayerMaps:
    each = tuple(channels(v) for v in values)
    placed = order(each[0], sort)
    ends = limits[placed] if limit is None else limit
    sheets = tuple(sprite_sheet(v if sort == "channel" else v[:, :, placed], ends, columns) for v in values)
    return LayerMaps(index, row, limit, limits, beyond, columns, placed, facts, each, sheets)
