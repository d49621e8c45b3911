"""Remark on what is possible but probably not meant: each remark has its reason and its arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import AXES, SEEN
from cnnlab.core.shapes import Row, trace
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words.numbers import percent

LARGE_SHARE = 0.9


@dataclass(frozen=True)
class Remark:
    """Tell in a sentence or two what deserves a second look at one layer (position and name), and why."""

    index: int
    layer_name: str
    message: str


def remarks(network: Network) -> tuple[Remark, ...]:
    """Return what deserves a second look in a possible network, in the order of its layers.

    Raises `InvalidNetwork` for an impossible one.
    """
    rows = trace(network)
    found = [
        *_output(network, rows),
        *_linear_pairs(network, rows),
        *_large_dense(rows),
        *_lost_rows(network, rows),
        *_doubtful(network, rows),
    ]
    return tuple(Remark(i, rows[i].name, message) for i, message in sorted(found, key=lambda pair: pair[0]))


_Found = Iterator[tuple[int, str]]

_DEAD = (
    "relu on the single output is dead wherever z is 0 or less: it says 0, and the gradient of the loss is exactly 0, "
    "so a wrong answer (loss 16.118, the largest Keras allows) teaches nothing; at 1 and above likewise. "
    "With sigmoid the gradient is p − y everywhere: −0.953 at z = −3 when the answer is 1."
)
_ALWAYS_ONE = (
    "softmax over a single unit is always 1, since e^z / e^z = 1; use sigmoid here, or softmax over two units."
)


def _output(network: Network, rows: tuple[Row, ...]) -> _Found:
    """Remark on the last activation of a one-unit output, on softmax over one unit, and on an output of maps."""
    for i, (layer, row) in enumerate(zip(network.layers, rows, strict=True)):
        if _activation(layer) == "softmax" and row.output_shape[-1] == 1:
            yield i, _ALWAYS_ONE
    active = [i for i, layer in enumerate(network.layers) if _activation(layer) != "linear"]
    dense = [i for i, row in enumerate(rows) if row.class_name == "Dense"]
    if active and dense and active[-1] >= dense[-1] and rows[-1].output_shape == (1,):
        last = active[-1]
        behind = network.layers[last + 1 :]
        if _activation(network.layers[last]) == "relu" and all(x.class_name == "Dropout" for x in behind):
            yield last, _DEAD
    shape = rows[-1].output_shape
    if len(shape) > 1 and dense and dense[-1] == max(i for i, row in enumerate(rows) if row.params):
        yield (
            dense[-1],
            f"the network ends with {describe_shape(shape)}: one answer for every place, not one for "
            f"the {SEEN[len(shape) - 1]}; put Flatten or global pooling before it.",
        )


def _linear_pairs(network: Network, rows: tuple[Row, ...]) -> _Found:
    """Remark on two layers with weights that nothing but linear layers lies between."""
    before: int | None = None
    for i, layer in enumerate(network.layers):
        if layer.kind.kernels:
            if before is not None:
                between = {x.kind.when_linear for x in network.layers[before:i]} - {""}
                yield (
                    i,
                    f"nothing bends the values between {rows[before].name} and {rows[i].name}: two linear maps in a "
                    "row can do no more than a single one"
                    + "".join(f" (and {said})" for said in sorted(between))
                    + "; put an activation such as relu between them.",
                )
            before = i if _activation(layer) == "linear" else None
        elif not _is_linear(layer):
            before = None


def _activation(layer: Layer) -> str:
    return layer.kind.activation(layer.config)


def _is_linear(layer: Layer) -> bool:
    return layer.kind.linear and _activation(layer) == "linear"


def _large_dense(rows: tuple[Row, ...]) -> _Found:
    """Remark on a dense layer with more than nine tenths of the parameters of a network that has others."""
    total, work = sum(row.params for row in rows), sum(row.macs for row in rows)
    for i, row in enumerate(rows):
        if row.class_name == "Dense" and LARGE_SHARE * total < row.params < total:
            yield (
                i,
                f"{row.params:,} of the network's {total:,} parameters ({percent(row.params / total)}) are in this one "
                f"layer, which does {percent(row.macs / work)} of the multiply-adds; smaller maps or global average "
                "pooling before it would save most of them.",
            )


def _lost_rows(network: Network, rows: tuple[Row, ...]) -> _Found:
    """Remark on windows whose strides leave the last rows or columns, or lines between them, unseen."""
    for i, (layer, row) in enumerate(zip(network.layers, rows, strict=True)):
        if not layer.kind.size:
            continue
        said = []
        for axis, (_, lines, *_) in zip(row.axes, AXES[len(row.axes)], strict=True):
            if axis.spread > 1:
                continue
            n, out, stride, window, line = axis.length, axis.outputs, axis.stride, axis.reach, lines[:-1]
            covered = (out - 1) * stride + window
            if layer.config["padding"] == "valid" and covered < n:
                lost = f"the last {line} is" if n - covered == 1 else f"the last {n - covered} {line}s are"
                said.append(
                    f"of {n} {line}s {lost} never seen: floor(({n} − {window}) / {stride}) + 1 = {out} windows "
                    f"reach {line} {covered}"
                )
            if stride > axis.size and out > 1:
                said.append(f"strides of {stride} step over {line}s that a window of {axis.size} never sees")
        if said:
            yield i, "; ".join(said) + "."


def _doubtful(network: Network, rows: tuple[Row, ...]) -> _Found:
    """Remark on what a kind itself finds doubtful."""
    for i, (layer, row) in enumerate(zip(network.layers, rows, strict=True)):
        if said := layer.kind.remark(layer.config, row.effect):
            yield i, said
