"""Know the transposed convolution: every place of its input lays a small kernel down, and overlaps are added."""

from collections.abc import Callable, Iterator
from math import prod

from cnnlab.core.network.layers.convolution import (
    FILTERS,
    FIXED,
    OF_FILTERS,
    OUTPUT,
    WINDOWED,
    label_of,
    window_options,
)
from cnnlab.core.network.layers.keras_keys import weighted
from cnnlab.core.network.layers.kind import AXES, Axis, Config, Effect, Kind, Said, Shape, Slip, axes_of
from cnnlab.core.network.layers.window import scattered_axis, sizes_of


def _axes(config: Config, before: Shape) -> tuple[Axis, ...]:
    """Lay the kernel down once for each input, as Keras does (`compute_conv_transpose_output_shape`).

    'same' cuts max((length − 1) · stride + window − outputs, 0) places off, the smaller half first.
    """
    sizes, dilation = sizes_of(config, "kernel_size")
    more, axes = config.get("output_padding"), []
    for i, (n, k, d, s) in enumerate(zip(before, sizes, dilation, config["strides"], strict=False)):
        reach = (k - 1) * d + 1
        last, same = (n - 1) * s, config["padding"] == "same"
        covered = (s if same else max(reach, s)) if more is None else (reach % 2 if same else reach) + more[i]
        cut = max(reach - covered, 0) // 2 if same else 0
        axes.append(scattered_axis(n, last + covered, k, d, s, cut))
    return tuple(axes)


def _conv2d_transpose(config: Config, before: Shape) -> Effect:
    axes, filters = _axes(config, before), config["filters"]
    weights = prod(config["kernel_size"]) * before[-1] * filters
    sides = tuple(axis.outputs for axis in axes)
    macs = prod(before[:-1]) * weights
    return Effect((*sides, filters), weights, filters * config["use_bias"], macs=macs, axes=axes)


def _laid_down(axis: Axis, same: bool) -> str:
    """Return the arithmetic of how many places are covered, without its result."""
    more = "" if same or axis.reach <= axis.spread else f" + {axis.reach:,} − {axis.spread:,}"
    return f"{axis.length:,} · {axis.spread:,}{more}"


def _side(config: Config, before: Shape, effect: Effect, axis: int) -> Said:
    each, (side, lines, *_), same = effect.axes[axis], axes_of(before)[axis], config["padding"] == "same"
    window = "kernel_size" if each.dilation == 1 else f"dilated {side}"
    longer = not same and each.reach > each.spread
    formula = f"{side} · strides" + (f" + {window} − strides" if longer else "")
    words = f"Each of the {each.length:,} {lines} lays the kernel down, {each.spread} behind the one before it"
    return Said(formula, _laid_down(each, same), f"{words}; where kernels overlap, they are added.")


def _in_short(config: Config, before: Shape, effect: Effect) -> str:
    said = [f"{_laid_down(axis, config['padding'] == 'same')} = {axis.outputs:,}" for axis in effect.axes]
    return said[0] if len(set(said)) == 1 else ", ".join(said)


def _slips(config: Config, before: Shape, effect: Effect) -> Iterator[Slip]:
    def slip(name: str, message: str, side: Callable[[Axis], int]) -> Slip:
        return Slip(name, (*map(side, effect.axes), config["filters"]), message)

    larger = "A transposed convolution makes maps larger: every input lays a whole kernel down."
    yield slip("as Conv2D", larger, lambda a: max((a.length - a.reach) // a.spread + 1, 0))
    yield slip("divided by the strides", larger, lambda a: -(-a.length // a.spread))
    yield slip("forgot the strides", "Kernels are laid down strides apart: multiply.", lambda a: a.length + a.reach - 1)
    if config["padding"] == "valid":
        ends = "With padding 'valid' the last kernel is kept whole: add kernel_size − strides."
        yield slip("used 'same'", ends, lambda a: a.length * a.spread)
    else:
        cut = "With padding 'same' what reaches beyond size · strides is cut off."
        yield slip("used 'valid'", cut, lambda a: (a.length - 1) * a.spread + max(a.reach, a.spread))


def _gaps(config: Config, effect: Effect) -> str:
    said = [
        f"strides of {axis.spread} lay kernels that reach over {axis.reach} {lines} further apart than they reach"
        for axis, (_, lines, *_) in zip(effect.axes, AXES[len(effect.axes)], strict=True)
        if axis.spread > axis.reach
    ]
    return f"{'; '.join(said)}: between them nothing arrives but the bias." if said else ""


KINDS = (
    Kind(
        "Conv2DTranspose",
        "conv2d_transpose",
        "convolution",
        FILTERS | window_options(2) | OUTPUT,
        _conv2d_transpose,
        label_of("transposed"),
        fixed=FIXED | weighted("kernel") | {"output_padding": None},
        scatters=True,
        rank=2,
        note="Each input lays the kernel down once; seen from one output it meets them turned by half a turn.",
        remark=_gaps,
        **OF_FILTERS | {"sample": {"filters": 32, "kernel_size": 3, "strides": 2, "padding": "same"}},
        **WINDOWED | {"axes": _axes, "side": _side, "shape": _in_short, "shape_slips": _slips},
    ),
)
