"""Say what is too heavy to be looked at: a network's parameters, outputs and sides, and the work of one picture.

Any number in a network may come from a link, so every bound is checked before anything is built or drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import Shape
from cnnlab.core.shapes import Row, trace

MOST_PARAMETERS = 50_000_000
"""What a model file may hold: it has been sent whole, so it cannot ask for more than it is."""
MOST_VALUES = 64_000_000  # float32 numbers of all outputs for one picture together, 256 MB
MOST_WORK = 200_000_000_000  # multiply-adds or comparisons for one picture, two seconds on two cores
LONGEST_SIDE = 4_096  # rows or columns of a map
MOST_TAPS = 10_000  # places of a depthwise kernel: oneDNN writes about 12 KB of code for each
MOST_PAIRS = 64_000_000  # pairs of channels that are compared, float64
MOST_STEPS = 250_000  # places of windows that are followed one by one

_DEPTHWISE = ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
_SMALLER = "use a smaller picture or smaller layers."


def too_many_params(params: int, most: int) -> str | None:
    """Return in one sentence that so many parameters are not allowed, or None."""
    if params <= most:
        return None
    return (
        f"The network has {params:,} parameters, and at most {most:,} are allowed; make it smaller, or let the teacher "
        "raise CNNLAB_MAX_PARAMS."
    )


def too_heavy(network: Network, most_params: int) -> str | None:
    """Return in one sentence why nobody can look into a possible network here, or None; raise `InvalidNetwork`."""
    rows = trace(network)
    if problem := too_many_params(sum(row.params for row in rows), most_params):
        return problem
    for layer, row in zip(network.layers, rows, strict=True):
        if problem := _layer_problem(layer, row):
            return problem
    if problem := too_many_values((row.output_shape for row in rows), "This network"):
        return problem
    work = sum(map(_work, network.layers, rows))
    if work > MOST_WORK:
        return (
            f"One picture takes this network {work:,} multiply-adds or comparisons, and at most {MOST_WORK:,} are "
            f"done to look into it; {_SMALLER}"
        )
    return None


def too_many_values(shapes: Iterable[Shape], who: str) -> str | None:
    """Return in one sentence that the outputs of these shapes hold too many numbers together, or None."""
    values = sum(map(prod, shapes))
    if values <= MOST_VALUES:
        return None
    return f"{who} makes {values:,} numbers of one picture, and at most {MOST_VALUES:,} can be looked at; {_SMALLER}"


def too_many_pairs(shapes: Iterable[Shape]) -> str | None:
    """Return in one sentence that the maps of these shapes are too many to be compared, or None."""
    pairs = sum(shape[2] ** 2 for shape in shapes if len(shape) == 3)
    if pairs <= MOST_PAIRS:
        return None
    return (
        f"To mark duplicates, {pairs:,} pairs of channels would be compared, and at most {MOST_PAIRS:,} can be; use "
        "layers with fewer channels."
    )


def window_steps(config: Mapping[str, Any], shape: Shape) -> int:
    """Count the places of all windows, row by row and column by column, of a layer that gives this shape."""
    size = config.get("kernel_size") or config.get("pool_size") or config.get("size") or (1, 1)
    sizes = (size,) if isinstance(size, int) else size
    return sum(n * k for n, k in zip(shape, sizes, strict=False)) if len(shape) > 1 else 1


def can_follow(layers: Iterable[tuple[Mapping[str, Any], Shape]]) -> bool:
    """Tell whether the windows of layers, given as options and output shape, are few enough to be followed."""
    return sum(window_steps(config, shape) for config, shape in layers) <= MOST_STEPS


def shares(sizes: Sequence[int], most: int) -> list[int]:
    """Return how much of each size is taken so that all together are at most `most`: small ones whole, then equally."""
    left, taken = most, [0] * len(sizes)
    for place, i in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        taken[i] = min(sizes[i], left // (len(sizes) - place))
        left -= taken[i]
    return taken


def _layer_problem(layer: Layer, row: Row) -> str | None:
    long = max(row.output_shape[:-1], default=0)
    if long > LONGEST_SIDE:
        return (
            f"{row.name} makes maps with {long:,} rows or columns, and at most {LONGEST_SIDE:,} can be looked at; "
            f"{_SMALLER}"
        )
    taps = prod(layer.config.get("kernel_size", ()))
    if row.class_name in _DEPTHWISE and taps > MOST_TAPS:
        return (
            f"{row.name} has a kernel of {taps:,} places, and at most {MOST_TAPS:,} of a depthwise kernel are computed "
            "here; make it smaller."
        )
    padded = _padded(layer, row)
    if padded > MOST_VALUES:
        return (
            f"With its padding {row.name} reads {padded:,} numbers, and at most {MOST_VALUES:,} can be computed with "
            "here; make its dilation_rate, its strides or the picture smaller."
        )
    return None


def _padded(layer: Layer, row: Row) -> int:
    """Count the numbers of a dilated layer's input with the padding, which TensorFlow writes down."""
    dilation = layer.config.get("dilation_rate", (1,))
    if max(dilation) == 1:
        return 0
    reach = ((k - 1) * d for k, d in zip(layer.config["kernel_size"], dilation, strict=True))
    return int(prod(n + more for n, more in zip(row.input_shape, reach, strict=False))) * row.input_shape[-1]


def _work(layer: Layer, row: Row) -> int:
    if "pool_size" not in layer.config:
        return row.macs
    window = (min(k, n) for k, n in zip(layer.config["pool_size"], row.input_shape, strict=False))
    return prod(row.output_shape) * int(prod(window))
