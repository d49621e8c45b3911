"""Know how a window slides: how many places it has, where it stands, what it sees, and how all that is said.

Each function works along one axis; a layer has as many of them as its maps have axes. The formulas are those of
Keras 3 (`keras/src/ops/operation_utils.py`: `compute_conv_output_shape`, `compute_pooling_output_shape`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from cnnlab.core.network.layers.kind import AXES, SEEN, Axis, Config, Effect, LayerError, Said, Shape, Slip, axes_of
from cnnlab.core.network.layers.option import Option

STRIDES = (1, 6, 1)
PADDING = ("valid", "same")
CAUSAL = "causal"
"""Padding before the start alone, so that no output sees what comes later; sequences only."""
MOST_PHASES = 128
"""How many outputs side by side may see differently far before they are no more told apart."""

Range = tuple[int, int] | None
"""The first and the last of neighbouring positions, or None where there is none."""


def padding_option(any_case: bool = False, causal: bool = False) -> Option:
    """Return the option `padding` of a window."""
    return Option(
        "text", "valid", choices=(*PADDING, CAUSAL) if causal else PADDING, instead="valid", any_case=any_case
    )


def sizes_of(config: Config, size: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return size and dilation of a window along each axis."""
    sizes = tuple(config[size])
    return sizes, tuple(config.get("dilation_rate", (1,) * len(sizes)))


def sliding_axes(size: str) -> Callable[[Config, Shape], tuple[Axis, ...]]:
    """Return the function that tells where the windows of a layer stand whose option `size` gives their size.

    'same' pads max((outputs − 1) · stride + window − length, 0) places, the smaller half first, as TensorFlow does
    (`tf.nn`, "Notes on padding"); 'causal' pads all that a window reaches beyond one place, at the start. A window that
    fits nowhere has less than one output.
    """

    def axes(config: Config, before: Shape) -> tuple[Axis, ...]:
        return tuple(
            _axis(n, k, d, s, config["padding"])
            for n, k, d, s in zip(before, *sizes_of(config, size), config["strides"], strict=False)
        )

    return axes


def _axis(length: int, size: int, dilation: int, stride: int, padding: str) -> Axis:
    reach = (size - 1) * dilation + 1
    if padding == "valid":
        return Axis(length, (length - reach) // stride + 1, size, dilation, stride)
    outputs = -(-length // stride)
    if padding == CAUSAL:
        return Axis(length, outputs, size, dilation, stride, reach - 1)
    padded = max((outputs - 1) * stride + reach - length, 0)
    return Axis(length, outputs, size, dilation, stride, padded // 2)


def scattered_axis(length: int, outputs: int, size: int, dilation: int, stride: int, cut: int) -> Axis:
    """Return where an output looks if each input is laid down `stride` places behind the one before it, `size` wide.

    Of what is laid down `cut` places before the first output are cut off. Seen from an output that is a window that
    moves by one over inputs `stride` places apart.
    """
    return Axis(length, outputs, size, dilation, 1, (size - 1) * dilation - cut, stride)


def slid(axes: tuple[Axis, ...], what: str) -> Shape:
    """Return how many places a window has along each axis; raise `LayerError` if it is larger than its input."""
    sides = tuple(axis.outputs for axis in axes)
    if min(sides) >= 1:
        return sides
    axis, side = next((axis, side) for axis, (side, *_) in zip(axes, AXES[len(axes)], strict=True) if axis.outputs < 1)
    name = f"{what} ({times(each.size for each in axes)})"
    if any(each.reach > each.size for each in axes):
        name = f"{name}, dilated to {times(each.reach for each in axes)},"
    positions = f"{axis.outputs}".replace("-", "−")
    raise LayerError(f"the {name} is larger than its input: along the {side}, {places(axis, False)} = {positions}.")


def times(numbers: Iterator[int]) -> str:
    """Return sizes as 3 × 3."""
    return " × ".join(map(str, numbers))


def places(
    axis: Axis,
    padded: bool,
    down: str = "floor({})",
    up: str = "ceil({})",
    number: Callable[[int], str] = str,
    short: bool = False,
) -> str:
    """Return the arithmetic of how many places a window has, without its result: floor((147 − 2) / 2) + 1.

    With `padded` a window has a place for each input that it steps on. `down` and `up` say how rounding is written
    and `number` how a number is; `short` has floor(147 / 2) for windows that stand side by side.
    """
    n, window, stride = number(axis.length), number(axis.reach), number(axis.stride)
    if padded:
        return up.format(f"{n} / {stride}")
    if short and axis.stride == axis.reach > 1:
        return down.format(f"{n} / {stride}")
    if axis.stride > 1:
        return down.format(f"({n} − {window}) / {stride}") + " + 1"
    return f"{n} − {window} + 1"


def shape_in_short(config: Config, before: Shape, effect: Effect) -> str:
    """Return why a window has as many places as it has, once if both axes are alike: ⌊148 / 2⌋ = 74."""
    said = [
        f"{places(axis, config['padding'] != 'valid', '⌊{}⌋', '⌈{}⌉', short=True)} = {axis.outputs}"
        for axis in effect.axes
    ]
    return said[0] if len(set(said)) == 1 else ", ".join(said)


def window_side(size: str) -> Callable[[Config, Shape, Effect, int], Said]:
    """Return the function that explains how many places a window has along one axis."""

    def side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
        name, lines, *_ = axes_of(before)[axis]
        each, padding = effect.axes[axis], config["padding"]
        values = places(each, padding != "valid", number="{:,}".format)
        if padding != "valid":
            step = "every one" if each.stride == 1 else f"one in {each.stride}"
            words = f"With padding {padding!r} a window stands at {step} of the {each.length:,} {lines}"
            zeros = "and looks back only, zeros before the start" if padding == CAUSAL else "zeros beyond the border"
            return Said(f"ceil({name} / strides)", values, f"{words}, {zeros}.")
        said = size if each.dilation == 1 else f"dilated {name}"
        count = "1 place" if each.outputs == 1 else f"{each.outputs:,} places"
        words = f"A window of {each.reach:,} {lines} has {count} along {each.length:,} {lines}"
        if each.stride == 1:
            return Said(f"{name} − {said} + 1", values, f"{words}.")
        return Said(f"floor(({name} − {said}) / strides) + 1", values, f"{words} in steps of {each.stride}.")

    return side


def window_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    """Yield slips in how many places a window has."""
    channels, axes = effect.output_shape[-1], effect.axes

    def slip(name: str, message: str, side: Callable[[Axis], int]) -> Slip:
        return Slip(name, (*map(side, axes), channels), message)

    if config["padding"] == "valid":
        yield slip(
            "used ceil",
            "You rounded up; with padding 'valid' Keras rounds down: what does not fill a window is left out.",
            lambda a: -(-a.length // a.stride) if a.reach == a.stride else -(-(a.length - a.reach) // a.stride) + 1,
        )
        forgot = "The first place of the window counts too: add 1."
        yield slip("forgot + 1", forgot, lambda a: (a.length - a.reach) // a.stride)
        inside = "With padding 'valid' the window stays inside, so the border is lost."
        yield slip("used 'same'", inside, lambda a: -(-a.length // a.stride))
    else:
        where = "before the start" if config["padding"] == CAUSAL else f"around the {SEEN[len(axes)]}"
        around = f"With padding {config['padding']!r} zeros are put {where}: ceil(size / strides)."
        yield slip("used 'valid'", around, lambda a: (a.length - a.reach) // a.stride + 1)
    steps = "The window moves by its strides, not by 1."
    yield slip("forgot the strides", steps, lambda a: a.length - a.reach + 1)
    spread = "Dilation spreads the window: (kernel_size − 1) · dilation_rate + 1."
    yield slip("forgot the dilation", spread, lambda a: (a.length - a.size) // a.stride + 1)
    yield slip("subtracted the window", "Windows step by their strides: divide.", lambda a: a.length - a.reach)


@dataclass(frozen=True)
class Phases:
    """Tell what outputs side by side see of the picture, where they do not all see equally far.

    Output i sees what output i + len(ranges) sees `jump` pixels before; `ranges` are those of the first ones.
    """

    ranges: tuple[Range, ...]
    jump: int

    @property
    def widest(self) -> tuple[int, int]:
        """Return the first and last pixel of the one that sees most; (0, -1) where none sees anything."""
        return max((each for each in self.ranges if each), key=lambda each: each[1] - each[0], default=(0, -1))

    @property
    def field(self) -> int:
        """Return how many pixels that one sees."""
        first, last = self.widest
        return last - first + 1

    @property
    def mean_jump(self) -> int | Fraction:
        """Return the mean distance in pixels between neighbouring outputs."""
        mean = Fraction(self.jump, len(self.ranges))
        return mean.numerator if mean.denominator == 1 else mean

    def through(self, axis: Axis) -> "Phases":
        """Return what the outputs of a layer see whose inputs see this; raise `LayerError` beyond `MOST_PHASES`."""
        whole = axis.spread * len(self.ranges)
        count = whole // gcd(axis.stride, whole)
        if count > MOST_PHASES:
            raise LayerError(
                f"the maps are spread so far that {count:,} neighbours each see another part of the picture, and at "
                f"most {MOST_PHASES} are told apart; enlarge them less."
            )
        seen = tuple(self._seen(axis, output * axis.stride - axis.before, whole) for output in range(count))
        return Phases(seen, self.jump * axis.stride // gcd(axis.stride, whole))

    def _seen(self, axis: Axis, start: int, whole: int) -> Range:
        """Return what a window at a place sees; every phase of the input is met by its first and its last cells."""
        cells = min(axis.size, whole)
        firsts = [self._at(axis, start + k * axis.dilation) for k in range(cells)]
        lasts = [self._at(axis, start + (axis.size - 1 - k) * axis.dilation) for k in range(cells)]
        lows, highs = [each[0] for each in firsts if each], [each[1] for each in lasts if each]
        return (min(lows), max(highs)) if lows else None

    def _at(self, axis: Axis, place: int) -> Range:
        if place % axis.spread:
            return None
        times, phase = divmod(place // axis.spread, len(self.ranges))
        seen = self.ranges[phase]
        return (seen[0] + times * self.jump, seen[1] + times * self.jump) if seen else None
