"""Offer networks that read sequences: DNA as (length, 4), one channel a letter."""

from typing import Any

from cnnlab.core.network.network import Layer, Network

LENGTH, LETTERS = 50, 4
"""How long the sequences of the bundled set are, and how many letters DNA has."""


def sequence_seed() -> Network:
    """Return the post's network in one dimension: the same layers, with one axis each."""
    stages = [
        layer
        for filters in (32, 32, 64)
        for layer in (_conv(filters, 3), Layer.make("Activation", activation="relu"), _pool(2))
    ]
    return Network((LENGTH, LETTERS), (*stages, *Network.seed().layers[len(stages) :]))


def motif_detector() -> Network:
    """Return one filter whose strongest answer alone decides."""
    return Network((LENGTH, LETTERS), (_conv(1, 12, activation="relu"), Layer.make("GlobalMaxPooling1D"), _sigmoid()))


def primer() -> Network:
    """Return the network of Zou et al., A primer on deep learning in genomics (2019)."""
    head = (
        Layer.make("Flatten"),
        Layer.make("Dense", units=16, activation="relu"),
        Layer.make("Dense", units=2, activation="softmax"),
    )
    return Network((LENGTH, LETTERS), (_conv(32, 12), _pool(4), *head))


def dilated_stack() -> Network:
    """Return four convolutions whose taps lie 1, 2, 4 and 8 positions apart."""
    stack = (_conv(16, 3, padding="same", dilation_rate=2**i, activation="relu") for i in range(4))
    return Network((LENGTH, LETTERS), (*stack, Layer.make("GlobalMaxPooling1D"), _sigmoid()))


def _conv(filters: int, kernel_size: int, **options: Any) -> Layer:
    return Layer.make("Conv1D", filters=filters, kernel_size=kernel_size, **options)


def _pool(pool_size: int) -> Layer:
    return Layer.make("MaxPooling1D", pool_size=pool_size)


def _sigmoid() -> Layer:
    return Layer.make("Dense", units=1, activation="sigmoid")
