"""Switch the output of a two-class network between one sigmoid unit and two softmax units, and compare the two.

With logits z0 and z1, softmax gives class 1 the probability e^z1 / (e^z0 + e^z1) = 1 / (1 + e^(z0 − z1)), which is
sigmoid(z1 − z0): two softmax units say what one sigmoid unit says, with one logit more than is needed.
"""

from dataclasses import replace
from math import exp

from cnnlab.core.network.network import Layer, Network

SIGMOID, SOFTMAX = "sigmoid", "softmax"
HEADS = {SIGMOID: 1, SOFTMAX: 2}  # and how many units they take


def head_of(network: Network) -> str:
    """Return "sigmoid" for one sigmoid unit at the end, "softmax" for two softmax units, else an empty text."""
    place = _output(network)
    if place is None:
        return ""
    units, activation = network.layers[place].config["units"], _activation(network, place)
    return activation if HEADS.get(activation) == units else ""


def with_head(network: Network, head: str) -> Network:
    """Return the network with the other head, its layers and names otherwise the same; unchanged if it has neither."""
    place = _output(network)
    if place is None or not head_of(network) or head not in HEADS:
        return network
    layers = list(network.layers)
    layers[place] = layers[place].with_option("units", HEADS[head])
    at = place if layers[place].config["activation"] != "linear" else place + 1
    layers[at] = layers[at].with_option("activation", head)
    return replace(network, layers=tuple(layers))


def sigmoid(z: float) -> float:
    """Return 1 / (1 + e^−z)."""
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def softmax(z0: float, z1: float) -> tuple[float, float]:
    """Return the probabilities of class 0 and class 1."""
    largest = max(z0, z1)
    e0, e1 = exp(z0 - largest), exp(z1 - largest)
    return e0 / (e0 + e1), e1 / (e0 + e1)


def _output(network: Network) -> int | None:
    """Return where the last Dense stands if only its own activation comes behind it."""
    for place in (len(network.layers) - 1, len(network.layers) - 2):
        if place < 0:
            continue
        layer = network.layers[place]
        behind = network.layers[place + 1 :]
        if layer.class_name == "Dense" and all(is_activation(x) for x in behind):
            return place if not behind or layer.config["activation"] == "linear" else None
    return None


def is_activation(layer: Layer) -> bool:
    """Tell whether a layer is an activation and nothing else."""
    return layer.class_name == "Activation"


def _activation(network: Network, place: int) -> str:
    last = network.layers[-1]
    return str((last if place < len(network.layers) - 1 else network.layers[place]).config["activation"])
