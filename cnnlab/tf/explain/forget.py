"""Let a model forget: draw the weights of some layers anew for as long as one question takes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np

from cnnlab.core.explain.asked import ExplainError
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Built


@contextmanager
def forgotten(built: Built, rows: Sequence[int], seed: int) -> Iterator[None]:
    """Give the layers of these rows fresh weights as Keras draws them, and their own weights back in the end.

    A layer's fresh weights depend on the seed and its row alone, so whoever forgets one layer more forgets the same
    in the others (cascading randomisation, Adebayo et al. 2018). Raises `ExplainError` for a row without weights.
    """
    kept: list[tuple[keras.Layer, list[Array]]] = []
    try:
        for row in rows:
            fresh = fresh_weights(built, row, seed)
            layer = built.layers[row]
            kept.append((layer, layer.get_weights()))
            layer.set_weights(fresh)
        yield
    finally:
        for layer, weights in reversed(kept):
            layer.set_weights(weights)


def fresh_weights(built: Built, row: int, seed: int) -> list[Array]:
    """Return weights for the layer of a row as Keras draws them for a new one; raise `ExplainError` if it cannot."""
    layer = built.layers[row] if 0 <= row < len(built.layers) else None
    if not isinstance(layer, keras.Layer) or isinstance(layer, keras.Model) or not layer.weights:
        raise ExplainError(
            f"Row {row} of {built.name} has no weights of its own to forget; choose a layer with weights."
        )
    keras.utils.set_random_seed(int(np.random.SeedSequence([seed, row]).generate_state(1)[0]))
    anew = type(layer).from_config(layer.get_config())
    anew.build_from_config(layer.get_build_config())
    fresh = anew.get_weights()
    if [each.shape for each in fresh] != [tuple(weight.shape) for weight in layer.weights]:
        raise ExplainError(f"{built.nodes[row].name} cannot be drawn anew by itself; let fewer layers forget.")
    return fresh
