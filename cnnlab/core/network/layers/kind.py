"""Say what a kind of layer is: one value that holds everything the rest of the house asks about it.

`Kind` is filled in by the family modules beside this one. Nothing here knows a single class by name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NamedTuple

from cnnlab.core.words import Refusal

Shape = tuple[int, ...]
Config = Mapping[str, Any]
Bounds = tuple[float, float, float]


class LayerError(Refusal):
    """Say in one sentence, with the arithmetic, why a layer cannot take its input."""


@dataclass(frozen=True)
class Option:
    """Describe one argument of a layer.

    `form` is how it is written (`int`, `pair`, `sides`, `float`, `bool`, `text`). Legal is what lies from `least` to
    `most`, or is among `choices`; `instead` is what a text or a too large number is mended to. With `any_case` a text
    is read in small letters, as Keras does. Where nothing is given, `follows` names the option it is like.

    The editor has a slider from `bounds` (least, most, step), or the texts of `offers`; a number with neither is not
    taught. `main` tells that the number is also shown where only the most important ones are.
    """

    form: str
    default: Any = None
    required: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    instead: Any = None
    any_case: bool = False
    follows: str = ""
    bounds: Bounds | None = None
    offers: tuple[Any, ...] = ()
    main: bool = False

    @property
    def is_taught(self) -> bool:
        """Tell whether the editor has a control for it."""
        return bool(self.form == "bool" or self.choices or self.bounds or self.offers)

    def is_plainly_legal(self, value: Any) -> bool:
        """Tell at once of nearly every legal value that it is one; the others need a closer look."""
        if self.choices:
            return value in self.choices
        if self.form == "pair":
            return bool(value[0] >= self.least <= value[-1])
        return self.form == "int" and bool(value >= self.least)

    def problem(self, name: str, value: Any) -> str:
        """Say in a sentence why no layer can have this value; empty if one can."""
        if self.choices:
            if value in self.choices:
                return ""
            two = " or ".join(map(repr, self.choices))
            said = two if len(self.choices) == 2 else f"one of {', '.join(self.choices)},"
            return f"{name} must be {said}{',' if len(self.choices) == 2 else ''} not {value!r}."
        if self.least is None or value is None or ((lowest := _lowest(value)) >= self.least and self.most is None):
            return ""
        if self.most is not None:
            fits = self.least <= lowest <= self.most
            return "" if fits else f"{name} must lie between {self.least} and {self.most}, but is {value}."
        if self.form == "sides":
            return f"{name} must be {self.least} or more on every side, but is {value}."
        shown = " × ".join(map(str, value)) if isinstance(value, tuple) else value
        return f"{name} must be at least {self.least}, but is {shown}."

    def legal(self, value: Any) -> Any:
        """Return the legal value nearest to this one."""
        if self.choices:
            near = get_close_matches(value, self.choices, 1) if value not in self.choices else [value]
            return (*near, self.instead)[0]
        if self.least is None or value is None:
            return value
        if self.most is not None and not value <= self.most:
            return self.instead
        return _raised(value, self.least)


def _lowest(value: Any) -> Any:
    return min(map(_lowest, value)) if isinstance(value, tuple) else value


def _raised(value: Any, least: int) -> Any:
    """Return a number, or all numbers in a tuple, where it is lower as `least`."""
    if isinstance(value, tuple):
        return tuple(_raised(v, least) for v in value)
    return max(type(value)(least), value)


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


AXES = (("height", "rows", "top", "bottom"), ("width", "columns", "left", "right"))
"""For each axis of a map: its name, what lies along it, and its two ends."""

Explain = Callable[[Config, Shape, Effect], Said]
Slips = Callable[[Config, Shape, Effect], Iterator[Slip]]


def leaves_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    """Say of a layer without a window that a height or width stays."""
    side, lines, *_ = AXES[axis]
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

    What it does: `rule` gives the effect on a legal input; `axes` where its outputs look (also for a layer of somebody
    else's model, with Keras' own config). `takes` names it where it takes maps only, `size` is the option that gives
    its window's size, of the options in `exclusive` only one may be above 1. `mode` is how an output is made of its
    window (sum, max or average; empty where it is not taken apart), `joins` tells that it sums over all channels,
    `scatters` that each input is multiplied with the whole kernel and laid down around its place (seen from an output,
    the kernel is turned by half a turn). `closes` tells that the head of a network begins with it,
    `pointwise` that it changes each value by itself, `linear` that it is a linear map up to its activation, and
    `activation` which activation it applies. `crashes` tells whether its gradient ends the process unless
    oneDNN is off.

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
        if self.takes and len(before) != len(AXES) + 1:
            raise LayerError(
                f"{self.takes} needs an input of height × width × channels, but receives the vector {before}; "
                "put it before Flatten or global pooling."
            )
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

    @cached_property
    def _bounded(self) -> tuple[tuple[str, Option], ...]:
        """Return the options of which not every value is legal."""
        return tuple((n, o) for n, o in self.options.items() if o.least is not None or o.choices)
