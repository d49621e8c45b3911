"""Know the layers that put the same numbers elsewhere, and nothing or zeros beside them."""

from collections.abc import Iterator
from math import prod

from cnnlab.core.network.layers.keras_keys import CHANNELS_LAST
from cnnlab.core.network.layers.kind import AXES, Axis, Config, Effect, Kind, Option, Said, Shape, Slip, product
from cnnlab.core.network.layers.window import scattered_axis


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


def _enlarged(config: Config, before: Shape) -> tuple[Axis, ...]:
    """Tell from which inputs each output is made; none where that is not known for an interpolation.

    'nearest' repeats an input; 'bilinear' weighs the two around the middle of an output (half-pixel centres), so that
    each input reaches 2 · size − 1 outputs if size is odd and 2 · size if it is even.
    """
    bilinear = config.get("interpolation", "nearest") == "bilinear"
    if not bilinear and config.get("interpolation", "nearest") != "nearest":
        return ()
    return tuple(
        scattered_axis(n, n * s, 2 * s - s % 2 if bilinear else s, 1, s, s // 2 if bilinear else 0)
        for n, s in zip(before, config["size"], strict=False)
    )


def _up_sampling2d(config: Config, before: Shape) -> Effect:
    axes = _enlarged(config, before)
    return Effect((*(axis.outputs for axis in axes), before[-1]), axes=axes)


def _enlarged_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    (side, lines, *_), size = AXES[axis], config["size"][axis]
    words = f"Every one of the {before[axis]:,} {lines} is written {size} ×, one after the other."
    if config["interpolation"] == "bilinear":
        words = f"Of the {before[axis]:,} {lines} there are {size} × as many, in between mixed of the two nearest."
    return Said(f"{side} · size", f"{before[axis]:,} · {size}", words)


def _enlarged_in_short(config: Config, before: Shape, effect: Effect) -> str:
    said = [f"{axis.length} · {axis.spread} = {axis.outputs:,}" for axis in effect.axes]
    return said[0] if len(set(said)) == 1 else ", ".join(said)


def _enlarged_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    for name, sides, said in (
        ("divided by the size", [-(-axis.length // axis.spread) for axis in effect.axes], "It makes maps larger."),
        ("added the size", [axis.length + axis.spread for axis in effect.axes], "Every line is repeated: multiply."),
    ):
        yield Slip(name, (*sides, before[-1]), said)
    yield Slip("multiplied the channels", tuple(n * config["size"][0] for n in effect.output_shape), "Channels stay.")


KINDS = (
    Kind(
        "UpSampling2D",
        "up_sampling2d",
        "reshaping",
        {
            "size": Option("pair", (2, 2), least=1, bounds=(1, 8, 1), main=True),
            "interpolation": Option(
                "text", "nearest", choices=("nearest", "bilinear"), instead="nearest", any_case=True
            ),
        },
        _up_sampling2d,
        label=lambda config: f"upsample {'×'.join(map(str, config['size']))}",
        fixed=CHANNELS_LAST,
        axes=_enlarged,
        takes="UpSampling2D",
        linear=True,
        side=_enlarged_side,
        shape=_enlarged_in_short,
        shape_slips=_enlarged_slips,
    ),
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
