"""Draw what stands beside the shape table: one layer explained, ways out of a problem, remarks, post and Keras."""

from collections.abc import Sequence
from html import escape

from cnnlab.core.network import Network
from cnnlab.core.network.head import sigmoid, softmax
from cnnlab.core.shapes import InvalidNetwork, Row
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.teach.formulas import explain_layer
from cnnlab.core.teach.network_doctor import Fix
from cnnlab.core.teach.post import Difference
from cnnlab.core.teach.remarks import Remark
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS


def layer_panel(network: Network, rows: Sequence[Row], index: int, batch_size: int) -> str:
    """Return every number of one layer as HTML: its formula with its own values, and a sentence."""
    row = rows[index]
    lines = "".join(
        f'<tr><th scope="row">{escape(e.name)}</th><td class="number">{escape(e.line)}</td>'
        f"<td>{escape(e.words)}</td></tr>"
        for e in explain_layer(network.layers[index], rows, index, batch_size)
    )
    color = KIND_COLORS[KIND_OF_CLASS[row.class_name]]
    return (
        f'<h2 class="small"><b class="kind-label" style="--kind:{color}">{escape(row.name)}</b> '
        f"{describe_shape(row.input_shape)} → {describe_shape(row.output_shape)}</h2>"
        f'<table class="shapes explained"><caption class="said">Every number of {escape(row.name)}</caption>'
        f"<tbody>{lines}</tbody></table>"
    )


def doctor_panel(problem: InvalidNetwork, fixes: Sequence[Fix]) -> str:
    """Return the ways out of an impossible network, each a button that carries its place in `data-fix`."""
    if not fixes:
        return f"<p>{escape(problem.layer_name)} cannot be mended by changing one thing; undo the last step.</p>"
    lines = "".join(
        f'<li><button type="button" data-fix="{place}">{escape(fix.label)}</button> '
        f'<span class="quiet">then {describe_shape(fix.shape)}</span></li>'
        for place, fix in enumerate(fixes)
    )
    return f'<h2 class="small">Ways out</h2><ul class="fixes">{lines}</ul>'


def remarks_panel(remarks: Sequence[Remark]) -> str:
    """Return what a possible network should be warned of, as HTML; empty if there is nothing."""
    return "".join(
        f'<div class="notice"><b>{escape(remark.layer_name)}</b>: {escape(remark.message)}</div>' for remark in remarks
    )


def post_panel(differences: Sequence[Difference]) -> str:
    """Return what the post's formulas give beside what Keras computes for the same network, as HTML."""
    if not differences:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{escape(d.layer_name)}</th><td class="number">{escape(d.post)}</td>'
        f'<td class="number">{escape(d.keras)}</td><td>{escape(d.words)}</td></tr>'
        for d in differences
    )
    return (
        '<table class="shapes explained"><caption class="said">The post beside Keras</caption><thead><tr>'
        '<th scope="col">layer</th><th scope="col">the post</th><th scope="col">Keras</th><th scope="col">why</th>'
        f"</tr></thead><tbody>{lines}</tbody></table>"
    )


def head_panel(head: str, z0: float, z1: float) -> str:
    """Return what one sigmoid unit and two softmax units say for the logits z0 and z1, as HTML.

    `head` is the output that the network has now, "sigmoid", "softmax" or neither ("").
    """
    p0, p1 = softmax(z0, z1)
    z, buttons = z1 - z0, ""
    if head:
        said = (("sigmoid", "One sigmoid unit"), ("softmax", "Two softmax units"))
        buttons = "".join(
            f'<button type="button" data-head="{key}" aria-pressed="{str(key == head).lower()}">{text}</button>'
            for key, text in said
        )
    else:
        buttons = '<p class="quiet">This network ends in neither of the two, so there is nothing to switch.</p>'
    return (
        f'<div class="views">{buttons}</div>'
        f'<table class="shapes explained"><caption class="said">The same probability in two ways</caption><tbody>'
        f'<tr><th scope="row">two softmax units</th><td class="number">e<sup>{_signed(z1)}</sup> / '
        f"(e<sup>{_signed(z0)}</sup> + e<sup>{_signed(z1)}</sup>) = {p1:.3f}</td>"
        f"<td>P(class 1) from both logits; P(class 0) is the rest, {p0:.3f}.</td></tr>"
        f'<tr><th scope="row">one sigmoid unit</th><td class="number">1 / (1 + e<sup>{_signed(-z)}</sup>) = '
        f"{sigmoid(z):.3f}</td><td>The same P when its one logit is z = z₁ − z₀ = {_signed(z)}.</td></tr>"
        "</tbody></table>"
        '<p class="quiet">Only the difference of the two logits counts, so the second unit adds parameters and no new '
        "answers. The post says two classes normally need two outputs; its network, with one, loses nothing. "
        "Two sigmoid units would be something else: two separate questions, both of which may be answered yes.</p>"
    )


def _signed(z: float) -> str:
    return f"{z:g}".replace("-", "−")
