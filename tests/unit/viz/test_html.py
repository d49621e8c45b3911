"""A name with < or & cannot become markup: HTML is a type of its own, and everything else is words."""

from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from cnnlab.core.network import Network
from cnnlab.core.shapes import InvalidNetwork, trace
from cnnlab.core.teach.predict import Verdict
from cnnlab.viz.html import (
    NOTHING,
    Html,
    aside,
    bold,
    button,
    column_head,
    document,
    drawing,
    heading,
    line,
    line_head,
    notice,
    number_cell,
    pairs,
    paragraph,
    plotly_text,
    quiet,
    style_sheet,
    table,
    tag,
    together,
)
from cnnlab.viz.network.shape_table import TableView, shape_table
from tests.nasty_names import MARK, NASTY

WORDS = (aside, bold, button, column_head, heading, line_head, notice, number_cell, paragraph, quiet, together)


class Names(HTMLParser):
    """Keep what a browser reads: the elements, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", NASTY)
def test_words_stay_words_wherever_they_stand(name: str) -> None:
    for build in WORDS:
        read = Names(build(name))
        assert read.words == name, build
        assert MARK not in "".join(read.elements)
        assert build(build(name)).count(str(build(name))) == 1, "built once, it is not escaped again"
    assert Names(pairs([(name, name)])).words == name + name
    drawn = table(name, [name, column_head(name)], [line(name, name, number_cell(name))])
    assert Names(drawn).words == name * 6
    attributes = ElementTree.fromstring(tag("b", title=name, data_x=name, left_out=None)).attrib
    assert attributes == {"title": name, "data-x": name}
    assert notice(name, color='"><b>').count("<") == 2
    assert unescape(together(name)) == name
    assert "<" not in plotly_text(name)
    assert "%{" not in plotly_text(name)


def test_what_is_built_does_not_go_into_a_text() -> None:
    with pytest.raises(TypeError, match="join them"):
        f"{bold('a')}"
    assert not isinstance(bold("a") + bold("b"), Html), "a sum is words again, which a page does not take"
    assert isinstance(together(bold("a"), "b"), Html)


def test_what_holds_nothing_is_closed_for_xml_and_for_html() -> None:
    assert tag("img", src="a&b") == '<img src="a&amp;b"/>'
    assert tag("td") == "<td></td>"
    assert NOTHING == ""
    whole = document(together(tag("title", "a < b"), style_sheet("p > b { x: y }")), paragraph("a", tag("br"), "b"))
    assert whole.startswith('<!DOCTYPE html>\n<html lang="en">')
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring("<br>")
    assert ElementTree.fromstring(whole.partition("\n")[2]).find("head/title").text == "a < b"  # type: ignore[union-attr]
    assert ElementTree.fromstring(drawing(3, 4)).attrib == {"viewBox": "0 0 3 4"}


def test_a_style_sheet_cannot_end_before_its_end() -> None:
    with pytest.raises(ValueError, match="ends"):
        style_sheet("</style><script>")


@pytest.mark.parametrize("name", NASTY)
def test_the_table_of_layers_is_built_from_templates_that_escape_every_name(name: str) -> None:
    network = Network.seed()
    rows = [replace(row, name=name) for row in trace(network)]
    problem = InvalidNetwork(1, name, f"{name} cannot be.")
    views = (TableView(asked="params", verdicts={0: Verdict(False, name, name)}), TableView(batch="None"))
    for view in views:
        for drawn in (shape_table(network, rows, view=view), shape_table(network, rows[:1], problem, view=view)):
            read = Names(drawn)
            assert MARK not in "".join(read.elements)
            assert name in read.words
