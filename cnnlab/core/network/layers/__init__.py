"""Know every kind of layer: its options with Keras' defaults, what it does to a tensor, and what is said of it.

One module a family; `docs/new-layer.md` tells how a kind is added.
"""

from collections.abc import Mapping

from cnnlab.core.network.layers import activation, convolution, dense, normalization, pooling, reshaping, transposed
from cnnlab.core.network.layers.activation import ACTIVATIONS
from cnnlab.core.network.layers.keras_keys import ALWAYS
from cnnlab.core.network.layers.kind import (
    AXES,
    SEEN,
    Axis,
    Config,
    Effect,
    Kind,
    LayerError,
    Said,
    Shape,
    Slip,
    a_slip,
    axes_of,
    numbers_of,
    product,
)
from cnnlab.core.network.layers.option import ENDS, PER_AXIS, Option
from cnnlab.core.network.layers.window import Phases, Range, places, sizes_of

__all__ = [
    "ACTIVATIONS",
    "ALWAYS",
    "AXES",
    "ENDS",
    "KINDS",
    "PER_AXIS",
    "SEEN",
    "Axis",
    "Config",
    "Effect",
    "Kind",
    "LayerError",
    "Option",
    "Phases",
    "Range",
    "Said",
    "Shape",
    "Slip",
    "a_slip",
    "axes_of",
    "numbers_of",
    "places",
    "product",
    "sizes_of",
]

KINDS: Mapping[str, Kind] = {
    kind.class_name: kind
    for kind in (
        *convolution.KINDS,
        *transposed.KINDS,
        *activation.KINDS,
        *pooling.KINDS,
        *normalization.KINDS,
        *reshaping.KINDS,
        *dense.KINDS,
    )
}
"""Every kind by its class name, in the order in which the editor offers them."""
