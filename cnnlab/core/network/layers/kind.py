"""Say what a kind of layer is: one value that holds everything the rest of the house asks about it.

`Kind` is filled in by the family modules beside this one. Nothing here knows a single class by name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from cnnlab.core.network.layers.option import Option
from cnnlab.core.words import Refusal

Shape = tuple[int, ...]
Config = Mapping[str, Any]


class LayerError(Refusal):
    """Say in one sentence, with the arithmetic, why a layer cannot take its input."""


class Axis(NamedTuple):
    """Tell along one axis which places of its input each output of a layer is computed from.

    Output i has a window of `size` cells at the places i · stride − before + k · dilation, k from 0 on. Input p stands
    at place p · spread: with a spread of s there are s − 1 empty places between neighbouring inputs. Places below 0 and
    behind the last input are padding. `length` and `outputs` count the inputs and the outputs.
    """

    length: int
    outputs: int
    size: int = 1
    dilation: int = 1
    stride: int = 1
    before: int = 0
    spread: int = 1

    @property
    def reach(self) -> int:
        """Return over how many places a window reaches, dilation counted in."""
        return (self.size - 1) * self.dilation + 1


@dataclass(frozen=True, slots=True)
class Effect:
    """Tell what a layer does to one tensor.

    `output_shape` is without the batch. `weights` and `biases` are trained, `non_trainable` are not. `macs` counts
    multiply-adds for batch 1, without bias. `axes` tells where each output looks, one `Axis` for each axis of a map;
    none where it looks at its own place alone. `sees_all` tells that an output counts as seeing the whole input.
    """

    output_shape: Shape
    weights: int = 0
    biases: int = 0
    non_trainable: int = 0
    macs: int = 0
    axes: tuple[Axis, ...] = ()
    sees_all: bool = False


@dataclass(frozen=True)
class Said:
    """Hold how a number is computed, in names and in values, and a sentence of words."""

    formula: str
    values: str
    words: str


@dataclass(frozen=True)
class Slip:
    """Hold one slip: its short name, what it gives, and a sentence that says what to do instead."""

    name: str
    value: Shape
    message: str


def a_slip(name: str, value: int, message: str) -> Slip:
    """Return a slip in a single number."""
    return Slip(name, (value,), message)


def product(numbers: Shape) -> str:
    """Return numbers multiplied, as people write it: 3 · 3 · 1,024."""
    return " · ".join(f"{n:,}" for n in numbers)


AXES = {
    1: (("length", "positions", "start", "end"),),
    2: (("height", "rows", "top", "bottom"), ("width", "columns", "left", "right")),
}
"""For maps of so many axes, and for each axis: its name, what lies along it, and its two ends."""
SEEN = {1: "sequence", 2: "picture"}
"""What a network of so many axes reads."""


def axes_of(shape: Shape) -> tuple[tuple[str, str, str, str], ...]:
    """Return the words for each axis of maps (length, channels) or (height, width, channels); none for a vector."""
    return AXES.get(len(shape) - 1, ())


def numbers_of(shape: Shape) -> tuple[str, ...]:
    """Name every number of a shape: height, width, channels; a vector has a length alone."""
    return (*(name for name, *_ in axes_of(shape)), "channels") if len(shape) > 1 else ("length",)


Explain = Callable[[Config, Shape, Effect], Said]
Slips = Callable[[Config, Shape, Effect], Iterator[Slip]]


def leaves_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    """Say of a layer without a window that a height, width or length stays."""
    side, lines, *_ = axes_of(before)[axis]
    return Said(side, f"{before[axis]:,}", f"The layer leaves the {before[axis]:,} {lines} as they are.")


def leaves_channels(config: Config, before: Shape, effect: Effect) -> Said:
    """Say that as many channels, or numbers of a vector, come out as went in."""
    name = "channels" if len(before) > 1 else "length"
    return Said(name, f"{before[-1]:,}", "The layer handles each by itself.")


def has_biases(config: Config, before: Shape, effect: Effect) -> Said:
    """Say that every output channel has a bias, or that use_bias is off."""
    if not effect.biases:
        return Said("0", "0", "Without use_bias there is no bias.")
    return Said("output channels", f"{effect.output_shape[-1]:,}", "Every output channel has one bias.")


def no_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    """Yield nothing."""
    return iter(())


def _nothing(config: Config, before: Shape, effect: Effect) -> str:
    return ""


def _unexplained(config: Config, before: Shape, effect: Effect) -> Said:
    raise NotImplementedError


@dataclass(frozen=True)
class Kind:
    """Describe a class of layers; what a kind leaves out is as for a layer that changes each value by itself.

    What it is: Keras' class name, the automatic name, the `family` that gives it its colour, its `options`, the keys
    of Keras' config that must have one value (`fixed`; a tuple holds several spellings of it), the `sample` that the
    editor adds, and the beginnings of the names of its `kernels`.

    What it does: `rule` gives the effect on a legal input; `axes` where its outputs look (also for a layer of
    somebody else's model, with Keras' own config). `takes` names it where it takes maps only, of as many axes as
    `rank` says; `size` is the option that gives its window's size, of the options in `exclusive` only one may be
    above 1. `mode` is how an output is made of its window (sum, max or average; empty where it is not taken apart),
    `joins` tells that it sums over all channels, `scatters` that each input is multiplied with the whole kernel and
    laid down around its place (seen from an output, the kernel is turned by half a turn). `closes` tells that the
    head of a network begins with it, `pointwise` that it changes each value by itself, `linear` that it is a linear
    map up to its activation, and `activation` which activation it applies. `crashes` tells whether its gradient
    ends the process unless oneDNN is off.

    What is said of it: a `label` of few letters, one output `side`, the `last` axis, the `weights`, `biases` and what
    is `kept` without training, `params` as a short formula, its window drawn (`closer`), a `note` for who takes it
    apart, a `remark` if something is probably not meant, and the slips people make with its shape and parameters.
    """

    class_name: str
    auto_name: str
    family: str
    options: Mapping[str, Option]
    rule: Callable[[Config, Shape], Effect]
    label: Callable[[Config], str]
    sample: Config = field(default_factory=dict)
    fixed: Config = field(default_factory=dict)
    kernels: tuple[str, ...] = ()
    axes: Callable[[Config, Shape], tuple[Axis, ...]] | None = None
    takes: str = ""
    rank: int = 0
    size: str = ""
    exclusive: tuple[str, ...] = ()
    mode: str = ""
    joins: bool = False
    scatters: bool = False
    closes: bool = False
    pointwise: bool = False
    linear: bool = False
    activation: Callable[[Config], str] = lambda config: str(config.get("activation", "linear"))
    crashes: Callable[[Config], bool] = lambda config: False
    side: Callable[[Config, Shape, Effect, int], Said] = leaves_side
    last: Explain = leaves_channels
    weights: Explain = _unexplained
    biases: Explain = has_biases
    kept: Explain = _unexplained
    params: Callable[[Config, Shape, Effect], str] = _nothing
    shape: Callable[[Config, Shape, Effect], str] = _nothing
    closer: Callable[[Config, Shape], str] = lambda config, before: ""
    note: str = ""
    when_linear: str = ""
    remark: Callable[[Config, Effect], str] = lambda config, effect: ""
    shape_slips: Slips = no_slips
    params_slips: Slips = no_slips

    def apply(self, config: Config, before: Shape) -> Effect:
        """Return the effect on an input; raise `LayerError` where Keras could not build or run the layer."""
        if self.takes and len(before) != self.rank + 1:
            raise LayerError(self._unfit(before))
        for name, option in self._bounded:
            value = config[name]
            if not option.is_plainly_legal(value) and (said := option.problem(name, value)):
                raise LayerError(said)
        if self.exclusive and all(max(config[name]) > 1 for name in self.exclusive):
            one, other = self.exclusive
            raise LayerError(
                f"{self.class_name} takes {one} above 1 or {other} above 1, not both; set one of them to 1."
            )
        return self.rule(config, before)

    def _unfit(self, before: Shape) -> str:
        """Say that the layer takes maps of another number of axes."""
        wanted = f"{self.takes} needs an input of {' × '.join(numbers_of((1,) * (self.rank + 1)))}"
        if len(before) == 1:
            return f"{wanted}, but receives the vector {before}; put it before Flatten or global pooling."
        seen, other = SEEN[self.rank], SEEN[len(before) - 1]
        shape = " × ".join(f"{n:,}" for n in before)
        return f"{wanted}, but receives {shape}: it is for a {seen}, so take the layer that is for a {other}."

    @cached_property
    def _bounded(self) -> tuple[tuple[str, Option], ...]:
        """Return the options of which not every value is legal."""
        return tuple((n, o) for n, o in self.options.items() if o.least is not None or o.choices)
