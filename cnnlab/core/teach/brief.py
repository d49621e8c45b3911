"""Write the arithmetic behind a row of the trace, with the network's own numbers put in."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod

from cnnlab.core.network import Layer
from cnnlab.core.shapes import MOST_NUMBERS, Row
from cnnlab.core.words.numbers import decimal


def describe_shape(shape: tuple[int, ...]) -> str:
    """Return a shape without the batch as people write it: 148 × 148 × 32."""
    return " × ".join(f"{n:,}" for n in shape)


BYTES_PER_NUMBER = 4  # float32


def activation_bytes(row: Row, batch_size: int) -> int:
    """Return how many bytes the output of a layer takes as float32, for a batch of so many pictures."""
    return batch_size * prod(row.output_shape) * BYTES_PER_NUMBER


def describe_bytes(count: int) -> str:
    """Return bytes in the unit that fits: 512 B, 13.7 KiB, 42.8 MiB."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 2**10:,.1f} KiB" if count < 2**20 else f"{count / 2**20:,.1f} MiB"


def describe_pair(pair: Sequence[int | Fraction]) -> str:
    """Return (height, width) as 3 × 3, a single length as 3."""
    return " × ".join(str(n) if n <= MOST_NUMBERS else "over 10¹⁵" for n in pair)


def short_label(layer: Layer) -> str:
    """Return a few letters that tell a layer and its main number: conv 3×3, relu, pool 2×2, dense 64."""
    return layer.kind.label(layer.config)


def shape_formula(layer: Layer, row: Row) -> str:
    """Return why the output has its height and width, or its length; empty where the shape does not change."""
    return layer.kind.shape(layer.config, row.input_shape, row.effect)


def params_formula(layer: Layer, row: Row) -> str:
    """Return how the parameters are counted: (3·3·3 + 1)·32; empty for a layer without any."""
    return layer.kind.params(layer.config, row.input_shape, row.effect) if row.params else ""


def metric_text(value: float | None, write: Callable[[float], str]) -> str:
    """Return a metric as text; the record holds None for what was infinite or not a number."""
    return "not a number" if value is None else write(value)


def loss_text(value: float) -> str:
    """Return a loss with three decimals, or two digits where it is smaller."""
    return decimal(value, 3)
