"""Draw what stands beside the shape table: one layer explained, ways out of a problem, remarks, post and Keras."""

from collections.abc import Iterator, Sequence

from cnnlab.core.network import Network
from cnnlab.core.network.head import sigmoid, softmax
from cnnlab.core.shapes import InvalidNetwork, Row
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.teach.formulas import explain_layer
from cnnlab.core.teach.network_doctor import Fix
from cnnlab.core.teach.post import Difference
from cnnlab.core.teach.remarks import Remark
from cnnlab.core.words.numbers import probability
from cnnlab.viz.html import (
    NOTHING,
    Html,
    aside,
    bold,
    button,
    heading,
    line,
    number_cell,
    paragraph,
    quiet,
    table,
    tag,
    together,
)
from cnnlab.viz.palette import KIND_COLORS, KIND_OF_CLASS

EXPLAINED = "shapes explained"


def layer_panel(network: Network, rows: Sequence[Row], index: int, batch_size: int) -> Html:
    """Return every number of one layer as HTML: its formula with its own values, and a sentence."""
    row = rows[index]
    lines = (
        line(e.name, number_cell(e.line), e.words)
        for e in explain_layer(network.layers[index], rows, index, batch_size)
    )
    name = tag("b", row.name, class_="kind-label", style=f"--kind:{KIND_COLORS[KIND_OF_CLASS[row.class_name]]}")
    return together(
        heading(name, f" {describe_shape(row.input_shape)} → {describe_shape(row.output_shape)}"),
        table(f"Every number of {row.name}", (), lines, EXPLAINED),
    )


def doctor_panel(problem: InvalidNetwork, fixes: Sequence[Fix]) -> Html:
    """Return the ways out of an impossible network, each a button that carries its place in `data-fix`."""
    if not fixes:
        return paragraph(f"{problem.layer_name} cannot be mended by changing one thing; undo the last step.")
    lines = (
        tag("li", button(fix.label, data_fix=place), " ", aside(f"then {describe_shape(fix.shape)}"))
        for place, fix in enumerate(fixes)
    )
    return together(heading("Ways out"), tag("ul", *lines, class_="fixes"))


def remarks_panel(remarks: Sequence[Remark]) -> Html:
    """Return what a possible network should be warned of, as HTML; empty if there is nothing."""
    said = (tag("div", bold(remark.layer_name), f": {remark.message}", class_="notice") for remark in remarks)
    return together(*said)


def post_panel(differences: Sequence[Difference]) -> Html:
    """Return what the post's formulas give beside what Keras computes for the same network, as HTML."""
    if not differences:
        return NOTHING
    lines = (line(d.layer_name, number_cell(d.post), number_cell(d.keras), d.words) for d in differences)
    return table("The post beside Keras", ("layer", "the post", "Keras", "why"), lines, EXPLAINED)


def head_panel(head: str, z0: float, z1: float) -> Html:
    """Return what one sigmoid unit and two softmax units say for the logits z0 and z1, as HTML.

    `head` is the output that the network has now, "sigmoid", "softmax" or neither ("").
    """
    p0, p1 = softmax(z0, z1)
    z = z1 - z0
    one = number_cell("1 / (1 + ", _power(-z), f") = {probability(sigmoid(z), 3)}")
    two = number_cell(_power(z1), " / (", _power(z0), " + ", _power(z1), f") = {probability(p1, 3)}")
    lines = (
        line("two softmax units", two, f"P(class 1) from both logits; P(class 0) is the rest, {probability(p0, 3)}."),
        line("one sigmoid unit", one, f"The same P when its one logit is z = z₁ − z₀ = {_signed(z)}."),
    )
    return together(
        tag("div", *_switch(head), class_="views"),
        table("The same probability in two ways", (), lines, EXPLAINED),
        quiet(
            "Only the difference of the two logits counts, so the second unit adds parameters and no new answers. The "
            "post says two classes normally need two outputs; its network, with one, loses nothing. Two sigmoid units "
            "would be something else: two separate questions, both of which may be answered yes."
        ),
    )


def _switch(head: str) -> Iterator[Html]:
    if not head:
        yield quiet("This network ends in neither of the two, so there is nothing to switch.")
        return
    for key, text in (("sigmoid", "One sigmoid unit"), ("softmax", "Two softmax units")):
        yield button(text, data_head=key, aria_pressed=str(key == head).lower())


def _power(z: float) -> Html:
    return together("e", tag("sup", _signed(z)))


def _signed(z: float) -> str:
    return f"{z:g}".replace("-", "−")
