"""Answer every question about the inside of a built model, whoever made it: opening differs, asking does not.

A new question is one function here, one method of `cnnlab.processes.inference.Inside`, and its use.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import keras
import numpy as np

from cnnlab.core.inside.graph import PICTURE, Node, behind, windowed_nodes
from cnnlab.core.inside.likeness import Likeness, as_arrays, compare
from cnnlab.core.inside.sliding import NoWindow
from cnnlab.processes.frames import Array
from cnnlab.tf.inside import steps
from cnnlab.tf.inside.window import take_apart

Answer = tuple[dict[str, Any], list[Array]]


class Built(Protocol):
    """Be a model that was opened: its rows, and how they are computed."""

    @property
    def name(self) -> str:
        """Return how sentences call it."""

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
        rescaled = pixels * np.float32(self.scale) + np.float32(self.offset)
        return self.built.taken(keras.ops.convert_to_tensor(rescaled[None].astype(np.float32)))

    def outputs(self, pixels: Array) -> list[Array]:
        """Return every row's output for a picture, float32 without the batch."""
        return [steps.without_batch(value) for value in self.built.run(self.batch(pixels))]

    def entry(self, index: int, pixels: Array) -> Any:
        """Return what the row at `index` takes first, a tensor with the batch."""
        source, value = self.built.nodes[index].sources[0], self.batch(pixels)
        return value if source == PICTURE else next(islice(self.built.run(value), source, None))


def look(subject: Subject, pixels: Array) -> Answer:
    """Return every row's output and behind them, if `logits` says so, what went into the last activation."""
    sources, last = subject.built.nodes[-1].sources, subject.built.layers[-1]
    before, outputs = subject.batch(pixels), []
    for row, value in enumerate(subject.built.run(before)):
        outputs.append(steps.without_batch(value))
        if sources == (row,):
            before = value
    logits = None
    if len(sources) == 1 and not isinstance(last, keras.Model):
        logits = steps.before_activation(last, before)
    return {"logits": logits is not None}, outputs if logits is None else [*outputs, logits]


def window(subject: Subject, pixels: Array, index: int, channel: int, first: int, most: int) -> Answer:
    """Return what `take_apart` finds for one channel of the row at `index`; raise `NoWindow`."""
    built = subject.built
    if index not in windowed_nodes(built.nodes):
        raise NoWindow(f"Layer {index} of {built.name} has no window that slides; choose another layer.")
    following, pool = behind(built.nodes, index)
    layers = [built.layers[i] for i in (*following, *(() if pool is None else (pool,)))]
    return take_apart(built.layers[index], subject.entry(index, pixels), layers, channel, first, most)


def activity(subject: Subject, batch: Array) -> Answer:
    """Return for each row the largest absolute value of each channel over pictures (n, height, width, channels)."""
    largest: list[Array] = []
    for pixels in batch:
        found = steps.activity(subject.outputs(pixels))
        largest = found if not largest else [np.maximum(a, b) for a, b in zip(largest, found, strict=True)]
    return {}, largest


def twins(subject: Subject, batch: Array, least: float) -> Answer:
    """Return `likeness.as_arrays` of every row over pictures (n, height, width, channels)."""
    kept: list[Likeness] = []
    for pixels in batch:
        kept = compare(kept, subject.outputs(pixels))
    return {}, list(as_arrays(kept, least))


def kernels(subject: Subject) -> Answer:
    """Return what `steps.kernels` finds."""
    found, arrays = steps.kernels(subject.built.layers)
    return {"kernels": found}, arrays


Question = Callable[..., Answer]
QUESTIONS: Mapping[str, Question] = {
    "look": look,
    "window": window,
    "activity": activity,
    "twins": twins,
    "kernels": kernels,
}
"""What can be asked: each is called with the subject, the arrays that were sent, and what was asked of them by name."""
