"""Trace a tensor through a network: every shape, parameter, multiply-add and receptive field, without Keras."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from cnnlab.core.network import Network
from cnnlab.core.network.layers import KINDS, Axis, Effect, LayerError, Phases, Shape
from cnnlab.core.words import Refusal

MOST_NUMBERS = 10**15
"""What no computer holds: a tensor or a layer with more numbers cannot be built, and sums would lose digits."""


class InvalidNetwork(Refusal):
    """Name the first layer that cannot take its input, and say why with the arithmetic.

    `index` is the layer's position in `network.layers` (-1: the network as a whole).
    """

    def __init__(self, index: int, layer_name: str, message: str) -> None:
        super().__init__(index, layer_name, message)
        self.index = index
        self.layer_name = layer_name
        self.message = message

    def __str__(self) -> str:
        return f"{self.layer_name}: {self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """Tell what one layer makes of its input.

    Shapes are without the batch. `effect` is what the layer's rule computed, of which the most asked for is at hand
    by its own name. `receptive_field` is (height, width) in input pixels, or (length,) of a sequence, not clipped,
    of the output that sees most; `jump` is the mean distance in input pixels between neighbouring outputs, None
    once an output sees everything.
    """

    name: str
    class_name: str
    input_shape: Shape
    effect: Effect
    receptive_field: Shape
    jump: tuple[int | Fraction, ...] | None

    @property
    def output_shape(self) -> Shape:
        """Return the shape of the output without the batch."""
        return self.effect.output_shape

    @property
    def weights(self) -> int:
        """Count what is trained and no bias."""
        return self.effect.weights

    @property
    def biases(self) -> int:
        """Count the biases."""
        return self.effect.biases

    @property
    def non_trainable(self) -> int:
        """Count what is kept, but not trained."""
        return self.effect.non_trainable

    @property
    def macs(self) -> int:
        """Count the multiply-adds for one picture, without biases."""
        return self.effect.macs

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Return where each output looks, one `Axis` for each axis of a map; none where it looks at its own place."""
        return self.effect.axes

    @property
    def window(self) -> Shape | None:
        """Return over how many places of its input a window reaches along each axis; None where all is seen."""
        return None if self.effect.sees_all else tuple(axis.reach for axis in self.axes) or self._each

    @property
    def strides(self) -> Shape:
        """Return by how many places the window moves along each axis."""
        return tuple(axis.stride for axis in self.axes) or self._each

    @property
    def _each(self) -> Shape:
        return (1,) * (len(self.output_shape) - 1)

    @property
    def params(self) -> int:
        """Count all parameters, trainable or not, as Keras' `count_params` does."""
        return self.effect.weights + self.effect.biases + self.effect.non_trainable


def layer_names(network: Network) -> tuple[str, ...]:
    """Name every layer as a fresh Keras 3 session would: conv2d, conv2d_1, ...; a given name wins."""
    counts: Counter[str] = Counter()
    names = []
    for layer in network.layers:
        if layer.name is not None:
            names.append(layer.name)
            continue
        auto = KINDS[layer.class_name].auto_name
        names.append(f"{auto}_{counts[auto]}" if counts[auto] else auto)
        counts[auto] += 1
    return tuple(names)


def trace(network: Network) -> tuple[Row, ...]:
    """Return one row for each entry of `network.layers`; raise `InvalidNetwork` where Keras could not build or run.

    Receptive field: r_out = r_in + (window - 1) * jump, jump_out = jump * stride (Araujo et al., "Computing
    Receptive Fields of Convolutional Neural Networks", Distill 2019); behind a layer that enlarges its maps
    neighbours see differently far, and are followed one by one (`Phases`). The whole input from Flatten, global
    pooling or Dense on.
    """
    rows, problem = trace_until_problem(network)
    if problem is not None:
        raise problem
    return rows


def check(network: Network) -> InvalidNetwork | None:
    """Return what makes the network impossible, or None if Keras builds it and runs it forward."""
    return trace_until_problem(network)[1]


def trace_until_problem(network: Network) -> tuple[tuple[Row, ...], InvalidNetwork | None]:
    """Return the rows of all layers before the first impossible one, and what is wrong with that one."""
    names = layer_names(network)
    rows: list[Row] = []
    if not names:
        return (), InvalidNetwork(-1, "network", "a network needs at least one layer.")
    seen: set[str] = set()
    walk = _walk(network)
    for index, name in enumerate(names):
        if name in seen:
            problem = f"two layers are called {name!r}; give each its own name."
            return tuple(rows), InvalidNetwork(index, name, problem)
        seen.add(name)
        try:
            before, effect, field, jump = next(walk)
        except LayerError as error:
            return tuple(rows), InvalidNetwork(index, name, str(error))
        rows.append(Row(name, network.layers[index].class_name, before, effect, field, jump))
    return tuple(rows), None


def _walk(network: Network) -> Iterator[tuple[Shape, Effect, Shape, tuple[int | Fraction, ...] | None]]:
    """Yield for each layer its input shape, its effect, and the receptive field and jump after it."""
    shape: Shape = network.input_shape
    whole = network.input_shape[:-1]
    seen: tuple[_Seen, ...] | None = ((1, 1),) * len(whole)
    field: Shape = (1,) * len(whole)
    jump: tuple[int | Fraction, ...] | None = field
    for layer in network.layers:
        before = shape
        effect = KINDS[layer.class_name].apply(layer.config, before)
        shape = effect.output_shape
        if max(prod(shape), effect.weights) > MOST_NUMBERS:
            raise LayerError(
                "it would hold more than 10¹⁵ numbers, which no computer does; make it or its input smaller."
            )
        if effect.sees_all or seen is None:
            seen, field, jump = None, whole, None
        elif effect.axes:
            seen = tuple(map(_through, seen, effect.axes))
            told = [each if isinstance(each, tuple) else (each.field, each.mean_jump) for each in seen]
            field, jump = zip(*told, strict=True)
        yield before, effect, field, jump


_Seen = tuple[int, int] | Phases
"""Receptive field and jump along one axis, or what each of several neighbours sees, where they differ."""


def _through(seen: _Seen, axis: Axis) -> _Seen:
    if isinstance(seen, tuple):
        field, jump = seen
        if axis.spread == 1:
            return field + (axis.size - 1) * axis.dilation * jump, jump * axis.stride
        seen = Phases(((0, field - 1),), jump)
    return seen.through(axis)
