"""Let a ReLU pass a gradient only where it is positive too, for as long as one question takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from cnnlab.core.explain.asked import ExplainError
from cnnlab.tf.built import Built

_RELUS = {keras.activations.relu: None, keras.activations.relu6: 6.0}


@contextmanager
def guided(built: Built) -> Iterator[None]:
    """Make every ReLU of a model pass a gradient only where it is positive, and where the value is, until the end.

    Springenberg et al. 2015, section 3.4. Raises `ExplainError` for a model without any ReLU.
    """
    changed: list[tuple[Any, str, Any]] = []
    try:
        for layer in {id(each): each for each in built.layers}.values():
            activation = getattr(layer, "activation", None)
            if callable(activation) and activation in _RELUS:
                changed.append((layer, "activation", activation))
                layer.activation = _guided(_RELUS[activation])
            elif (most := _plain_relu(layer)) is not None:
                changed.append((layer, "call", None))
                layer.call = _guided(most or None)
        if not changed:
            raise ExplainError(
                f"Guided backpropagation changes how gradients pass a ReLU, and {built.name} has none; choose another "
                "method."
            )
        yield
    finally:
        for layer, name, before in changed:
            if before is None:
                delattr(layer, name)
            else:
                setattr(layer, name, before)


def _plain_relu(layer: keras.Operation) -> float | None:
    """Return where a layer that is itself a ReLU ends, 0 for one without an end, or None for any other layer."""
    if not isinstance(layer, keras.layers.ReLU) or layer.negative_slope or layer.threshold:
        return None
    return float(layer.max_value or 0)


def _guided(most: float | None) -> Any:
    """Return a ReLU up to `most` whose gradient passes where its value rises and what comes back is positive."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def relu(value: Any) -> Any:
        result = tf.nn.relu(value) if most is None else tf.clip_by_value(value, 0, most)
        open_ = value > 0 if most is None else (value > 0) & (value < most)
        return result, lambda back: tf.where(open_, tf.nn.relu(back), tf.zeros_like(back))

    return relu
