"""Know the layers that put the same numbers elsewhere, and nothing or zeros beside them."""

from math import prod

from cnnlab.core.network.layers.keras_keys import CHANNELS_LAST
from cnnlab.core.network.layers.kind import AXES, Axis, Config, Effect, Kind, Option, Said, Shape, product


def _flatten(config: Config, before: Shape) -> Effect:
    return Effect((prod(before),), sees_all=True)


def _one_line(config: Config, before: Shape, effect: Effect) -> Said:
    formula = "height · width · channels" if len(before) > 1 else "length"
    return Said(formula, product(before), "The same numbers stand in one long line; none is lost.")


def _flatten_in_short(config: Config, before: Shape, effect: Effect) -> str:
    return f"{' · '.join(map(str, before))} = {effect.output_shape[0]:,}" if len(before) > 1 else ""


def _bordered(config: Config, before: Shape) -> tuple[Axis, ...]:
    return tuple(Axis(n, n + one + two, before=one) for n, (one, two) in zip(before, config["padding"], strict=False))


def _zero_padding2d(config: Config, before: Shape) -> Effect:
    axes = _bordered(config, before)
    return Effect((*(axis.outputs for axis in axes), before[-1]), axes=axes)


def _padded_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    one, two = config["padding"][axis]
    side, lines, first, second = AXES[axis]
    words = f"{one} {lines} of zeros come before the picture and {two} behind it."
    return Said(f"{side} + {first} + {second}", f"{before[axis]:,} + {one:,} + {two:,}", words)


KINDS = (
    Kind(
        "ZeroPadding2D",
        "zero_padding2d",
        "reshaping",
        {"padding": Option("sides", ((1, 1), (1, 1)), least=0, bounds=(0, 12, 1))},
        _zero_padding2d,
        label=lambda config: "padding",
        sample={"padding": 1},
        fixed=CHANNELS_LAST,
        axes=_bordered,
        takes="ZeroPadding2D",
        linear=True,
        side=_padded_side,
    ),
    Kind(
        "Flatten",
        "flatten",
        "reshaping",
        {},
        _flatten,
        label=lambda config: "flatten",
        fixed=CHANNELS_LAST,
        closes=True,
        linear=True,
        last=_one_line,
        shape=_flatten_in_short,
    ),
)
