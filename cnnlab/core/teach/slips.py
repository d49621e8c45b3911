"""Know the slips people make with shapes, parameters, multiply-adds and receptive fields.

Each function yields slips for one layer of a possible network, the likeliest first; a slip whose formula gives the
right number for this layer is left out, since nobody could tell.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod

from cnnlab.core.network import Network
from cnnlab.core.network.layers import KINDS, SEEN, Shape, Slip, a_slip, numbers_of
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import describe_pair


def shape_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the output shape of layer `index`."""
    row, layer = rows[index], network.layers[index]
    if len(row.output_shape) > 1:
        own = layer.kind.shape_slips(layer.config, row.input_shape, row.effect)
        found = [*own, *_order_slips(network, rows, index)]
    else:
        found = list(_vector_slips(row))
    yield from _other_than(row.output_shape, found)


def params_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the number of parameters of layer `index`."""
    row, layer = rows[index], network.layers[index]
    found = list(layer.kind.params_slips(layer.config, row.input_shape, row.effect))
    if not row.params:
        said = "These are values that flow through, not parameters."
        found.append(a_slip("counted values", prod(row.output_shape), said))
        found.append(a_slip("one a channel", row.output_shape[-1], "This layer has nothing to learn."))
    yield from _other_than((row.params,), found)


def macs_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the multiply-adds of layer `index`."""
    row = rows[index]
    found = [a_slip("one place", row.weights, "That is one place only; every weight is used at every output position.")]
    if row.macs:
        places, before = prod(row.output_shape[:-1]), prod(row.input_shape[:-1])
        found += [
            a_slip("with bias", row.macs + row.biases * places, "Biases are added, not multiplied: leave them out."),
            a_slip("with parameters", row.params, "That counts parameters; a weight works once at every position."),
            a_slip("doubled", 2 * row.macs, "A multiplication with its addition counts as one multiply-add."),
            a_slip("input positions", before * row.weights, "Count the positions of the output, not of the input."),
            a_slip(
                "output positions", places * row.weights, "Count the positions of the input: each meets all weights."
            ),
            a_slip("one filter", row.macs // row.output_shape[-1], "That is one output channel; there are more."),
            a_slip("one channel", row.macs // row.input_shape[-1], "Every filter reads all input channels."),
        ]
    else:
        said = "Only convolutions and dense layers are counted; this layer multiplies by no weight: 0."
        found.append(a_slip("counted values", prod(row.output_shape), said))
    yield from _other_than((row.macs,), found)


def field_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the receptive field of layer `index`."""
    row = rows[index]
    whole = (1,) * len(row.receptive_field)
    field, jump = (rows[index - 1].receptive_field, rows[index - 1].jump) if index else (whole, whole)
    found, seen = [], SEEN[network.rank]
    if row.jump is None:
        if jump is not None:
            found.append(Slip("unchanged", field, f"From here on every output sees the whole {seen}."))
    elif network.layers[index].kind.size and jump is not None:
        found = [*_window_field_slips(row, field, jump, seen)]
    yield from _other_than(row.receptive_field, found)


def _window_field_slips(row: Row, field: Shape, jump: Sequence[int | Fraction], seen: str) -> Iterator[Slip]:
    """Yield slips in how much more of what is `seen` a window sees than the inputs that it stands on."""
    size = tuple(axis.size for axis in row.axes)

    def slip(name: str, more: Iterator[int | Fraction], message: str) -> Iterator[Slip]:
        sums = [before + each for before, each in zip(field, more, strict=True)]
        if all(each == int(each) for each in sums):
            yield Slip(name, tuple(map(int, sums)), message)

    yield Slip("window alone", size, "That is this layer's own window; it looks through the layers before it.")
    apart = f"Neighbouring positions here lie further apart in the {seen}: multiply (window − 1) by the jump."
    yield from slip("forgot the jump", (k - 1 for k in size), apart)
    counted = "The first place of the window is counted already: add (window − 1) · jump."
    yield from slip("forgot −1", (k * step for k, step in zip(size, jump, strict=True)), counted)
    behind = "Take the jump before this layer; its own strides count from the next layer on."
    yield from slip("jump behind", ((k - 1) * step for k, step in zip(size, row.jump or jump, strict=True)), behind)
    yield Slip("unchanged", field, f"A window of more than one place sees more of the {seen}.")


def _other_than(right: Shape, slips: Sequence[Slip]) -> Iterator[Slip]:
    for slip in slips:
        if slip.value != right:
            yield slip


def _order_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in which number stands where, and in the channels."""
    row, layer = rows[index], network.layers[index]
    sides, channels, before = row.output_shape[:-1], row.output_shape[-1], row.input_shape
    order = f"({', '.join(numbers_of(before))})"
    if len(sides) > 1:
        turned = (*reversed(sides), channels)
        yield Slip("swapped height and width", turned, f"Keras has height first: {order}.")
    yield Slip("channels first", (channels, *sides), f"Keras has the channels last: {order}.")
    if "filters" in layer.config:
        kept = "Every filter makes one map, so the channels become filters, whatever came in."
        yield Slip("kept the channels", (*sides, before[-1]), kept)
        yield Slip("multiplied the channels", (*sides, before[-1] * channels), kept)
        yield Slip("added the channels", (*sides, before[-1] + channels), kept)
    elif before[-1] == channels:
        yield Slip("lost the channels", (*sides, 1), "Each channel is handled by itself; all of them stay.")
    for earlier in reversed(rows[:index]):
        if KINDS[earlier.class_name].family == "pooling" and earlier.output_shape[:-1] == before[:-1]:
            larger = KINDS[layer.class_name].apply(layer.config, earlier.input_shape).output_shape[:-1]
            yield Slip(
                "forgot the pooling",
                (*larger, channels),
                f"{earlier.name} made the maps smaller: this layer reads {describe_pair(before[:-1])}.",
            )
            break
    yield Slip("unchanged", before, "This layer changes the shape.")


def _vector_slips(row: Row) -> Iterator[Slip]:
    """Yield slips in the length of a vector."""
    *sides, channels = row.input_shape
    if not sides:
        yield a_slip("kept the length", channels, "A dense layer gives as many numbers as it has units.")
        return
    size = f"{describe_pair(sides)}{' numbers' if len(sides) == 1 else ''}"
    places = prod(sides)
    yield a_slip("forgot the channels", places, f"There are {channels} maps of {size}: count all.")
    if len(sides) > 1:
        yield a_slip("one side", sides[0] * channels, "A map has height · width numbers.")
    yield a_slip("added", places + channels, "Multiply by the channels: each has a whole map.")
    yield a_slip("all values", places * channels, "Global pooling leaves one number a map.")
    yield a_slip("channels alone", channels, "Flatten keeps every number of every map.")
