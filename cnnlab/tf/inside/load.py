"""Let Keras build a model from a checked file, and say in words what it could not do."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from cnnlab.core.exchange.imported import ModelFileError

_NO_MEMORY = (MemoryError, tf.errors.ResourceExhaustedError)
_UNBUILT = (
    f"has layers that Keras {keras.__version__} cannot put together (%s); build them anew with this Keras, load the "
    "weights into them and save that model"
)
_UNFIT = "holds layers and weights that do not fit together (%s); save the whole model again with model.save"


def load(path: Path, name: str, config: dict[str, Any]) -> keras.Model:
    """Return the model with a checked config in a file; raise `ModelFileError`, or `MemoryError`."""
    if "module" not in config:
        # Keras 3 writes HDF5 files whose layers Keras alone puts together.
        with _said(name, _UNFIT):
            return keras.models.load_model(path, compile=False, safe_mode=True)
    model = built(name, config)
    fill(model, path, name)
    return model


def built(name: str, config: dict[str, Any]) -> keras.Model:
    """Return the model of a checked config with weights drawn at random; raise `ModelFileError`, or `MemoryError`."""
    with _said(name, _UNBUILT):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if not model.built or not model.inputs:
        raise ModelFileError(
            f"{name} does not say what its first layer takes; give that layer an input_shape and save it again."
        )
    return model


def fill(model: keras.Model, path: Path, name: str) -> None:
    """Load the weights in a checked file into a model; raise `ModelFileError`, or `MemoryError`."""
    with _said(name, _UNFIT):
        model.load_weights(path)


@contextmanager
def _said(name: str, sentence: str) -> Iterator[None]:
    """Say in one sentence what Keras could not do; it raises many kinds of errors."""
    try:
        yield
    except Exception as error:
        if isinstance(error, _NO_MEMORY) or isinstance(error.__context__, _NO_MEMORY):
            raise MemoryError from error
        traceback.print_exc()
        raise ModelFileError(f"{name} {sentence % type(error).__name__}.") from error
