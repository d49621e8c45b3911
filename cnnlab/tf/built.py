"""Be a model that was opened, whoever made it: what every question about its inside is asked of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import keras
import numpy as np

from cnnlab.core.inside.graph import PICTURE, Node
from cnnlab.processes.frames import Array

Answer = tuple[dict[str, Any], list[Array]]


class Built(Protocol):
    """Be a model that was opened: its rows, and how they are computed."""

    @property
    def name(self) -> str:
        """Return how sentences call it."""

    @property
    def model(self) -> keras.Model:
        """Return it as Keras has it."""

    @property
    def layers(self) -> Sequence[keras.Operation]:
        """Return the layer of each row."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Return its rows as a graph."""

    def taken(self, value: Any) -> Any:
        """Return a batch of pictures (1, height, width, channels) as the model takes it."""

    def run(self, value: Any) -> Iterable[Any]:
        """Return what each row makes of a batch, as tensors with the batch; what is not taken need not be computed."""


@dataclass(frozen=True, eq=False)
class Subject:
    """Hold a built model with how pixels are rescaled for it: they are multiplied by `scale`, then `offset` is added.

    A picture is uint8 (height, width, channels), and it is looked at alone.
    """

    built: Built
    scale: float
    offset: float = 0.0

    def batch(self, pixels: Array) -> Any:
        """Return a picture as the model takes it."""
        return self.built.taken(keras.ops.convert_to_tensor(self.rescaled(pixels)[None]))

    def rescaled(self, pixels: Array) -> Array:
        """Return values of 0 to 255 in the units that the model takes, float32."""
        return np.asarray(pixels * np.float32(self.scale) + np.float32(self.offset), np.float32)

    def outputs(self, pixels: Array) -> list[Array]:
        """Return every row's output for a picture, float32 without the batch."""
        return [without_batch(value) for value in self.built.run(self.batch(pixels))]

    def entry(self, index: int, pixels: Array) -> Any:
        """Return what the row at `index` takes first, a tensor with the batch."""
        source, value = self.built.nodes[index].sources[0], self.batch(pixels)
        return value if source == PICTURE else next(islice(self.built.run(value), source, None))


def without_batch(value: Any) -> Array:
    """Return the only value of a batch, float32."""
    return np.asarray(keras.ops.convert_to_numpy(value)[0], np.float32)
