"""Know the layers that put the same numbers elsewhere, and nothing or zeros beside them."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from cnnlab.core.network.layers.keras_keys import CHANNELS_LAST
from cnnlab.core.network.layers.kind import (
    SEEN,
    Axis,
    Config,
    Effect,
    Kind,
    LayerError,
    Said,
    Shape,
    Slip,
    axes_of,
    numbers_of,
    product,
)
from cnnlab.core.network.layers.option import ENDS, SIZES, Option
from cnnlab.core.network.layers.window import scattered_axis


def _flatten(config: Config, before: Shape) -> Effect:
    return Effect((prod(before),), sees_all=True)


def _one_line(config: Config, before: Shape, effect: Effect) -> Said:
    return Said(
        " · ".join(numbers_of(before)), product(before), "The same numbers stand in one long line; none is lost."
    )


def _flatten_in_short(config: Config, before: Shape, effect: Effect) -> str:
    return f"{' · '.join(map(str, before))} = {effect.output_shape[0]:,}" if len(before) > 1 else ""


def _ends(config: Config, option: str) -> tuple[tuple[int, int], ...]:
    """Return what an option says of both ends of each axis."""
    value = config[option]
    return (value,) if isinstance(value[0], int) else value


def _bordered(config: Config, before: Shape) -> tuple[Axis, ...]:
    ends = _ends(config, "padding")
    return tuple(Axis(n, n + one + two, before=one) for n, (one, two) in zip(before, ends, strict=False))


def _cropped(config: Config, before: Shape) -> tuple[Axis, ...]:
    ends = _ends(config, "cropping")
    return tuple(Axis(n, n - one - two, before=-one) for n, (one, two) in zip(before, ends, strict=False))


def _along(axes: Callable[[Config, Shape], tuple[Axis, ...]]) -> Callable[[Config, Shape], Effect]:
    """Return the rule of a layer that only moves its values along the axes."""

    def rule(config: Config, before: Shape) -> Effect:
        found = axes(config, before)
        return Effect((*(axis.outputs for axis in found), before[-1]), axes=found)

    return rule


def _cropping(config: Config, before: Shape) -> Effect:
    for (one, two), n, (_, lines, *_) in zip(_ends(config, "cropping"), before, axes_of(before), strict=False):
        if one + two >= n:
            raise LayerError(f"of {n} {lines} {one} + {two} are cut off, and none is left; cut fewer off.")
    return _along(_cropped)(config, before)


def _padded_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    one, two = _ends(config, "padding")[axis]
    side, lines, first, second = axes_of(before)[axis]
    words = f"{one} {lines} of zeros come before the {SEEN[len(before) - 1]} and {two} behind it."
    return Said(f"{side} + {first} + {second}", f"{before[axis]:,} + {one:,} + {two:,}", words)


def _cropped_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    one, two = _ends(config, "cropping")[axis]
    side, lines, first, second = axes_of(before)[axis]
    words = f"{one} {lines} are cut off at the {first} and {two} at the {second}."
    return Said(f"{side} − {first} − {second}", f"{before[axis]:,} − {one:,} − {two:,}", words)


def _cropped_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    both = "Both ends are cut off, each by itself."
    once = [axis.length + axis.before for axis in effect.axes]
    yield Slip("one end", (*once, before[-1]), both)
    yield Slip("added", (*(2 * axis.length - axis.outputs for axis in effect.axes), before[-1]), "It is cut off: less.")


def _sizes(config: Config) -> tuple[int, ...]:
    size = config["size"]
    return (size,) if isinstance(size, int) else tuple(size)


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
        for n, s in zip(before, _sizes(config), strict=False)
    )


def _enlarged_side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    (side, lines, *_), size = axes_of(before)[axis], _sizes(config)[axis]
    words = f"Every one of the {before[axis]:,} {lines} is written {size} ×, one after the other."
    if config.get("interpolation") == "bilinear":
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
    yield Slip("multiplied the channels", tuple(n * _sizes(config)[0] for n in effect.output_shape), "Channels stay.")


_INTERPOLATION = {
    "interpolation": Option("text", "nearest", choices=("nearest", "bilinear"), instead="nearest", any_case=True)
}
"""How Keras fills in between, in two dimensions; in one it repeats."""


def _up_sampling(rank: int) -> Kind:
    form, size = ("int", 2) if rank == 1 else (SIZES[rank], (2,) * rank)
    options = {"size": Option(form, size, least=1, bounds=(1, 8, 1), main=True)}
    return Kind(
        f"UpSampling{rank}D",
        f"up_sampling{rank}d",
        "reshaping",
        options if rank == 1 else options | _INTERPOLATION,
        _along(_enlarged),
        label=lambda config: f"upsample {'×'.join(map(str, _sizes(config)))}",
        fixed=CHANNELS_LAST if rank > 1 else {},
        axes=_enlarged,
        takes=f"UpSampling{rank}D",
        rank=rank,
        linear=True,
        side=_enlarged_side,
        shape=_enlarged_in_short,
        shape_slips=_enlarged_slips,
    )


def _zero_padding(rank: int) -> Kind:
    ones: Any = (1, 1) if rank == 1 else ((1, 1),) * rank
    return Kind(
        f"ZeroPadding{rank}D",
        f"zero_padding{rank}d",
        "reshaping",
        {"padding": Option(ENDS[rank], ones, least=0, bounds=(0, 12, 1))},
        _along(_bordered),
        label=lambda config: "padding",
        sample={"padding": 1},
        fixed=CHANNELS_LAST,
        axes=_bordered,
        takes=f"ZeroPadding{rank}D",
        rank=rank,
        linear=True,
        side=_padded_side,
    )


_CROPPING = Kind(
    "Cropping1D",
    "cropping1d",
    "reshaping",
    {"cropping": Option("ends", (1, 1), least=0, bounds=(0, 12, 1))},
    _cropping,
    label=lambda config: "cropping",
    sample={"cropping": 1},
    axes=_cropped,
    takes="Cropping1D",
    rank=1,
    linear=True,
    side=_cropped_side,
    shape_slips=_cropped_slips,
)
_FLATTEN = Kind(
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
)
KINDS = (_up_sampling(2), _zero_padding(2), _up_sampling(1), _zero_padding(1), _CROPPING, _FLATTEN)
