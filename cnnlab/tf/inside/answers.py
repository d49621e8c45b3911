"""Answer every question about the inside of a built model, whoever made it: opening differs, asking does not.

A new question is one function here, one method of `cnnlab.processes.inference.Inside`, and its use.
"""

from collections.abc import Callable, Mapping

import keras
import numpy as np

from cnnlab.core.inside.graph import behind, windowed_nodes
from cnnlab.core.inside.likeness import Likeness, as_arrays, compare
from cnnlab.core.inside.sliding import NoWindow
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Subject, without_batch
from cnnlab.tf.explain.answering import attribution, faithfulness
from cnnlab.tf.explain.ascent import ascend
from cnnlab.tf.explain.features import features
from cnnlab.tf.explain.score import before_activation
from cnnlab.tf.explain.sequences import first_filters, letter_gradient, mutagenesis
from cnnlab.tf.explain.strongest import strongest
from cnnlab.tf.inside import steps
from cnnlab.tf.inside.cut import trunk_content
from cnnlab.tf.inside.window import take_apart


def look(subject: Subject, pixels: Array) -> Answer:
    """Return every row's output and behind them, if `logits` says so, what went into the last activation."""
    sources, last = subject.built.nodes[-1].sources, subject.built.layers[-1]
    before, outputs = subject.batch(pixels), []
    for row, value in enumerate(subject.built.run(before)):
        outputs.append(without_batch(value))
        if sources == (row,):
            before = value
    logits = None
    if len(sources) == 1 and not isinstance(last, keras.Model):
        logits = before_activation(last, before)
    return {"logits": logits is not None}, outputs if logits is None else [*outputs, without_batch(logits)]


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


def trunk(subject: Subject, cut: str, input_shape: list[int]) -> Answer:
    """Return the shape of what the layer called `cut` makes, and the file that holds the model up to it."""
    content, shape = trunk_content(subject.built.model, cut, tuple(input_shape))
    return {"shape": shape}, [np.frombuffer(content, np.uint8)]


Question = Callable[..., Answer]
QUESTIONS: Mapping[str, Question] = {
    "look": look,
    "window": window,
    "activity": activity,
    "twins": twins,
    "kernels": kernels,
    "trunk": trunk,
    "attribution": attribution,
    "faithfulness": faithfulness,
    "ascend": ascend,
    "strongest": strongest,
    "features": features,
    "mutagenesis": mutagenesis,
    "letter_gradient": letter_gradient,
    "first_filters": first_filters,
}
"""What can be asked: each is called with the subject, the arrays that were sent, and what was asked of them by name."""
