"""Draw the trace of a network as a real HTML table that a screen reader can walk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import InvalidNetwork, Row, layer_names
from cnnlab.core.teach.brief import (
    activation_bytes,
    describe_bytes,
    describe_pair,
    describe_shape,
    params_formula,
    shape_formula,
)
from cnnlab.core.teach.predict import ASKED, Verdict
from cnnlab.core.words.numbers import percent
from cnnlab.viz.html import Html
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS


@dataclass(frozen=True)
class TableView:
    """Say how the table is drawn.

    `every_number` splits and adds columns. `batch` stands first in every shape ("None" or a batch size), nothing if
    empty; `batch_size` counts the activation memory. `asked` is a column of `ASKED` that is hidden to be predicted,
    `verdicts` what was answered, by layer; with `revealed` the rest is shown as well. Numbers in `withheld` columns are
    shown to nobody, and nothing here judges what is guessed of them.
    """

    every_number: bool = False
    batch: str = ""
    batch_size: int = 16
    asked: str = ""
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    revealed: bool = False
    withheld: tuple[str, ...] = ()

    def is_hidden(self, column: str) -> bool:
        """Tell whether a column waits for a prediction, or is withheld."""
        return column in self.withheld or (bool(self.asked) and column == self.asked and not self.revealed)

    @property
    def hides(self) -> bool:
        """Tell whether any column is hidden."""
        return bool(self.withheld) or self.is_hidden(self.asked)


@dataclass(frozen=True)
class _Column:
    """Describe one column: its heading (`said` where it has none), classes, text, and what `changed` compares."""

    heading: str
    css: str
    text: Callable[[Layer, Row, "_Whole"], str]
    value: Callable[[Row], object]
    said: str = ""
    asked: str = ""


@dataclass(frozen=True)
class _Whole:
    """Hold what a cell needs of the whole: sums over all layers, and the view."""

    view: TableView
    params: int
    macs: int


def describe_batched(shape: tuple[int, ...], batch: str) -> str:
    """Return a shape as people write it, or as Keras does when the batch is shown: (None, 148, 148, 32)."""
    return f"({', '.join((batch, *map(str, shape)))})" if batch else describe_shape(shape)


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if part else "0"


def _amount(count: int) -> str:
    return f"{count:,}"


_SHAPE = _Column(
    "output shape",
    "number",
    lambda _, row, whole: describe_batched(row.output_shape, whole.view.batch),
    lambda row: row.output_shape,
    asked="shape",
)
_WHY_SHAPE = _Column(
    "", "why", lambda layer, row, _: shape_formula(layer, row), lambda r: r.output_shape, "why this shape"
)
_PARAMS = _Column("parameters", "number amount", lambda _, r, __: _amount(r.params), lambda r: r.params, asked="params")
_WHY_PARAMS = _Column(
    "", "why", lambda layer, row, _: params_formula(layer, row), lambda r: r.params, "how they are counted"
)
_MACS = _Column("multiply-adds", "number amount wide", lambda _, r, __: _amount(r.macs), lambda r: r.macs, asked="macs")
_FIELD = _Column(
    "receptive field",
    "number amount wide",
    lambda _, row, __: describe_pair(row.receptive_field),
    lambda row: row.receptive_field,
    asked="field",
)
_ACTIVATIONS = _Column(
    "activations",
    "number amount",
    lambda _, row, whole: describe_bytes(activation_bytes(row, whole.view.batch_size)),
    lambda row: row.output_shape,
)
_SHAPES = (_SHAPE, _WHY_SHAPE, _PARAMS, _WHY_PARAMS, _MACS, _FIELD)
_EVERY_NUMBER = (
    _SHAPE,
    _Column("weights", "number amount", lambda _, r, __: _amount(r.weights), lambda r: r.weights),
    _Column("biases", "number amount", lambda _, r, __: _amount(r.biases), lambda r: r.biases),
    _Column("not trained", "number amount", lambda _, r, __: _amount(r.non_trainable), lambda r: r.non_trainable),
    _PARAMS,
    _Column("share", "number amount", lambda _, r, whole: _share(r.params, whole.params), lambda r: r.params),
    _MACS,
    _Column("share", "number amount", lambda _, r, whole: _share(r.macs, whole.macs), lambda r: r.macs),
    _ACTIVATIONS,
    _FIELD,
    _Column(
        "jump",
        "number amount",
        lambda _, row, __: describe_pair(row.jump) if row.jump else "none",
        lambda row: row.jump,
    ),
)


def shape_table(
    network: Network,
    rows: Sequence[Row],
    problem: InvalidNetwork | None = None,
    before: Sequence[Row] = (),
    selected: int | None = None,
    view: TableView = TableView(),
) -> Html:
    """Return the table: one line a layer, the changed numbers marked against the rows `before`.

    From the first impossible layer on, the lines are dimmed and hold no numbers.
    """
    # Weights, jumps and bytes would tell what is withheld.
    columns: tuple[_Column, ...] = _EVERY_NUMBER if view.every_number and not view.withheld else _SHAPES
    if view.hides:
        columns = tuple(column for column in columns if column.css != "why" and column.heading != "share")
    whole = _Whole(view, sum(r.params for r in rows), sum(r.macs for r in rows))
    lines = [
        _line(
            index, network.layers[index], row, before[index] if index < len(before) else None, columns, whole, selected
        )
        for index, row in enumerate(rows)
    ]
    if problem is not None and problem.index >= 0:
        lines.append(_problem_line(network, problem, len(columns)))
        names = layer_names(network)
        lines += [_dimmed_line(index, names[index], len(columns)) for index in range(problem.index + 1, len(names))]
    heads = "".join(f'<th scope="col" class="{_css(c, whole)}">{_heading(c, view)}</th>' for c in columns)
    dense = " dense" if view.every_number else ""
    return Html(
        f'<table class="shapes{dense}"><caption class="said">Every layer with its output shape, parameters, '
        f'multiply-adds and receptive field</caption><thead><tr><th scope="col">{_only_said("position")}</th>'
        f'<th scope="col">layer</th>{heads}</tr></thead><tbody>{"".join(lines)}</tbody>'
        f"{_total(columns, rows, whole) if problem is None else ''}</table>"
    )


def _heading(column: _Column, view: TableView) -> str:
    counted = f" × {view.batch_size}" if column is _ACTIVATIONS else ""
    return f"{column.heading}{counted}" if column.heading else _only_said(column.said)


def _css(column: _Column, whole: _Whole) -> str:
    """Return a column's classes; one that is asked for is never too wide to be shown."""
    return column.css.replace(" wide", "") if whole.view.asked and column.asked == whole.view.asked else column.css


def _only_said(text: str) -> str:
    return f'<span class="said">{text}</span>'


def _line(
    index: int,
    layer: Layer,
    row: Row,
    old: Row | None,
    columns: Sequence[_Column],
    whole: _Whole,
    selected: int | None,
) -> str:
    cells = "".join(_cell(index, layer, row, old, column, whole) for column in columns)
    mark = ' aria-current="true"' if index == selected else ""
    color = KIND_COLORS[KIND_OF_CLASS[row.class_name]]
    return (
        f'<tr data-layer="{index}"{mark}><td class="kind" style="--kind:{color}">{index}</td>'
        f'<th scope="row"><button type="button" data-layer="{index}">{escape(row.name)}</button></th>{cells}</tr>'
    )


def _cell(index: int, layer: Layer, row: Row, old: Row | None, column: _Column, whole: _Whole) -> str:
    if column.asked and column.asked in whole.view.withheld:
        return f'<td class="{_css(column, whole)} asked">?</td>'
    if column.asked and whole.view.is_hidden(column.asked):
        return _question(index, layer, row, column, whole)
    text = column.text(layer, row, whole)
    marks = _css(column, whole)
    if old is not None and column.value(old) != column.value(row):
        marks = f"changed {marks}"
    if text == "0":
        marks += " nothing"
    return f'<td class="{marks}">{text}</td>'


def _question(index: int, layer: Layer, row: Row, column: _Column, whole: _Whole) -> str:
    """Return a cell that asks for its number, with the verdict on the last answer."""
    verdict = whole.view.verdicts.get(index)
    if verdict is not None and verdict.right:
        why = shape_formula(layer, row) if column.asked == "shape" else ""
        why = params_formula(layer, row) if column.asked == "params" else why
        return f'<td class="{_css(column, whole)} right">{column.text(layer, row, whole)} <small>{why}</small></td>'
    given, message = (escape(verdict.given), escape(verdict.message)) if verdict else ("", "")
    name = escape(f"{ASKED[column.asked].said} of {row.name}")
    note = f'<div class="slip">{message}</div>' if message else ""
    wrong = ' aria-invalid="true"' if message else ""
    return (
        f'<td class="{_css(column, whole)} asked"><input data-ask="{index}" aria-label="{name}" value="{given}" '
        f'placeholder="?" maxlength="60" autocomplete="off"{wrong}>{note}</td>'
    )


def _problem_line(network: Network, problem: InvalidNetwork, columns: int) -> str:
    color = KIND_COLORS[KIND_OF_CLASS[network.layers[problem.index].class_name]]
    return (
        f'<tr class="problem" data-layer="{problem.index}">'
        f'<td class="kind" style="--kind:{color}">{problem.index}</td>'
        f'<th scope="row">{escape(problem.layer_name)}</th><td colspan="{columns}">{escape(problem.message)}</td></tr>'
    )


def _dimmed_line(index: int, name: str, columns: int) -> str:
    return (
        f'<tr class="dimmed"><td>{index}</td><th scope="row">{escape(name)}</th>'
        f'<td colspan="{columns}">not reached</td></tr>'
    )


_SUMS: Mapping[str, Callable[[Row], int]] = {
    "weights": lambda row: row.weights,
    "biases": lambda row: row.biases,
    "not trained": lambda row: row.non_trainable,
    "parameters": lambda row: row.params,
    "multiply-adds": lambda row: row.macs,
}


def _total(columns: Sequence[_Column], rows: Sequence[Row], whole: _Whole) -> str:
    cells = []
    for column in columns:
        text = ""
        if column.heading in _SUMS and not (column.asked and whole.view.is_hidden(column.asked)):
            text = _amount(sum(map(_SUMS[column.heading], rows)))
        elif column is _ACTIVATIONS:
            text = describe_bytes(sum(activation_bytes(row, whole.view.batch_size) for row in rows))
        cells.append(f'<td class="{_css(column, whole)}">{text}</td>')
    return f'<tfoot><tr><td></td><th scope="row">total</th>{"".join(cells)}</tr></tfoot>'
