"""Be what can be looked into: a network with its weights, or somebody else's model; a process opens it by itself."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from cnnlab.core.exchange.imported import ImportedModel
from cnnlab.core.inside.graph import Node, Regions, Windowed, fields_of, nodes_of, windowed, windowed_nodes
from cnnlab.core.inside.heavy import MOST_PARAMETERS, too_heavy
from cnnlab.core.network import Network
from cnnlab.core.pictures import Pixels
from cnnlab.core.shapes import trace


@dataclass(frozen=True)
class RandomWeights:
    """Name fresh weights as Keras draws them, the same ones for the same seed."""

    seed: int = 0
    rescale: ClassVar[float] = 1 / 255


@dataclass(frozen=True)
class FileWeights:
    """Name the trained weights in a model file (.keras or .h5), and by what pixels were multiplied in training."""

    path: Path
    rescale: float = 1 / 255


Weights = RandomWeights | FileWeights


@dataclass(frozen=True)
class LayerRow:
    """Name one layer whose output can be shown, with its parameters; the shape is without the batch."""

    name: str
    class_name: str
    shape: tuple[int, ...]
    params: int = 0


@dataclass(frozen=True, eq=False)
class Graph:
    """Hold the layers of a subject as nodes, with what follows from them once it is asked for."""

    nodes: tuple[Node, ...]
    input_shape: tuple[int, ...]

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


class Subject(Protocol):
    """Be something that can be looked into: `Inside` asks the questions, its `process` opens it."""

    @property
    def process(self) -> Literal["networks", "models"]:
        """Return which process opens it."""

    @property
    def described(self) -> dict[str, Any]:
        """Return from what that process opens it, as JSON."""

    @property
    def key(self) -> str:
        """Return a text that changes whenever an answer could."""

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Return the picture that it takes, (height, width, channels)."""

    @property
    def rescaling(self) -> tuple[float, float]:
        """Return by what pixels of 0 to 255 are multiplied, and what is added then."""

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Return every layer, in the order of `Look.outputs`."""

    @property
    def outputs(self) -> tuple[int, ...]:
        """Return the rows that are the network's own outputs, its last row last."""

    @property
    def graph(self) -> Graph:
        """Return how its layers hang together."""

    def problem(self, most_params: int) -> str | None:
        """Return in one sentence why nobody can look into it here, or None; raise `InvalidNetwork`."""


@dataclass(frozen=True)
class Weighted:
    """Be a network with its weights."""

    network: Network
    weights: Weights
    process: ClassVar[Literal["networks"]] = "networks"

    @property
    def described(self) -> dict[str, Any]:
        """Return the network and which weights it has."""
        weights: dict[str, Any] = {"kind": "random"}
        if isinstance(self.weights, RandomWeights):
            weights["seed"] = self.weights.seed
        else:
            weights = {"kind": "file", "path": str(self.weights.path)}
        return {"network": self.network.to_dict(), "weights": weights | {"rescale": self.weights.rescale}}

    @property
    def key(self) -> str:
        """Return the network as JSON and the identity of the weights."""
        return f"{json.dumps(self.network.to_dict())} {_weights_key(self.weights)}"

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Return the network's own; raise `NotForPictures` if it reads sequences."""
        return self.network.picture_shape

    @property
    def rescaling(self) -> tuple[float, float]:
        """Return what it was trained with."""
        return self.weights.rescale, 0.0

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Return the rows of the network's trace; raise `InvalidNetwork`."""
        return _rows_of_network(self.network)

    @property
    def outputs(self) -> tuple[int, ...]:
        """Return the last row."""
        return (len(self.network.layers) - 1,)

    @property
    def graph(self) -> Graph:
        """Return the network as a graph; raise `InvalidNetwork`."""
        return _graph_of_network(self.network)

    def problem(self, most_params: int) -> str | None:
        """Return why the network is too heavy."""
        # A file has been sent or trained whole; random weights are made for everybody who asks.
        random = isinstance(self.weights, RandomWeights)
        return too_heavy(self.network, most_params if random else max(most_params, MOST_PARAMETERS))


@dataclass(frozen=True)
class Opened:
    """Be somebody else's model, with how pixels of 0 to 255 are rescaled for it."""

    model: ImportedModel
    scale: float
    offset: float
    process: ClassVar[Literal["models"]] = "models"

    @property
    def described(self) -> dict[str, Any]:
        """Return the file, its name and the rescaling."""
        return describe_file(self.model.path, self.model.name) | {"scale": self.scale, "offset": self.offset}

    @property
    def key(self) -> str:
        """Return the hash of the file and the rescaling."""
        return f"{self.model.sha256} {self.scale} {self.offset}"

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Return the model's own."""
        return self.model.input_shape

    @property
    def rescaling(self) -> tuple[float, float]:
        """Return what was chosen for it."""
        return self.scale, self.offset

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Return the rows as Keras gave them."""
        return tuple(LayerRow(row.name, row.class_name, row.output_shape, row.params) for row in self.model.rows)

    @property
    def outputs(self) -> tuple[int, ...]:
        """Return the rows that the model gives as its outputs."""
        names = [row.name for row in self.model.rows]
        return tuple(sorted(names.index(name) for name in self.model.outputs if name in names))

    @property
    def graph(self) -> Graph:
        """Return its layers as a graph."""
        return _graph_of_model(self.model)

    def problem(self, most_params: int) -> str | None:
        """Return that its file is gone; what is too heavy was not opened."""
        if self.model.path.is_file():
            return None
        return f"{self.model.name} is no longer kept on this server; bring the file again."


def describe_file(path: Path, name: str) -> dict[str, Any]:
    """Return from what a model file is opened."""
    return {"path": str(path), "name": name}


def pixels_key(pixels: Pixels) -> str:
    """Return a text that is the same for equal pixels, for a cache."""
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def _weights_key(weights: Weights) -> str:
    """Return a text that changes whenever the weights may have."""
    if isinstance(weights, RandomWeights):
        return str(weights)
    return f"{weights.rescale} {weights.path} {weights.path.stat().st_mtime_ns if weights.path.exists() else 0}"


@lru_cache(maxsize=64)
def _rows_of_network(network: Network) -> tuple[LayerRow, ...]:
    return tuple(LayerRow(row.name, row.class_name, row.output_shape, row.params) for row in trace(network))


@lru_cache(maxsize=64)
def _graph_of_network(network: Network) -> Graph:
    return Graph(nodes_of(network), network.input_shape)


@lru_cache(maxsize=16)
def _graph_of_model(model: ImportedModel) -> Graph:
    return Graph(model.nodes, model.input_shape)
