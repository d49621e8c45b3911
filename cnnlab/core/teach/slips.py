"""Know the slips people make with shapes, parameters, multiply-adds and receptive fields.

Each function yields slips for one layer of a possible network, the likeliest first; a slip whose formula gives the
right number for this layer is left out, since nobody could tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS, Shape
from cnnlab.core.shapes import Row


@dataclass(frozen=True)
class Slip:
    """Hold one slip: its short name, what it gives, and a sentence that says what to do instead."""

    name: str
    value: Shape
    message: str


def shape_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the output shape of layer `index`."""
    row, layer = rows[index], network.layers[index]
    if len(row.output_shape) == 3:
        found = [*_window_slips(layer, row), *_order_slips(network, rows, index)]
    else:
        found = list(_vector_slips(row))
    yield from _other_than(row.output_shape, found)


def params_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the number of parameters of layer `index`."""
    row, layer = rows[index], network.layers[index]
    if row.class_name == "Conv2D":
        found = list(_conv2d_params(layer, row))
    elif row.params:
        found = list(_other_params(layer, row))
    else:
        found = list(_no_params(layer, row))
    yield from _other_than((row.params,), found)


def macs_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the multiply-adds of layer `index`."""
    row = rows[index]
    found = [_count("one place", row.weights, "That is one place only; every weight is used at every output position.")]
    if row.macs:
        places, before = prod(row.output_shape[:-1]), prod(row.input_shape[:-1])
        found += [
            _count("with bias", row.macs + row.biases * places, "Biases are added, not multiplied: leave them out."),
            _count("with parameters", row.params, "That counts parameters; a weight works once at every position."),
            _count("doubled", 2 * row.macs, "A multiplication with its addition counts as one multiply-add."),
            _count("input positions", before * row.weights, "Count the positions of the output, not of the input."),
            _count("one filter", row.macs // row.output_shape[-1], "That is one output channel; there are more."),
            _count("one channel", row.macs // row.input_shape[-1], "Every filter reads all input channels."),
        ]
    else:
        said = "Only convolutions and dense layers are counted; this layer multiplies by no weight: 0."
        found.append(_count("counted values", prod(row.output_shape), said))
    yield from _other_than((row.macs,), found)


def field_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in the receptive field of layer `index`."""
    row, layer = rows[index], network.layers[index]
    (height, width), jump = (rows[index - 1].receptive_field, rows[index - 1].jump) if index else ((1, 1), (1, 1))
    size = layer.config.get("kernel_size") or layer.config.get("pool_size")
    found = []
    if row.jump is None:
        if jump is not None:
            found.append(Slip("unchanged", (height, width), "From here on every output sees the whole picture."))
    elif size and jump:
        found = [
            Slip(
                "window alone", tuple(size), "That is this layer's own window; it looks through the layers before it."
            ),
            Slip(
                "forgot the jump",
                (height + size[0] - 1, width + size[1] - 1),
                "Neighbouring positions here lie further apart in the picture: multiply (window − 1) by the jump.",
            ),
            Slip(
                "forgot −1",
                (height + size[0] * jump[0], width + size[1] * jump[1]),
                "The first place of the window is counted already: add (window − 1) · jump.",
            ),
            Slip(
                "jump behind",
                (height + (size[0] - 1) * row.jump[0], width + (size[1] - 1) * row.jump[1]),
                "Take the jump before this layer; its own strides count from the next layer on.",
            ),
            Slip("unchanged", (height, width), "A window of more than one place sees more of the picture."),
        ]
    yield from _other_than(row.receptive_field, found)


def _other_than(right: Shape, slips: Sequence[Slip]) -> Iterator[Slip]:
    for slip in slips:
        if slip.value != right:
            yield slip


def _count(name: str, value: int, message: str) -> Slip:
    return Slip(name, (value,), message)


def _window_slips(layer: Layer, row: Row) -> Iterator[Slip]:
    """Yield slips in how many places a window has."""
    size = layer.config.get("kernel_size") or layer.config.get("pool_size")
    if size is None:
        return
    (n, m), channels = row.input_shape[:2], row.output_shape[2]
    strides = layer.config["strides"]
    window = tuple((k - 1) * d + 1 for k, d in zip(size, layer.config.get("dilation_rate", (1, 1)), strict=True))

    def slip(name: str, message: str, sides: Iterator[int]) -> Slip:
        return Slip(name, (*sides, channels), message)

    axes = tuple(zip((n, m), window, strides, size, strict=True))
    valid = layer.config["padding"] == "valid"
    if valid:
        yield slip(
            "used ceil",
            "You rounded up; with padding 'valid' Keras rounds down: what does not fill a window is left out.",
            (-(-n // s) if k == s else -(-(n - k) // s) + 1 for n, k, s, _ in axes),
        )
        yield slip(
            "forgot + 1", "The first place of the window counts too: add 1.", ((n - k) // s for n, k, s, _ in axes)
        )
        yield slip(
            "used 'same'",
            "With padding 'valid' the window stays inside, so the border is lost.",
            (-(-n // s) for n, _, s, _ in axes),
        )
    else:
        yield slip(
            "used 'valid'",
            "With padding 'same' zeros are put around the picture: ceil(size / strides).",
            ((n - k) // s + 1 for n, k, s, _ in axes),
        )
    yield slip("forgot the strides", "The window moves by its strides, not by 1.", (n - k + 1 for n, k, _, _ in axes))
    yield slip(
        "forgot the dilation",
        "Dilation spreads the window: (kernel_size − 1) · dilation_rate + 1.",
        ((n - k) // s + 1 for n, _, s, k in axes),
    )
    yield slip("subtracted the window", "Windows step by their strides: divide.", (n - k for n, k, _, _ in axes))


def _order_slips(network: Network, rows: Sequence[Row], index: int) -> Iterator[Slip]:
    """Yield slips in which number stands where, and in the channels."""
    row, layer = rows[index], network.layers[index]
    height, width, channels = row.output_shape
    before = row.input_shape
    yield Slip(
        "swapped height and width", (width, height, channels), "Keras has height first: (height, width, channels)."
    )
    yield Slip("channels first", (channels, height, width), "Keras has the channels last: (height, width, channels).")
    if "filters" in layer.config:
        kept = "Every filter makes one map, so the channels become filters, whatever came in."
        yield Slip("kept the channels", (height, width, before[2]), kept)
        yield Slip("multiplied the channels", (height, width, before[2] * channels), kept)
        yield Slip("added the channels", (height, width, before[2] + channels), kept)
    elif before[2] == channels:
        yield Slip("lost the channels", (height, width, 1), "Each channel is handled by itself; all of them stay.")
    for earlier in reversed(rows[:index]):
        if "Pooling2D" in earlier.class_name and earlier.output_shape[:2] == before[:2]:
            sides = KINDS[layer.class_name].apply(layer.config, earlier.input_shape).output_shape[:2]
            yield Slip(
                "forgot the pooling",
                (*sides, channels),
                f"{earlier.name} made the maps smaller: this layer reads {before[0]} × {before[1]}.",
            )
            break
    yield Slip("unchanged", before, "This layer changes the shape.")


def _vector_slips(row: Row) -> Iterator[Slip]:
    """Yield slips in the length of a vector."""
    before = row.input_shape
    if len(before) == 3:
        height, width, channels = before
        yield _count(
            "forgot the channels", height * width, f"There are {channels} maps of {height} × {width}: count all."
        )
        yield _count("one side", height * channels, "A map has height · width numbers.")
        yield _count("added", height * width + channels, "Multiply by the channels: each has a whole map.")
        yield _count("all values", prod(before), "Global pooling leaves one number a map.")
        yield _count("channels alone", channels, "Flatten keeps every number of every map.")
    else:
        yield _count("kept the length", before[0], "A dense layer gives as many numbers as it has units.")


def _conv2d_params(layer: Layer, row: Row) -> Iterator[Slip]:
    kernel, channels, filters = prod(layer.config["kernel_size"]), row.input_shape[2], layer.config["filters"]
    if row.biases:
        yield _count("forgot the bias", row.weights, f"Each of the {filters} filters has a bias too: + {filters}.")
        yield _count("one bias", row.weights + 1, f"Each of the {filters} filters has a bias of its own.")
        each = "A filter has one bias, not one for each channel it reads."
        yield _count("a bias for each channel", (kernel + 1) * channels * filters, each)
        yield _count("bias of the input", row.weights + channels, "Biases belong to the output channels.")
    else:
        yield _count("added a bias", row.weights + filters, "use_bias is off: there is none here.")
    for name, count, said in (
        ("forgot the input channels", kernel * filters, f"A filter reads all {channels} input channels."),
        (
            "counted the input channels twice",
            kernel * channels * channels * filters,
            f"The {channels} input channels count once in each filter.",
        ),
        ("one filter", kernel * channels, f"That is one filter; there are {filters}."),
        (
            "one side of the kernel",
            layer.config["kernel_size"][0] * channels * filters,
            "A kernel has height · width weights for each channel.",
        ),
    ):
        yield _count(name, count + row.biases, said)
        yield _count(name, count, said)
        yield _count(name, count + 1, said)
    places = prod(row.output_shape[:2])
    yield _count("no sharing", row.params * places, "The same filter is used at every position: count it once.")
    yield _count("no sharing", row.weights * places, "The same filter is used at every position: count it once.")


def _other_params(layer: Layer, row: Row) -> Iterator[Slip]:
    """Yield slips for dense, depthwise and separable layers and for normalisation."""
    if row.class_name == "BatchNormalization":
        channels = row.input_shape[-1]
        yield _count("only the trained", row.weights + row.biases, "The running mean and variance are kept as well.")
        yield _count("one a channel", channels, "Each channel has gamma, beta, a running mean and a running variance.")
        return
    if row.biases:
        yield _count("forgot the bias", row.weights, f"Each of the {row.biases:,} outputs has a bias too.")
        yield _count("one bias", row.weights + 1, f"Each of the {row.biases:,} outputs has a bias of its own.")
        yield _count("bias of the input", row.weights + row.input_shape[-1], "Biases belong to the outputs.")
    if "kernel_size" in layer.config:
        kernel = prod(layer.config["kernel_size"])
        made = row.input_shape[-1] * row.output_shape[-1]
        said = "Here a channel's kernel does not read the other channels."
        yield _count("as Conv2D", kernel * made + row.biases, said)
        yield _count("as Conv2D", kernel * made, said)
    else:
        yield _count("inputs alone", row.input_shape[-1], "Every unit has a weight for every input.")


def _no_params(layer: Layer, row: Row) -> Iterator[Slip]:
    size = layer.config.get("pool_size")
    if size:
        said = "A pool takes the largest or the mean value; it has nothing to learn."
        yield _count("counted the window", prod(size), said)
        yield _count("counted the window", prod(size) * row.input_shape[2], said)
        yield _count("counted the window", prod(size) * row.input_shape[2] + row.input_shape[2], said)
    yield _count("counted values", prod(row.output_shape), "These are values that flow through, not parameters.")
    yield _count("one a channel", row.output_shape[-1], "This layer has nothing to learn.")
