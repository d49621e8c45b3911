"""Know the six kinds of questions of a check: their words, the numbers that may stand in them, and what goes wrong.

Every kind is a small network whose last layer is asked about, so that answer, slips and explanation are computed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import Slip
from cnnlab.core.shapes import Row
from cnnlab.core.teach.slips import field_slips, params_slips, shape_slips

Numbers = tuple[int, ...]
Slips = Iterator[tuple[int, Slip]]


@dataclass(frozen=True)
class Kind:
    """Describe one kind of question.

    `drawn` are the numbers that it may have, by name; `network` makes the network of them, whose last layer is asked
    about; `value` takes the answer from its row, `slips` what people give instead, and `lines` names the numbers of
    the layer that explain it.
    """

    lesson: str
    text: str
    drawn: Mapping[str, Numbers]
    network: Callable[..., Network]
    value: Callable[[Row], int]
    slips: Callable[[Network, Sequence[Row]], Slips]
    lines: tuple[str, ...]
    offers: bool = False


def _in_height(network: Network, rows: Sequence[Row]) -> Slips:
    """Yield slips in the height, and nothing that only the channels know."""
    right = rows[-1].output_shape
    found = shape_slips(network, rows, len(rows) - 1)
    return ((slip.value[0], slip) for slip in found if slip.value[2] == right[2])


def _in_channels(network: Network, rows: Sequence[Row]) -> Slips:
    """Yield slips in the number of channels, and nothing that only the height knows."""
    right = rows[-1].output_shape
    return ((slip.value[2], slip) for slip in shape_slips(network, rows, len(rows) - 1) if slip.value[:2] == right[:2])


def _in_params(network: Network, rows: Sequence[Row]) -> Slips:
    return ((slip.value[0], slip) for slip in params_slips(network, rows, len(rows) - 1))


def _in_field(network: Network, rows: Sequence[Row]) -> Slips:
    return ((slip.value[0], slip) for slip in field_slips(network, rows, len(rows) - 1))


def _in_dense(network: Network, rows: Sequence[Row]) -> Slips:
    """Yield what a wrong length of the row leads to, then slips of the dense layer itself."""
    layer = network.layers[-1]
    for slip in shape_slips(network, rows, len(rows) - 2):
        if slip.name in ("forgot the channels", "channels alone"):
            effect = layer.kind.apply(layer.config, slip.value)
            yield effect.weights + effect.biases, slip
    yield from _in_params(network, rows)


def _one_kernel(side: int, kernel: int, filters: int) -> Network:
    return Network((side, side, 3), (Layer.make("Conv2D", filters=filters, kernel_size=kernel),))


def _one_pool(side: int, pool: int) -> Network:
    return Network((side, side, 8), (Layer.make("MaxPooling2D", pool_size=pool),))


def _filters(maps: int, filters: int, kernel: int) -> Network:
    return Network((32, 32, maps), (Layer.make("Conv2D", filters=filters, kernel_size=kernel),))


def _a_row(side: int, maps: int, units: int) -> Network:
    return Network((side, side, maps), (Layer.make("Flatten"), Layer.make("Dense", units=units)))


def _two_kernels(first: int, pool: int, second: int) -> Network:
    return Network(
        (96, 96, 3),
        (
            Layer.make("Conv2D", filters=8, kernel_size=first),
            Layer.make("MaxPooling2D", pool_size=pool),
            Layer.make("Conv2D", filters=8, kernel_size=second),
        ),
    )


def _height(row: Row) -> int:
    return row.output_shape[0]


def _params(row: Row) -> int:
    return row.params


KINDS: Mapping[str, Kind] = {
    "kernel": Kind(
        "03-one-kernel",
        "A picture of {side} × {side} pixels in colour goes through a convolution with {filters} filters, a kernel of "
        '{kernel} × {kernel}, strides of 1 and padding="valid". How many rows has each map that comes out?',
        {"side": (40, 44, 51, 57, 60, 68, 73, 82, 90, 95), "kernel": (5, 7, 9), "filters": (8, 12, 16, 20)},
        _one_kernel,
        _height,
        _in_height,
        ("output height",),
    ),
    "channels": Kind(
        "03-one-kernel",
        "A convolution with {filters} filters and a kernel of {kernel} × {kernel} reads {maps} maps. "
        "How many maps come out?",
        {"maps": (4, 8, 10, 18, 24), "filters": (5, 6, 12, 16, 20), "kernel": (3, 5)},
        _filters,
        lambda row: row.output_shape[2],
        _in_channels,
        ("output channels",),
        offers=True,
    ),
    "parameters": Kind(
        "03-one-kernel",
        "A convolution with {filters} filters and a kernel of {kernel} × {kernel} reads {maps} maps. "
        "How many parameters has it, weights and biases together?",
        {"maps": (4, 5, 6, 8), "filters": (10, 12, 15, 20), "kernel": (3, 5)},
        _filters,
        _params,
        _in_params,
        ("weights", "biases", "parameters"),
    ),
    "pooling": Kind(
        "05-max-pooling",
        "Maps of {side} × {side} go through max pooling with windows of {pool} × {pool}, as Keras does it "
        "if nothing else is said. How many rows has each map that comes out?",
        {"side": (17, 23, 29, 35, 41, 47, 53, 59, 65, 71), "pool": (2, 3)},
        _one_pool,
        _height,
        _in_height,
        ("output height",),
    ),
    "dense": Kind(
        "07-flatten-and-dense",
        "{maps} maps of {side} × {side} are flattened and go to a dense layer of {units} units. "
        "How many parameters has the dense layer, weights and biases together?",
        {"side": (4, 5, 6, 7), "maps": (8, 10, 12, 16), "units": (9, 20, 30, 50)},
        _a_row,
        _params,
        _in_dense,
        ("weights", "biases", "parameters"),
    ),
    "field": Kind(
        "06-deeper",
        "A picture goes through a convolution with a kernel of {first} × {first}, max pooling with windows of "
        "{pool} × {pool}, and a second convolution with a kernel of {second} × {second}. "
        "How many rows of the picture does one number behind the second convolution see?",
        {"first": (3, 5, 7), "pool": (2, 3), "second": (3, 5, 7)},
        _two_kernels,
        lambda row: row.receptive_field[0],
        _in_field,
        ("receptive field height",),
    ),
}
"""The six kinds, in the order in which they are asked."""
