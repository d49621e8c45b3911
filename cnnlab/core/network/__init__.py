"""Say what a network is: a value of input shape and layers, everything else derived."""

from cnnlab.core.network.network import Layer, Network, NetworkFormatError

__all__ = ["Layer", "Network", "NetworkFormatError"]
