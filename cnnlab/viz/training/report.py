"""Write one training as a page to hand in: HTML that needs nothing else, made to be printed on A4."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_shape, loss_text, metric_text
from cnnlab.core.training.answers import Answers, compared_with_chance, confusion, interval_of
from cnnlab.core.words.numbers import percent
from cnnlab.viz.html import (
    Html,
    bold,
    column_head,
    document,
    line,
    line_head,
    number_cell,
    pairs,
    paragraph,
    quiet,
    style_sheet,
    tag,
    together,
)
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


def report_html(report: Report) -> Html:
    """Return the whole page, well-formed also as XML."""
    network = (_section("Network", _network(report.network)), _section("Made with", pairs(report.made_with)))
    facts = (_section("Data set", pairs(report.data)), _section("Settings", pairs(report.settings)))
    curves = (tag("figure", static_curves(report.ended, metric)) for metric in ("loss", "accuracy"))
    found = [paragraph(bold(what), f" {why}") for what, why in report.remarks]
    judged = (
        _section("Answers to the validation pictures", *_answers(report.answers)),
        _section("Health", *(found or [paragraph("Nothing to remark.")])),
    )
    mistakes = _section("Its surest mistakes", tag("div", *_mistakes(report.mistakes), class_="mistakes"))
    screen = tag("meta", name="viewport", content="width=device-width, initial-scale=1")
    body = (
        _top(report),
        tag("section", *_figures(report), class_="columns big"),
        tag("section", *curves, class_="columns"),
        tag("div", tag("div", *network), tag("div", *facts), class_="columns"),
        tag("div", tag("div", *judged), mistakes, class_="columns"),
        _section("Conclusion", tag("div", report.conclusion.strip(), class_="conclusion")),
        quiet("Made with CNN Lab."),
    )
    return document(together(screen, tag("title", report.title), style_sheet(STYLE)), together(*body))


def _section(title: str, *inside: Html) -> Html:
    return tag("section", tag("h2", title), *inside)


def _top(report: Report) -> Html:
    who = f"{report.author}, " if report.author else ""
    return tag("header", tag("h1", report.title), paragraph(f"{who}{report.date}. {report.state}"))


def _network(network: Network) -> Html:
    rows = trace(network)
    shape = number_cell(describe_shape(network.input_shape))
    lines = [line("input", "", shape, "")]
    for row, layer in zip(rows, network.layers, strict=True):
        color = f"--kind:{KIND_COLORS[KIND_OF_CLASS[row.class_name]]}"
        numbers = number_cell(describe_shape(row.output_shape)), number_cell(f"{row.params:,}")
        name = line_head(row.name, css="kind", style=color)
        lines.append(tag("tr", name, tag("td", _options(layer)), *numbers))
    total = line("total", "", "", number_cell(f"{sum(row.params for row in rows):,}"))
    heads = (column_head(name) for name in ("layer", "", "output", "parameters"))
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines), tag("tfoot", total))


def _options(layer: Layer) -> str:
    """Return what tells a layer from others of its class: its size and its activation."""
    told = [key for key, option in layer.kind.options.items() if option.main or key == "activation"]
    given = [layer.config[key] for key in told]
    texts = [" × ".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in given]
    return ", ".join(text for text in texts if text != "linear")


def _figures(report: Report) -> Iterator[Html]:
    known = [e for e in report.ended if e["val_accuracy"] is not None]
    if not known:
        yield paragraph("No epoch has ended.")
        return
    best = max(known, key=lambda e: e["val_accuracy"])
    last = known[-1]
    shown = [(f"last epoch ({last['epoch']})", last)]
    if best is not last:
        shown.append((f"best epoch ({best['epoch']}), picked by this very number", best))
    n = report.validation_samples
    for said, e in shown:
        validation = f"validation accuracy, {said}; loss {_number(e['val_loss'])}{_penalty(e)}"
        training = f"training accuracy {metric_text(e['accuracy'], percent)}, loss {_number(e['loss'])}"
        yield tag("div", bold(_percent(e["val_accuracy"], n)), validation, tag("br"), training)


def _penalty(event: Mapping[str, Any]) -> str:
    return f", of that L2 penalty {loss_text(event['penalty'])}" if "penalty" in event else ""


def _percent(accuracy: float, n: int) -> str:
    if not n:
        return percent(accuracy)
    low, high = interval_of(accuracy, n)
    return f"{percent(accuracy)} ({percent(low)} to {percent(high)})"


def _number(value: float | None) -> str:
    return metric_text(value, loss_text)


def _answers(answers: Answers | None) -> tuple[Html, ...]:
    if answers is None:
        return (paragraph("It was not evaluated."),)
    counts = confusion(answers).tolist()
    heads = (column_head(f"given {name}") for name in answers.classes)
    lines = []
    for i, (name, row) in enumerate(zip(answers.classes, counts, strict=True)):
        cells = (tag("td", count, class_="right" if i == j else "wrong") for j, count in enumerate(row))
        lines.append(line(f"is {name}", *cells))
    top = tag("thead", tag("tr", tag("th"), *heads))
    matrix = tag("table", top, tag("tbody", *lines), class_="confusion")
    return matrix, paragraph(compared_with_chance(answers).verdict)


def _mistakes(mistakes: Sequence[Mistake]) -> list[Html]:
    shown = [tag("figure", tag("img", src=m.source, alt=m.caption), m.caption) for m in mistakes]
    return shown or [paragraph("None to show.")]
