"""Say what a network is: a value of input shape and layers, everything else derived."""

from cnnlab.core.network.network import InputShape, Layer, Network, NetworkFormatError, NotForPictures

__all__ = ["InputShape", "Layer", "Network", "NetworkFormatError", "NotForPictures"]
