"""Tell what the layers of this Keras take, so that a model file can be judged before it is built."""

import inspect
from functools import cache

import keras

_OF_EVERY_LAYER = frozenset(["name", "trainable", "dtype", "autocast", "activity_regularizer"])
_READS_ITSELF = ("Bidirectional", "RNN", "StackedRNNCells", "Pipeline", "SpectralNormalization", "TimeDistributed")
"""Layers whose `from_config` takes more than their constructor."""


@cache
def arguments_of(class_name: str) -> frozenset[str] | None:
    """Return the arguments of a layer by its class name, or None if it is none of Keras' or reads its config itself."""
    found = getattr(keras.layers, class_name, None)
    if found is None or class_name in _READS_ITSELF:
        return None
    named: set[str] = set()
    for each in found.__mro__:
        if "__init__" not in vars(each):
            continue
        given = inspect.signature(each.__init__).parameters.values()
        named |= {argument.name for argument in given}
        if each is keras.Layer:
            return frozenset(named | _OF_EVERY_LAYER)
        if not any(argument.kind is argument.VAR_KEYWORD for argument in given):
            break
    return frozenset(named)
