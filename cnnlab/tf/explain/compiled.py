"""Let TensorFlow compile what is asked of one model again and again: without Python in between it is four times faster.

In a graph only what is asked for is computed: no gradient of a kernel, no layer behind the one in question.
"""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, proxy

import keras
import numpy as np
import tensorflow as tf

from cnnlab.core.words import Refusal
from cnnlab.tf.built import Built

MOST_KEPT = 8  # of one model
Compiled = Callable[..., Any]


class BrokenWeights(Refusal):
    """Say in one sentence that weights are not numbers, which a compiled ReLU would turn into 0."""


_kept: WeakKeyDictionary[Built, dict[Hashable, Compiled]] = WeakKeyDictionary()


def compiled(built: Built, key: Hashable, function: Compiled, takes: Sequence[tf.TensorSpec]) -> Compiled:
    """Return `function` compiled: it gets the model, and tensors as `takes` says; the same for the same `key`.

    It is kept for as long as the model is, and must not keep the model itself. Raises `BrokenWeights`.
    """
    kept = _kept.setdefault(built, {})
    if key not in kept:
        _refuse_broken(built)
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)))
        weak = proxy(built)
        traced = tf.function(lambda *tensors: function(weak, *tensors), input_signature=takes, autograph=False)
        try:
            kept[key] = _traced_apart(traced)
        except ValueError:
            # A layer may have any name, but not every name is one for a graph: such a model runs step by step.
            kept[key] = partial(function, weak)
    return kept[key]


def _traced_apart(function: Any) -> Compiled:
    """Return the one graph of a function, traced in a thread of its own.

    A name that no graph takes stays among Keras' scopes of the thread that met it, before the names of all that is
    built there later.
    """
    with ThreadPoolExecutor(1) as apart:
        traced: Compiled = apart.submit(function.get_concrete_function).result()
        return traced


def _refuse_broken(built: Built) -> None:
    for layer, node in zip(built.layers, built.nodes, strict=True):
        weights = layer.weights if isinstance(layer, keras.Layer) else ()
        if not all(np.isfinite(keras.ops.convert_to_numpy(weight)).all() for weight in weights):
            raise BrokenWeights(
                f"The weights of {node.name} hold what is not a number, so nobody can say what its units like; train "
                "it anew with a smaller learning rate."
            )
