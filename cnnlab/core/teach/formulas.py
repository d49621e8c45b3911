"""Explain every number of a traced layer: the formula in names, with this network's own values, and the result.

Formulas as in `cnnlab.core.network.layers` and `cnnlab.core.shapes`. Texts are plain arithmetic: `·` multiplies,
`floor` and `ceil` round down and up, thousands have commas.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from cnnlab.core.network import Layer
from cnnlab.core.network.layers import AXES, SEEN, Axis, Phases, Said, axes_of, product
from cnnlab.core.shapes import Row
from cnnlab.core.teach.brief import BYTES_PER_NUMBER, activation_bytes
from cnnlab.core.teach.post import Difference, post_differs
from cnnlab.core.words.numbers import percent

__all__ = ["Difference", "Explained", "explain_layer", "post_differs"]


UNITS = {1: "", 2: "px"}
"""In what a distance along what is read is told, for networks of so many axes."""


@dataclass(frozen=True)
class Explained:
    """Hold one number of a layer: its name, how it is computed in names and in values, and a sentence of words.

    `result` is a whole number, or a share between 0 and 1 (then `unit` is "%"); `unit` is "", "px", "bytes" or "%".
    """

    name: str
    formula: str
    values: str
    result: int | float | Fraction
    words: str
    unit: str = ""

    @property
    def shown(self) -> str:
        """Return the result as people write it: 18,496, 7 px or 97.6 %."""
        if self.unit == "%":
            return percent(float(self.result)).replace("%", " %")
        number = str(self.result) if isinstance(self.result, Fraction) else f"{self.result:,}"
        return f"{number} {self.unit}".rstrip()

    @property
    def line(self) -> str:
        """Return the values and their result as one line: floor((147 − 2) / 2) + 1 = 73."""
        return self.shown if f"{self.values} {self.unit}".rstrip() == self.shown else f"{self.values} = {self.shown}"


def explain_layer(layer: Layer, rows: Sequence[Row], index: int, batch_size: int = 1) -> tuple[Explained, ...]:
    """Return every number of `rows[index]`, the row of `layer` in the whole network's trace."""
    row = rows[index]
    return (
        *_shape(layer, row),
        *_parameters(layer, row),
        _macs(layer, row),
        *_field(layer, rows, index),
        _memory(row, batch_size),
        *_shares(rows, index),
    )


def _shape(layer: Layer, row: Row) -> Iterator[Explained]:
    kind, config = layer.kind, layer.config
    if len(row.output_shape) > 1:
        for i, out in enumerate(row.output_shape[:-1]):
            if row.axes and row.axes[i].dilation > 1:
                yield _dilated(kind.size, row.axes[i], *axes_of(row.output_shape)[i][:2])
            yield _told(
                f"output {axes_of(row.output_shape)[i][0]}", out, kind.side(config, row.input_shape, row.effect, i)
            )
    name = "output channels" if len(row.output_shape) > 1 else "output length"
    yield _told(name, row.output_shape[-1], kind.last(config, row.input_shape, row.effect))


def _told(name: str, result: int, said: Said) -> Explained:
    return Explained(name, said.formula, said.values, result, said.words)


def _dilated(size: str, axis: Axis, side: str, lines: str) -> Explained:
    """Explain how far a dilated window reaches."""
    formula = f"({size} − 1) · dilation_rate + 1"
    values = f"({axis.size:,} − 1) · {axis.dilation:,} + 1"
    words = f"With dilation_rate {axis.dilation} the {axis.size} {lines} of the kernel lie {axis.dilation} apart."
    return Explained(f"dilated {side}", formula, values, axis.reach, words)


def _parameters(layer: Layer, row: Row) -> Iterator[Explained]:
    """Explain weights, biases, numbers that are kept but not trained, and their sum."""
    if not row.params:
        yield Explained("parameters", "0", "0", 0, "The layer has nothing to learn.")
        return
    kind, numbers = layer.kind, (layer.config, row.input_shape, row.effect)
    yield _told("weights", row.weights, kind.weights(*numbers))
    yield _told("biases", row.biases, kind.biases(*numbers))
    if row.non_trainable:
        yield _told("not trained", row.non_trainable, kind.kept(*numbers))
    parts = f"{row.weights:,} + {row.biases:,}" + (f" + {row.non_trainable:,}" if row.non_trainable else "")
    formula = "weights + biases" + (" + not trained" if row.non_trainable else "")
    yield Explained("parameters", formula, parts, row.params, "All numbers that the layer keeps.")


def _macs(layer: Layer, row: Row) -> Explained:
    """Explain the multiply-adds for one picture, without biases."""
    if not row.macs:
        return Explained("multiply-adds", "0", "0", 0, "Only convolutions and dense layers are counted.")
    way, places = ("input", row.input_shape[:-1]) if layer.kind.scatters else ("output", row.output_shape[:-1])
    if not places:
        return Explained("multiply-adds", "weights", f"{row.weights:,}", row.macs, "Every weight is used once.")
    words = f"Every weight is used at all {prod(places):,} places."
    values = f"{product(places)} · {row.weights:,}"
    sides = " · ".join(f"{way} {name}" for name, *_ in AXES[len(places)])
    return Explained("multiply-adds", f"{sides} · weights", values, row.macs, words)


def _field(layer: Layer, rows: Sequence[Row], index: int) -> Iterator[Explained]:
    """Explain receptive field and jump by the recurrence of Araujo et al. (Distill 2019)."""
    row, rank = rows[index], len(rows[index].receptive_field)
    what, unit = SEEN[rank], UNITS[rank]
    for i, seen in enumerate(row.receptive_field):
        side, lines, *_ = AXES[rank][i]
        name = f"receptive field {side}"
        if row.jump is None:
            words = f"Every output sees all {seen:,} {lines} of the {what}."
            yield Explained(name, f"input {side}", f"{seen:,}", seen, words, unit)
            continue
        before: int | Fraction = 1
        if index and (jumps := rows[index - 1].jump) is not None:
            before = jumps[i]
        axis = row.axes[i] if row.axes else Axis(1, 1)
        chain = [each.axes[i] for each in rows[: index + 1] if each.axes]
        if all(each.spread == 1 for each in chain):
            yield _grown(name, rows[index - 1].receptive_field[i] if index else 1, before, axis, seen, rank)
        else:
            yield _widest(name, chain, lines, unit)
        steps = lines[:-1] if row.jump[i] == 1 and rank == 1 else lines
        words = f"Neighbouring outputs lie {row.jump[i]} {steps} of the {what} apart."
        formula, values = "jump before · strides", f"{before} · {axis.stride:,}"
        if axis.spread > 1:
            words = f"Of {axis.spread} neighbouring outputs all together move by one input. {words}"
            formula, values = f"{formula} / spread", f"{values} / {axis.spread:,}"
        yield Explained(f"jump {side}", formula, values, row.jump[i], words, unit)


def _grown(name: str, field: int, step: int | Fraction, axis: Axis, seen: int, rank: int) -> Explained:
    """Explain a receptive field by the one before it."""
    reach = axis.reach
    apart = f"{step} {UNITS[rank]}".rstrip()
    words = f"A window of {reach} reaches over {reach} places that lie {apart} apart in the {SEEN[rank]}."
    values = f"{field:,} + ({reach:,} − 1) · {step:,}"
    return Explained(name, "field before + (window − 1) · jump before", values, seen, words, UNITS[rank])


def _widest(name: str, chain: Sequence[Axis], lines: str, unit: str) -> Explained:
    """Explain a receptive field behind maps that were enlarged, by the output that sees most."""
    phases = Phases(((0, 0),), 1)
    for axis in chain:
        phases = phases.through(axis)
    first, last = phases.widest
    on = -(first // phases.jump) * phases.jump if first < 0 else 0
    words = (
        "Where maps were enlarged, neighbours do not see equally far; the one that sees most sees, for example, "
        f"{lines} {first + on} to {last + on}."
    )
    return Explained(name, "last − first + 1", f"{last + on:,} − {first + on:,} + 1", last - first + 1, words, unit)


def _memory(row: Row, batch_size: int) -> Explained:
    numbers = prod(row.output_shape)
    values = f"{batch_size:,} · {product(row.output_shape)} · {BYTES_PER_NUMBER}"
    what = SEEN[len(row.receptive_field)]
    pictures = f"one {what}" if batch_size == 1 else f"a batch of {batch_size:,}"
    words = f"{numbers:,} outputs for each {what}, four bytes each (float32), for {pictures}."
    result = activation_bytes(row, batch_size)
    return Explained("activation memory", "batch size · outputs · 4 bytes", values, result, words, "bytes")


def _shares(rows: Sequence[Row], index: int) -> Iterator[Explained]:
    """Explain the layer's share of all parameters and of all multiply-adds; nothing where there are none."""
    for name, mine, total in (
        ("parameters", rows[index].params, sum(row.params for row in rows)),
        ("multiply-adds", rows[index].macs, sum(row.macs for row in rows)),
    ):
        if total:
            words = f"{mine:,} of the network's {total:,} {name} are here."
            yield Explained(
                f"share of {name}", f"{name} / all {name}", f"{mine:,} / {total:,}", mine / total, words, "%"
            )
