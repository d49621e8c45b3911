"""Answer what a network says of a sequence, of each that differs in one letter, and what its first filters answer."""

import keras
import numpy as np

from cnnlab.core.explain.asked import ExplainError, Target
from cnnlab.core.inside.graph import behind
from cnnlab.core.sequences.letters import Codes, one_hot
from cnnlab.core.sequences.mutagenesis import variants
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Subject, without_batch
from cnnlab.tf.explain.score import Scorer, before_activation

MOST_LETTERS = 2_000
BATCH = 256
"""Sequences that are run at once."""
MOST_NUMBERS = 24_000_000
"""Numbers of all outputs together that one batch makes."""
MOST_FILTERED = 4_000_000
"""Numbers of the first layers that are answered at once."""


def mutagenesis(subject: Subject, codes: Array, unit: int, sign: int) -> Answer:
    """Return the scores and outputs of a sequence, codes uint8 (length,), and of each of its `variants`.

    The score is what goes into the last activation, as for every explanation. The arrays are scores (1 + n,) and
    outputs (1 + n, units), those of the sequence itself first. Raises `ExplainError`.
    """
    asked = _checked(codes)
    scorer = Scorer(subject.built, Target(unit, sign))
    batch = np.concatenate([asked[None], variants(asked)])
    scorer.refuse_too_much(len(batch))
    size = max(1, min(BATCH, MOST_NUMBERS // max(1, sum(int(np.prod(n.output_shape)) for n in subject.built.nodes))))
    # Every batch has one size, so that the network is compiled once.
    filled = np.concatenate([batch, np.repeat(batch[:1], -len(batch) % min(size, len(batch)), axis=0)])
    size = min(size, len(batch))
    found = [scorer.scores(_letters(subject, filled[i : i + size])) for i in range(0, len(filled), size)]
    scores, outputs = (np.concatenate(each)[: len(batch)] for each in zip(*found, strict=True))
    return {}, [np.asarray(scores, np.float32), np.asarray(outputs, np.float32)]


def letter_gradient(subject: Subject, codes: Array, unit: int, sign: int) -> Answer:
    """Return the gradient of the score for a sequence's letters, (length, 4), and the outputs; raise `ExplainError`."""
    asked = _checked(codes)
    scorer = Scorer(subject.built, Target(unit, sign))
    scorer.refuse_too_much(0, 1)
    sloped = scorer.gradients(_letters(subject, asked[None]))
    return {"score": float(sloped.scores[0])}, [
        np.asarray(sloped.values[0], np.float32),
        np.asarray(sloped.outputs[0], np.float32),
    ]


def first_filters(subject: Subject, codes: Array) -> Answer:
    """Return what the first layer, a Conv1D, holds and makes of a sequence, codes uint8 (length,).

    The arrays are its kernel (size, 4, filters), its biases (filters,), its sums (places, filters) before any
    activation, its output, and the output of each layer behind it that changes each value by itself, up to a pooling
    layer with it. Raises `ExplainError`.
    """
    asked, layer = _checked(codes), subject.built.layers[0]
    if type(layer) is not keras.layers.Conv1D or layer.groups != 1:
        raise ExplainError(f"{subject.built.name} does not begin with Conv1D in one group; change its first layer.")
    following, pool = behind(subject.built.nodes, 0)
    rows = (*following, *(() if pool is None else (pool,)))
    if (2 + len(rows)) * int(np.prod(layer.compute_output_shape((1, len(asked), 4)))) > MOST_FILTERED:
        raise ExplainError(
            f"{subject.built.name} has too many filters and places to be followed; take fewer filters or letters."
        )
    entry = subject.built.taken(keras.ops.convert_to_tensor(_letters(subject, asked[None])))
    value = layer(entry, training=False)
    before = before_activation(layer, entry)
    found = [value if before is None else before, value]
    for row in rows:
        found.append(subject.built.layers[row](found[-1], training=False))
    kernel = np.asarray(keras.ops.convert_to_numpy(layer.kernel), np.float32)
    bias = keras.ops.convert_to_numpy(layer.bias) if layer.use_bias else np.zeros(kernel.shape[2])
    return {}, [kernel, np.asarray(bias, np.float32), *map(without_batch, found)]


def _checked(codes: Array) -> Codes:
    if codes.dtype != np.uint8 or codes.ndim != 1 or not 1 <= len(codes) <= MOST_LETTERS or codes.max() > 4:
        raise ExplainError(f"A sequence is 1 to {MOST_LETTERS:,} letters, each 0 to 4; bring another one.")
    return codes


def _letters(subject: Subject, codes: Codes) -> Array:
    """Return sequences (n, length) as the network takes them, float32 (n, length, 4)."""
    return subject.rescaled(one_hot(codes))
