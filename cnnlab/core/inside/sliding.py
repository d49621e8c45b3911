"""Say where each output of a layer looks: in the layer's input, and in the network's picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.core.inside.heavy import can_follow
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS, Axis, Range, Shape
from cnnlab.core.shapes import Row, trace_until_problem
from cnnlab.core.words import Refusal

_FOREIGN = (
    "LeakyReLU", "PReLU", "ELU", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "ActivityRegularization", "Identity",
)  # fmt: skip
POINTWISE = (*(name for name, kind in KINDS.items() if kind.pointwise), *_FOREIGN)
"""Every class that changes each value by itself, also those that only models of somebody else have."""


class NoWindow(Refusal):
    """Say in one sentence why a layer has no window that slides."""


class TooManyPlaces(Refusal):
    """Say in one sentence that windows have too many places to be followed."""


@dataclass(frozen=True)
class Sliding:
    """Tell along one axis where a window stands for every output.

    The window of output i covers the places `starts[i] + tap` for each of `taps`, and input p stands at place
    p · `spread`; what lies below the first or behind the last input is padding, what lies between two is empty.
    `stride` is the distance between neighbouring windows.
    """

    length: int
    starts: tuple[int, ...]
    taps: tuple[int, ...]
    stride: int
    spread: int = 1

    @property
    def before(self) -> int:
        """Count the positions of padding before the input."""
        return max(0, -self.starts[0] // self.spread)

    @property
    def after(self) -> int:
        """Count the positions of padding behind the input that a window covers."""
        return max(0, (self.starts[-1] + self.taps[-1]) // self.spread + 1 - self.length)

    def seen(self, output: int) -> tuple[int, ...]:
        """Return the input positions that an output sees, without the padding."""
        return tuple(position for _, position in self.met(output))

    def met(self, output: int) -> tuple[tuple[int, int], ...]:
        """Return which taps of an output stand on an input, and on which, as (tap, position) counted from 0."""
        places = ((k, divmod(self.starts[output] + tap, self.spread)) for k, tap in enumerate(self.taps))
        return tuple((k, position) for k, (position, rest) in places if not rest and 0 <= position < self.length)

    def windows_over(self) -> tuple[Range, ...]:
        """Return for every input position the first and last output that sees it; None where none does."""
        found: list[Range] = [None] * self.length
        for output in range(len(self.starts)):
            for position in self.seen(output):
                known = found[position]
                found[position] = (known[0] if known else output, output)
        return tuple(found)


def sliding(layer: Layer, row: Row) -> tuple[Sliding, ...]:
    """Return how a layer's window slides along each axis: down its rows and along its columns, or along a sequence.

    Along each of its one or two axes; raises `NoWindow` for a layer without any.
    """
    if len(row.input_shape) == 1 or len(row.input_shape) != len(row.output_shape):
        raise NoWindow(f"{row.name} ({row.class_name}) has no rows and columns, so no window slides.")
    return tuple(map(slide, row.axes or still(row.input_shape)))


def still(shape: Shape) -> tuple[Axis, ...]:
    """Return the axes of a layer each of whose outputs looks at its own place alone."""
    return tuple(Axis(n, n) for n in shape[:-1])


def slide(axis: Axis) -> Sliding:
    """Return where the windows along one axis stand, each written out."""
    starts = tuple(i * axis.stride - axis.before for i in range(axis.outputs))
    return Sliding(axis.length, starts, tuple(k * axis.dilation for k in range(axis.size)), axis.stride, axis.spread)


def fields(network: Network, index: int) -> tuple[tuple[Range, ...], ...]:
    """Return for every row and every column of a layer's output the first and last picture row or column it sees.

    Clipped to the picture; None for an output that sees only padding. What comes behind the layer does not count, so
    it may be impossible. Raises `NoWindow` behind a layer that has no rows and columns, and for one without output;
    `TooManyPlaces` where that would take too long.
    """
    rows, problem = trace_until_problem(network)
    if problem is not None and index >= problem.index:
        raise NoWindow(f"{problem.layer_name} has no output, so nothing is seen through it.")
    followed = list(zip(network.layers, rows[: index + 1], strict=False))
    if not can_follow([({}, network.input_shape), *((layer.config, row.output_shape) for layer, row in followed)]):
        raise TooManyPlaces("There are too many rows and columns to follow what it sees; use a smaller picture.")
    by_axis = zip(*(sliding(layer, row) for layer, row in followed), strict=True)
    return tuple(_field(each, length) for each, length in zip(by_axis, network.input_shape, strict=False))


def _field(slides: Sequence[Sliding], length: int) -> tuple[Range, ...]:
    ranges: tuple[Range, ...] = tuple((i, i) for i in range(length))
    for each in slides:
        ranges = seen_through(each, ranges)
    return ranges


def seen_through(window: Sliding, ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Return what the outputs of a sliding window see, where its inputs see `ranges`."""
    return tuple(hull([ranges[p] for p in window.seen(i)]) for i in range(len(window.starts)))


def hull(ranges: Sequence[Range]) -> Range:
    """Return the smallest range that holds all of those given."""
    known = [each for each in ranges if each is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def pointwise_run(class_names: Sequence[str]) -> tuple[int, bool]:
    """Return how many of the layers of a row change each value by itself, and whether a pooling layer is the next."""
    for count, class_name in enumerate(class_names):
        if class_name not in POINTWISE:
            return count, pools(class_name)
    return len(class_names), False


def convolves(class_name: str) -> bool:
    """Tell whether a class is a convolution that can be taken apart."""
    return class_name in KINDS and KINDS[class_name].mode == "sum"


def pools(class_name: str) -> bool:
    """Tell whether a class pools the values of a window that slides."""
    return class_name in KINDS and KINDS[class_name].mode not in ("", "sum")


def nearest(found: Sequence[int], index: int | None) -> int | None:
    """Return the position to look at: this one, else the last before it, else the first; None if there is none."""
    if not found:
        return None
    return found[0] if index is None else max((i for i in found if i <= index), default=found[0])


def key_frames(down: Sliding, along: Sliding) -> tuple[tuple[int, int], ...]:
    """Return the outputs (row, column) that tell how a window slides: first, one to the right, one down, last."""
    last = (len(down.starts) - 1, len(along.starts) - 1)
    frames = [(0, 0), (0, min(1, last[1])), (min(1, last[0]), 0), last]
    return tuple(dict.fromkeys(frames))
