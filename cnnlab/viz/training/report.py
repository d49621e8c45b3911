"""Write one training as a page to hand in: HTML that needs nothing else, made to be printed on A4."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.training.answers import Answers, compared_with_chance, confusion, half_width
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS
from cnnlab.viz.training.static_curves import static_curves

Rows = Sequence[tuple[str, str]]

STYLE = """
@page { size: A4; margin: 10mm 12mm; }
* { box-sizing: border-box; }
body { font: 9.5pt/1.35 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 190mm; margin: 6mm auto; padding: 0 4mm; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
header { display: flex; flex-wrap: wrap; gap: 0 6mm; align-items: baseline; border-bottom: 1.5pt solid #0b6e99; }
h1 { font-size: 15pt; margin: 0 0 1mm; overflow-wrap: anywhere; }
h2 { font-size: 10pt; margin: 3mm 0 1mm; }
p { margin: 0.5mm 0; }
.quiet { color: #555; font-size: 8.5pt; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 7mm; }
.columns > * { min-width: 0; }
section, figure { break-inside: avoid; margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.25mm 1.5mm; border-bottom: 0.4pt solid #ddd; font-weight: 400; }
th, td { vertical-align: top; }
td { white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; }
th.kind { border-left: 1.2mm solid var(--kind); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3mm 3mm; margin: 0; font-size: 8.5pt; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; }
svg text { font-size: 9px; }
svg .title { font-size: 11px; font-weight: 600; }
svg .grid { stroke: #ddd; stroke-width: 0.6; }
.big b { font-size: 14pt; display: block; line-height: 1.2; }
.confusion td, .confusion th { text-align: center; border: 0.4pt solid #bbb; }
.confusion .right { background: #d3e8f3; }
.mistakes { display: grid; grid-template-columns: repeat(5, 1fr); gap: 2mm; }
.mistakes figure { min-width: 0; font-size: 7pt; line-height: 1.15; overflow-wrap: anywhere; }
.mistakes img { width: 100%; aspect-ratio: 1; display: block; }
.conclusion { white-space: pre-wrap; border: 0.6pt solid #999; border-radius: 1mm; padding: 2mm; min-height: 22mm; }
.conclusion { overflow-wrap: anywhere; }
@media print { body { font-size: 8.5pt; line-height: 1.25; margin: 0; padding: 0; max-width: none; }
  table, dl { font-size: 8pt; } h2 { margin: 2mm 0 0.5mm; } }
@media (max-width: 640px) { .columns { grid-template-columns: 1fr; } }
"""


@dataclass(frozen=True)
class Mistake:
    """Hold one wrongly answered picture: a data URL and what is written below it."""

    source: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """Hold what is told of one training; every text may be anything, it is escaped.

    `ended` are the epoch events, `validation_samples` is what their validation accuracy was counted on. `remarks` are
    (found, cause and remedy).
    """

    title: str
    author: str
    date: str
    state: str
    network: Network
    data: Rows
    settings: Rows
    made_with: Rows
    ended: Sequence[Mapping[str, Any]]
    validation_samples: int
    answers: Answers | None
    mistakes: Sequence[Mistake]
    remarks: Rows
    conclusion: str


def report_html(report: Report) -> str:
    """Return the whole page, well-formed also as XML."""
    who = f"{escape(report.author)}, " if report.author else ""
    network = (
        f"<div><section><h2>Network</h2>{_network(report.network)}</section>"
        f"<section><h2>Made with</h2>{_list(report.made_with)}</section></div>"
    )
    facts = (
        f"<div><section><h2>Data set</h2>{_list(report.data)}</section>"
        f"<section><h2>Settings</h2>{_list(report.settings)}</section></div>"
    )
    curves = "".join(f"<figure>{static_curves(report.ended, metric)}</figure>" for metric in ("loss", "accuracy"))
    found = "".join(f"<p><b>{escape(what)}</b> {escape(why)}</p>" for what, why in report.remarks)
    judged = (
        f"<div><section><h2>Answers to the validation pictures</h2>{_answers(report.answers)}</section>"
        f"<section><h2>Health</h2>{found or '<p>Nothing to remark.</p>'}</section></div>"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{escape(report.title)}</title><style>{STYLE}</style></head><body>"
        f"<header><h1>{escape(report.title)}</h1><p>{who}{escape(report.date)}. {escape(report.state)}</p></header>"
        f'<section class="columns big">{_figures(report)}</section>'
        f'<section class="columns">{curves}</section>'
        f'<div class="columns">{network}{facts}</div>'
        f'<div class="columns">{judged}<section><h2>Its surest mistakes</h2>'
        f'<div class="mistakes">{_mistakes(report.mistakes)}</div></section></div>'
        f'<section><h2>Conclusion</h2><div class="conclusion">{escape(report.conclusion.strip())}</div></section>'
        '<p class="quiet">Made with CNN Lab.</p></body></html>\n'
    )


def _list(rows: Rows) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows) + "</dl>"


def _network(network: Network) -> str:
    rows = trace(network)
    lines = "".join(
        f'<tr><th scope="row" class="kind" style="--kind:{KIND_COLORS[KIND_OF_CLASS[row.class_name]]}">'
        f"{escape(row.name)}</th><td>{_options(layer)}</td>"
        f'<td class="number">{describe_shape(row.output_shape)}</td><td class="number">{row.params:,}</td></tr>'
        for row, layer in zip(rows, network.layers, strict=True)
    )
    return (
        '<table><thead><tr><th scope="col">layer</th><th scope="col"></th><th scope="col">output</th>'
        f'<th scope="col">parameters</th></tr></thead><tbody><tr><th scope="row">input</th><td></td>'
        f'<td class="number">{describe_shape(network.input_shape)}</td><td></td></tr>{lines}</tbody><tfoot><tr>'
        f'<th scope="row">total</th><td></td><td></td><td class="number">{sum(row.params for row in rows):,}</td>'
        "</tr></tfoot></table>"
    )


def _options(layer: Layer) -> str:
    """Return what tells a layer from others of its class: its size and its activation."""
    told = [key for key, option in layer.kind.options.items() if option.main or key == "activation"]
    given = [layer.config[key] for key in told]
    texts = [" × ".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in given]
    return escape(", ".join(text for text in texts if text != "linear"))


def _figures(report: Report) -> str:
    known = [e for e in report.ended if e["val_accuracy"] is not None]
    if not known:
        return "<p>No epoch has ended.</p>"
    best = max(known, key=lambda e: e["val_accuracy"])
    last = known[-1]
    shown = [(f"last epoch ({last['epoch']})", last)]
    if best is not last:
        shown.append((f"best epoch ({best['epoch']}), picked by this very number", best))
    n = report.validation_samples
    return "".join(
        f"<div><b>{_percent(e['val_accuracy'], n)}</b>validation accuracy, {said}; "
        f"loss {_number(e['val_loss'])}{_penalty(e)}"
        f"<br/>training accuracy {e['accuracy']:.1%}, loss {_number(e['loss'])}</div>"
        for said, e in shown
    )


def _penalty(event: Mapping[str, Any]) -> str:
    return f", of that L2 penalty {event['penalty']:.3f}" if "penalty" in event else ""


def _percent(accuracy: float, n: int) -> str:
    return f"{accuracy:.1%}" + (f" ± {half_width(accuracy, n) * 100:.1f}" if n else "")


def _number(value: float | None) -> str:
    return "not a number" if value is None else f"{value:.3f}"


def _answers(answers: Answers | None) -> str:
    if answers is None:
        return "<p>It was not evaluated.</p>"
    counts = confusion(answers).tolist()
    heads = "".join(f'<th scope="col">given {escape(name)}</th>' for name in answers.classes)
    lines = ""
    for i, (name, row) in enumerate(zip(answers.classes, counts, strict=True)):
        cells = (f'<td class="{"right" if i == j else "wrong"}">{count}</td>' for j, count in enumerate(row))
        lines += f'<tr><th scope="row">is {escape(name)}</th>{"".join(cells)}</tr>'
    return (
        f'<table class="confusion"><thead><tr><th></th>{heads}</tr></thead><tbody>{lines}</tbody></table>'
        f"<p>{escape(compared_with_chance(answers).verdict)}</p>"
    )


def _mistakes(mistakes: Sequence[Mistake]) -> str:
    shown = "".join(
        f'<figure><img src="{escape(m.source)}" alt="{escape(m.caption)}"/>{escape(m.caption)}</figure>'
        for m in mistakes
    )
    return shown or "<p>None to show.</p>"
