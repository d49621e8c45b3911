"""Name the keys of Keras' config that stay as Keras makes them: initializers, regularizers, constraints."""

from collections.abc import Mapping
from typing import Any

_GLOROT = {"kernel", "depthwise", "pointwise"}
ALWAYS: Mapping[str, Any] = {"trainable": True, "dtype": "float32"}
CHANNELS_LAST = {"data_format": "channels_last"}


def biased() -> dict[str, Any]:
    """Return the fixed keys of a layer with an output of its own: a bias that starts at zero, no regularizer."""
    return weighted("bias") | {"activity_regularizer": None}


def weighted(*names: str) -> dict[str, Any]:
    """Return the fixed keys of trained weights: GlorotUniform start, no regularizer, no constraint."""
    fixed: dict[str, Any] = {}
    for name in names:
        fixed |= {
            f"{name}_initializer": "glorot_uniform" if name in _GLOROT else "zeros",
            f"{name}_regularizer": None,
            f"{name}_constraint": None,
        }
    return fixed
