"""Know two causes that a curve alone does not show: averages that lag behind the weights, and pictures not rescaled."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from cnnlab.core.network import Network
from cnnlab.core.shapes import layer_names
from cnnlab.core.words.numbers import percent
from cnnlab.runs.record import RunSpec

NORMALIZE = ("BatchNormalization", "LayerNormalization")
LAGS = 0.12  # of the pictures are right only with their own mean and variance
BRIGHTEST = 255
RESCALED = 10.0  # what a rescaled pixel stays below
ABOVE_CHANCE = 3.0  # times the loss of guessing
Said = tuple[str, str, str]


def lagging(measured: Mapping[str, Any], network: Network, steps: int) -> Said | None:
    """Say what was found, why and what to do if the moving averages of batch normalization spoil the answers, or None.

    A moving average of momentum m still holds mˢ of its first value (mean 0, variance 1) after s steps (Keras'
    `BatchNormalization`: moving ← moving · m + batch · (1 − m)).
    """
    pictures, kept, own = (measured.get(key, 0) for key in ("compared", "right_by_moving", "right_by_own"))
    slowest = max((y.config["momentum"] for y in network.layers if y.class_name == "BatchNormalization"), default=0.0)
    if not pictures or own - kept < LAGS * pictures:
        return None
    faster = "Set the momentum of batch normalization to 0.9" if slowest > 0.9 else "Use a smaller learning rate"
    return (
        f"Of {pictures} training pictures {own} are answered right when batch normalization takes their own mean and "
        f"variance, as it does while training, but {kept} with its moving averages.",
        f"The moving averages lag behind the weights: with momentum {slowest:g} each of the {steps:,} steps so far "
        f"took them {1 - slowest:.2g} of the way, and {percent(slowest**steps)} of them is still their start, mean 0 "
        "and variance 1. Validation uses them, so its numbers say little yet.",
        f"{faster}, or train for more steps.",
    )


def unscaled(spec: RunSpec) -> tuple[str, str] | None:
    """Return cause and remedy if the pictures reach the first weights without having been rescaled, or None."""
    if spec.trunk is not None:
        return None  # it rescales by itself
    low, high = 0.0, BRIGHTEST * spec.augmentation.rescale
    names = layer_names(spec.network)
    for name, layer in zip(names, spec.network.layers, strict=True):
        if layer.class_name == "Rescaling":
            low, high = (value * layer.config["scale"] + layer.config["offset"] for value in (low, high))
        elif layer.class_name in NORMALIZE:
            return None
        elif layer.kind.kernels:
            largest = max(abs(low), abs(high))
            if largest <= RESCALED:
                return None
            return (
                f"The pictures are not rescaled: {name} gets numbers up to {largest:g} where its first weights expect "
                "about 1, so outputs, loss and steps are that much too large.",
                "Rescale by 1/255 (rescale on the augmentation page), or put Rescaling first.",
            )
    return None


def far_above_chance(losses: Sequence[float], classes: int) -> str | None:
    """Say that the first epoch's loss lies far above that of guessing, ln(classes), or None."""
    if not losses or classes < 2 or losses[0] <= ABOVE_CHANCE * log(classes):
        return None
    return f"The loss of the first epoch is {losses[0]:.2f}, where guessing gives {log(classes):.2f}."
