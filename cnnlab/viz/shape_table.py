"""Draw the trace of a network as a real HTML table that a screen reader can walk."""

from collections.abc import Sequence
from html import escape

from cnnlab.core.explain import describe_pair, describe_shape, params_formula, shape_formula
from cnnlab.core.network import Network
from cnnlab.core.shapes import InvalidNetwork, Row, layer_names
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS

HEADINGS = ("", "layer", "output shape", "", "parameters", "", "multiply-adds", "receptive field")
_SAID = ("position", "layer", "output shape", "why this shape", "parameters", "how they are counted")


def shape_table(
    network: Network,
    rows: Sequence[Row],
    problem: InvalidNetwork | None = None,
    before: Sequence[Row] = (),
    selected: int | None = None,
) -> str:
    """Return the table as HTML: one line a layer, the changed numbers marked against the rows `before`.

    From the first impossible layer on, the lines are dimmed and hold no numbers.
    """
    lines = [
        _line(index, network, row, before[index] if index < len(before) else None, index == selected)
        for index, row in enumerate(rows)
    ]
    if problem is not None and problem.index >= 0:
        lines.append(_problem_line(network, problem))
        names = layer_names(network)
        lines += [_dimmed_line(index, names[index]) for index in range(problem.index + 1, len(names))]
    head = "".join(
        f'<th scope="col"{_column_class(i)}>{h or _only_said(_SAID[i])}</th>' for i, h in enumerate(HEADINGS)
    )
    return (
        '<table class="shapes"><caption class="said">Every layer with its output shape, parameters, multiply-adds '
        f"and receptive field</caption><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
        f"{_total(rows) if problem is None else ''}</table>"
    )


def _column_class(column: int) -> str:
    classes = {3: "why", 4: "amount", 5: "why", 6: "amount wide", 7: "amount wide"}
    return f' class="{classes[column]}"' if column in classes else ""


def _only_said(text: str) -> str:
    return f'<span class="said">{text}</span>'


def _amount(count: int) -> str:
    return "number amount" if count else "number amount nothing"


def _cell(text: str, changed: bool, extra: str = "") -> str:
    marks = " ".join(filter(None, ("changed" if changed else "", extra)))
    return f'<td class="{marks}">{text}</td>' if marks else f"<td>{text}</td>"


def _line(index: int, network: Network, row: Row, old: Row | None, selected: bool) -> str:
    layer = network.layers[index]
    color = KIND_COLORS[KIND_OF_CLASS[row.class_name]]
    shape_changed = old is not None and old.output_shape != row.output_shape
    params_changed = old is not None and old.params != row.params
    cells = (
        f'<td class="kind" style="--kind:{color}">{index}</td>',
        f'<th scope="row">{escape(row.name)}</th>',
        _cell(describe_shape(row.output_shape), shape_changed, "number"),
        _cell(shape_formula(layer, row), shape_changed, "why"),
        _cell(f"{row.params:,}", params_changed, _amount(row.params)),
        _cell(params_formula(layer, row), params_changed, "why"),
        _cell(f"{row.macs:,}", old is not None and old.macs != row.macs, _amount(row.macs) + " wide"),
        _cell(
            describe_pair(row.receptive_field),
            old is not None and old.receptive_field != row.receptive_field,
            "number amount wide",
        ),
    )
    mark = ' aria-current="true"' if selected else ""
    return f"<tr{mark}>{''.join(cells)}</tr>"


def _problem_line(network: Network, problem: InvalidNetwork) -> str:
    color = KIND_COLORS[KIND_OF_CLASS[network.layers[problem.index].class_name]]
    return (
        f'<tr class="problem"><td class="kind" style="--kind:{color}">{problem.index}</td>'
        f'<th scope="row">{escape(problem.layer_name)}</th><td colspan="6">{escape(problem.message)}</td></tr>'
    )


def _dimmed_line(index: int, name: str) -> str:
    return (
        f'<tr class="dimmed"><td>{index}</td><th scope="row">{escape(name)}</th><td colspan="6">not reached</td></tr>'
    )


def _total(rows: Sequence[Row]) -> str:
    params, macs = sum(r.params for r in rows), sum(r.macs for r in rows)
    return (
        '<tfoot><tr><td></td><th scope="row">total</th><td></td><td class="why"></td>'
        f'<td class="number amount">{params:,}</td><td class="why"></td><td class="number amount wide">{macs:,}</td>'
        '<td class="wide"></td></tr></tfoot>'
    )
