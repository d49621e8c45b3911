"""Teach how convolutional neural networks work: see every tensor."""

__version__ = "0.1.0"
