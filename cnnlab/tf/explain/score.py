"""Score an answer before its last activation, and take gradients of that score."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cnnlab.core.explain.asked import ExplainError, Target
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Built
from cnnlab.tf.explain.compiled import BrokenWeights, compiled

BATCH_VALUES = 24_000_000
"""Numbers of all outputs together that one batch makes, 96 MB; a gradient takes about three times as much."""
MOST_BATCH = 32
BACKWARD = 3
"""What a gradient costs, in runs forward."""
MOST_WORK = 1_000_000_000_000
"""Multiply-adds for one answer, a quarter of a minute on two cores."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Hold what a batch is scored: `scores` (n,) and `outputs` (n, units), and `kept`, the row that was asked for."""

    scores: Any
    outputs: Any
    kept: Any = None


@dataclass(frozen=True, eq=False)
class Sloped:
    """Hold gradients of scores: `values` in the shape of what they are taken for, with `scores`, `outputs`, `kept`.

    All are arrays with the batch.
    """

    values: Array
    scores: Array
    outputs: Array
    kept: Array | None = None


def before_activation(layer: keras.Operation, value: Any) -> Any | None:
    """Return what a layer hands to its own activation, a tensor with the batch; None for a layer without one."""
    if isinstance(layer, keras.layers.Activation | keras.layers.Softmax):
        return value
    activation = getattr(layer, "activation", None)
    if activation is None or activation is keras.activations.linear:
        return None
    layer.activation = keras.activations.linear
    try:
        return layer(value, training=False)
    finally:
        layer.activation = activation


@dataclass(frozen=True, eq=False)
class Scorer:
    """Score one target of a built model: its unit's value before the last activation, times the target's sign.

    Pictures are given in the network's own rescaled units, (n, height, width, channels). Where no activation closes
    the network the score is the output itself. Raises `ExplainError` for a target that is none.
    """

    built: Built
    target: Target

    def __post_init__(self) -> None:
        shape = self.built.nodes[-1].output_shape
        if len(shape) != 1:
            said = " × ".join(map(str, shape))
            raise ExplainError(
                f"The output of {self.built.name} is {said} numbers, and only an output that is a row of numbers has "
                "an answer to explain; choose a network that ends in one number a class."
            )
        if self.target.unit >= shape[0] or (self.target.sign < 0 and shape[0] > 1):
            raise ExplainError(
                f"There is no such answer: {self.built.name} has {shape[0]:,} outputs, numbered from 0, and sign −1 "
                "stands for the other class of a single one; choose one of them to explain."
            )

    def scores(self, batch: Array) -> tuple[Array, Array]:
        """Return scores (n,) and outputs (n, units), float32; raise `ExplainError` where they are not finite."""
        takes = (tf.TensorSpec((None, *batch.shape[1:]), batch.dtype),)
        try:
            score = compiled(self.built, (_scored, self.target, takes), partial(_scored, self.target), takes)
        except BrokenWeights:
            raise ExplainError(self._burst()) from None
        return self._arrays(Scored(*score(tf.constant(batch))))

    def gradients(self, batch: Array, row: int | None = None) -> Sloped:
        """Return the gradient of each picture's score for the picture, or for the output of a row.

        Raises `ExplainError` where no gradient comes or numbers are not finite.
        """
        pictures = keras.ops.convert_to_tensor(batch)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(pictures)
            scored = self._run(pictures, row)
            total = tf.reduce_sum(scored.scores)
        values = tape.gradient(total, pictures if row is None else scored.kept)
        scores, outputs = self._arrays(scored)
        if values is None:
            raise ExplainError(self._unreached(row))
        values = keras.ops.convert_to_numpy(values)
        if not np.isfinite(values).all():
            raise ExplainError(
                f"The gradient of {self.built.name} is not a finite number everywhere, so it explains nothing; choose "
                "weights that have not burst."
            )
        return Sloped(values, scores, outputs, None if row is None else keras.ops.convert_to_numpy(scored.kept))

    def batches(self, count: int) -> Iterator[slice]:
        """Yield slices that divide `count` pictures into batches that memory holds."""
        nodes = self.built.nodes
        each = sum(prod(node.output_shape) for node in nodes)
        size = max(1, min(MOST_BATCH, BATCH_VALUES // max(1, each)))
        yield from (slice(first, min(first + size, count)) for first in range(0, count, size))

    def refuse_too_much(self, forward: int, backward: int = 0) -> None:
        """Raise `ExplainError` if so many runs forward and gradients are more work than one answer may be."""
        each, runs = self._work(), forward + BACKWARD * backward
        if each * runs > MOST_WORK:
            raise ExplainError(
                f"This explanation runs {self.built.name} {runs:,} times, a gradient counted as {BACKWARD}, and "
                f"at most {MOST_WORK // each:,} runs of about {each:,} multiply-adds are done for one; ask for fewer "
                "samples, steps or positions, or use a smaller network."
            )

    def _work(self) -> int:
        """Count the multiply-adds of one picture: each weight meets every place of its layer's output once."""
        return sum(
            prod(node.output_shape[:-1]) * layer.count_params()
            for node, layer in zip(self.built.nodes, self.built.layers, strict=True)
            if isinstance(layer, keras.Layer) and not isinstance(layer, keras.Model)
        )

    def _run(self, pictures: Any, row: int | None) -> Scored:
        closing = self._closing()
        sources = self.built.nodes[closing].sources
        entry = self.built.taken(pictures)
        before, value, kept = entry, entry, None
        for place, value in enumerate(self.built.run(entry)):
            before = value if sources == (place,) else before
            kept = value if place == row else kept
        logits = before_activation(self.built.layers[closing], before) if len(sources) == 1 else None
        scores = (value if logits is None else logits)[:, self.target.unit] * self.target.sign
        return Scored(scores, value, kept)

    def _closing(self) -> int:
        """Return the row whose activation closes the network: the last, or where that is a model, its own last."""
        row = len(self.built.nodes) - 1
        while isinstance(self.built.layers[row], keras.Model):
            row = self.built.nodes[row].sources[0]
        return row

    def _arrays(self, scored: Scored) -> tuple[Array, Array]:
        scores, outputs = (keras.ops.convert_to_numpy(value) for value in (scored.scores, scored.outputs))
        if not np.isfinite(scores).all() or not np.isfinite(outputs).all():
            raise ExplainError(self._burst())
        return scores, outputs

    def _burst(self) -> str:
        return (
            f"The answer of {self.built.name} is not a finite number, so there is nothing to explain; choose weights "
            "that have not burst."
        )

    def _unreached(self, row: int | None) -> str:
        if row is None:
            return f"The answer of {self.built.name} does not depend on the picture; choose another network."
        return f"No gradient of the answer reaches {self.built.nodes[row].name}; choose a layer before the last one."


def _scored(target: Target, built: Built, pictures: Any) -> tuple[Any, Any]:
    scored = Scorer(built, target)._run(pictures, None)
    return scored.scores, scored.outputs
