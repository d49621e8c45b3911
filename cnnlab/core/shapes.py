"""Trace a tensor through a network: every shape, parameter, multiply-add and receptive field, without Keras."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from cnnlab.core.network import Network
from cnnlab.core.network.layers import KINDS, Effect, LayerError, Shape

MOST_NUMBERS = 10**15
"""What no computer holds: a tensor or a layer with more numbers cannot be built, and sums would lose digits."""


class InvalidNetwork(ValueError):
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

    Shapes are without the batch. `receptive_field` is (height, width) in input pixels, not clipped to the picture;
    `jump` is the distance in input pixels between neighbouring outputs, None once an output sees everything.
    """

    name: str
    class_name: str
    input_shape: Shape
    output_shape: Shape
    weights: int
    biases: int
    non_trainable: int
    macs: int
    receptive_field: tuple[int, int]
    jump: tuple[int, int] | None

    @property
    def params(self) -> int:
        """Count all parameters, trainable or not, as Keras' `count_params` does."""
        return self.weights + self.biases + self.non_trainable


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
    Receptive Fields of Convolutional Neural Networks", Distill 2019); the whole input from Flatten, global
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
        rows.append(
            Row(
                name,
                network.layers[index].class_name,
                before,
                effect.output_shape,
                effect.weights,
                effect.biases,
                effect.non_trainable,
                effect.macs,
                field,
                jump,
            )
        )
    return tuple(rows), None


_Pair = tuple[int, int]


def _walk(network: Network) -> Iterator[tuple[Shape, Effect, _Pair, _Pair | None]]:
    """Yield for each layer its input shape, its effect, and the receptive field and jump after it."""
    shape: Shape = network.input_shape
    whole = network.input_shape[:2]
    field: _Pair = (1, 1)
    jump: _Pair | None = (1, 1)
    for layer in network.layers:
        before = shape
        effect = KINDS[layer.class_name].apply(layer.config, before)
        shape = effect.output_shape
        if max(prod(shape), effect.weights) > MOST_NUMBERS:
            raise LayerError(
                "it would hold more than 10¹⁵ numbers, which no computer does; make it or its input smaller."
            )
        if effect.window is None or jump is None:
            field, jump = whole, None
        elif effect.window != (1, 1) or effect.strides != (1, 1):
            (height, width), (down, right) = effect.window, effect.strides
            field = (field[0] + (height - 1) * jump[0], field[1] + (width - 1) * jump[1])
            jump = (jump[0] * down, jump[1] * right)
        yield before, effect, field, jump
