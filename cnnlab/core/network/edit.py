"""Change the sequence of a network's layers: insert, remove, move, duplicate; each returns another network."""

from collections.abc import Mapping
from dataclasses import replace

from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.network import Layer, Network

NEW: Mapping[str, Layer] = {name: Layer.make(name, **kind.sample) for name, kind in KINDS.items()}
"""One layer of every class, as it is when somebody adds it."""


def offered(network: Network) -> tuple[str, ...]:
    """Return the classes that are for what a network reads, pictures or sequences."""
    return tuple(name for name, kind in KINDS.items() if kind.rank in (0, network.rank))


def inserted(network: Network, index: int, layer: Layer) -> Network:
    """Return the network with a layer before position `index`."""
    return replace(network, layers=(*network.layers[:index], layer, *network.layers[index:]))


def dropout_rates(network: Network) -> tuple[float, ...]:
    """Return the rate of every Dropout layer, in order."""
    return tuple(layer.config["rate"] for layer in network.layers if layer.class_name == "Dropout")


def with_dropout(network: Network, rate: float) -> Network:
    """Return the network with this rate in all its Dropout layers, or with one before its last Dense layer."""
    layers = tuple(y.with_option("rate", rate) if y.class_name == "Dropout" else y for y in network.layers)
    if dropout_rates(network):
        return replace(network, layers=layers)
    dense = [i for i, layer in enumerate(layers) if layer.class_name == "Dense"]
    return inserted(network, dense[-1] if dense else len(layers), Layer.make("Dropout", rate=rate))


def removed(network: Network, index: int) -> Network:
    """Return the network without the layer at a position."""
    return replace(network, layers=network.layers[:index] + network.layers[index + 1 :])


def moved(network: Network, index: int, by: int) -> Network:
    """Return the network with a layer moved by so many positions, at most to one of the ends."""
    layer = network.layers[index]
    rest = removed(network, index)
    return inserted(rest, min(max(index + by, 0), len(rest.layers)), layer)


def duplicated(network: Network, index: int) -> Network:
    """Return the network with a copy of a layer behind it; the copy has no name of its own."""
    return inserted(network, index + 1, replace(network.layers[index], name=None))
