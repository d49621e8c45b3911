"""Know the pooling layers: the largest or the mean value of a window, or of a whole map."""

from collections.abc import Iterator
from math import prod
from typing import Any

from cnnlab.core.network.layers.keras_keys import CHANNELS_LAST
from cnnlab.core.network.layers.kind import Axis, Config, Effect, Kind, Said, Shape, Slip, a_slip, axes_of
from cnnlab.core.network.layers.option import SIZES, Option
from cnnlab.core.network.layers.window import (
    STRIDES,
    padding_option,
    shape_in_short,
    slid,
    sliding_axes,
    window_side,
    window_slips,
)

LARGEST_POOL = {1: 40, 2: 12}
"""The largest window that the slider gives, for layers of so many axes."""

_axes = sliding_axes("pool_size")


def _pooling(config: Config, before: Shape) -> Effect:
    axes = _axes(config, before)
    return Effect((*slid(axes, "pool"), before[-1]), axes=axes)


def _whole(config: Config, before: Shape) -> tuple[Axis, ...]:
    return tuple(Axis(n, 1, size=n, stride=n) for n in before[:-1])


def _global_pooling(config: Config, before: Shape) -> Effect:
    axes = _whole(config, before)
    sides = (1,) * len(axes) if config["keepdims"] else ()
    return Effect((*sides, before[-1]), axes=axes, sees_all=True)


def _one_number(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    return Said("1", "1", f"All {before[axis]:,} {axes_of(before)[axis][1]} become one number a map.")


def _one_a_map(config: Config, before: Shape, effect: Effect) -> Said:
    return Said("channels", f"{before[-1]:,}", "One number a map is left.")


def _closer(config: Config, before: Shape) -> str:
    return f"window {' × '.join(map(str, config['pool_size']))}, each channel by itself"


def _params_slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    size, channels = prod(config["pool_size"]), before[-1]
    said = "A pool takes the largest or the mean value; it has nothing to learn."
    yield a_slip("counted the window", size, said)
    yield a_slip("counted the window", size * channels, said)
    yield a_slip("counted the window", size * channels + channels, said)


def _pool(rank: int, class_name: str, auto_name: str, word: str, mode: str, pool_size: Option) -> Kind:
    return Kind(
        f"{class_name}{rank}D",
        f"{auto_name}{rank}d",
        "pooling",
        {
            "pool_size": pool_size,
            "strides": Option(SIZES[rank], least=1, follows="pool_size", bounds=STRIDES),
            "padding": padding_option(),
        },
        _pooling,
        label=lambda config: f"{word} {'×'.join(map(str, config['pool_size']))}",
        sample={"pool_size": 2},
        fixed=CHANNELS_LAST,
        axes=_axes,
        takes="pooling",
        rank=rank,
        size="pool_size",
        mode=mode,
        linear=mode == "average",
        side=window_side("pool_size"),
        shape=shape_in_short,
        closer=_closer,
        shape_slips=window_slips,
        params_slips=_params_slips,
    )


def _global(rank: int, class_name: str, auto_name: str, word: str, linear: bool) -> Kind:
    return Kind(
        f"{class_name}{rank}D",
        f"{auto_name}{rank}d",
        "pooling",
        {"keepdims": Option("bool", False)},
        _global_pooling,
        label=lambda config: f"global {word}",
        fixed=CHANNELS_LAST,
        axes=_whole,
        takes="global pooling",
        rank=rank,
        closes=True,
        linear=linear,
        side=_one_number,
        last=_one_a_map,
    )


def _kinds(rank: int) -> tuple[Kind, ...]:
    """Return the pooling layers along so many axes."""
    size: dict[str, Any] = {"least": 1, "bounds": (1, LARGEST_POOL[rank], 1), "main": True}
    given, asked = Option(SIZES[rank], (2,) * rank, **size), Option(SIZES[rank], required=True, **size)
    return (
        _pool(rank, "MaxPooling", "max_pooling", "max pool", "max", given),
        _pool(rank, "AveragePooling", "average_pooling", "avg pool", "average", asked),
        _global(rank, "GlobalAveragePooling", "global_average_pooling", "avg", True),
        _global(rank, "GlobalMaxPooling", "global_max_pooling", "max", False),
    )


KINDS = (*_kinds(2), *_kinds(1))
