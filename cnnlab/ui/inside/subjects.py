"""Be what can be looked into: a network with its weights, with what follows from how its layers hang together."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np

from cnnlab.core.inside.graph import Node, Regions, Windowed, fields_of, nodes_of, windowed, windowed_nodes
from cnnlab.core.inside.likeness import Twins
from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.shapes import trace
from cnnlab.processes.inference import Kernel, Look, RandomWeights, Weights, Window
from cnnlab.ui.session.services import inference


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
