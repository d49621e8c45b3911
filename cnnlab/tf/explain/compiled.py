"""Let TensorFlow compile what is asked of one model again and again: without Python in between it is four times faster.

In a graph only what is asked for is computed: no gradient of a kernel, no layer behind the one in question.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary, proxy

import tensorflow as tf

from cnnlab.tf.built import Built

MOST_KEPT = 8  # of one model
Compiled = Callable[..., Any]

_kept: WeakKeyDictionary[Built, dict[Hashable, Compiled]] = WeakKeyDictionary()


def compiled(built: Built, key: Hashable, function: Compiled, takes: Sequence[tf.TensorSpec]) -> Compiled:
    """Return `function` compiled: it gets the model, and tensors as `takes` says; the same for the same `key`.

    It is kept for as long as the model is, and must not keep the model itself.
    """
    kept = _kept.setdefault(built, {})
    if key not in kept:
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)))
        weak = proxy(built)
        traced = tf.function(lambda *tensors: function(weak, *tensors), input_signature=takes, autograph=False)
        kept[key] = traced
    return kept[key]
