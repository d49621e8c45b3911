"""Make a head that fits a trunk and a number of classes."""

from cnnlab.core.network import Layer, Network
from cnnlab.core.trunks.trunk import Trunk


def smallest_head(trunk: Trunk, classes: int) -> Network:
    """Return one dense layer above the means of the trunk's maps: one sigmoid unit for two classes, else softmax."""
    pooled = trunk.feature_shape[:2] == (1, 1)
    first = Layer.make("Flatten" if pooled else "GlobalAveragePooling2D")
    units, activation = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    return Network(trunk.feature_shape, (first, Layer.make("Dense", units=units, activation=activation)))
