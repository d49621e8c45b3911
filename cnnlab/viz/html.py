"""Build HTML whose text is escaped by construction: what is not `Html` already is words, whoever chose them."""

from collections.abc import Iterable
from functools import cache
from html import escape
from typing import NoReturn

from markdown_it import MarkdownIt

_EMPTY = frozenset({"br", "img", "input", "meta"})
"""Elements of HTML that hold nothing and are not closed."""


class Html(str):
    """Be HTML that was built here; any other text is words.

    It does not go into an f-string, which would forget that it was built: `together` joins it with words.
    """

    __slots__ = ()

    def __format__(self, _spec: str) -> NoReturn:
        raise TypeError("HTML inside a text is no longer HTML; join them with together or tag.")


def tag(name: str, /, *inside: object, **attributes: object) -> Html:
    """Return an element; `class_` is its class, and other underscores in the names of attributes are hyphens.

    What stands inside is escaped unless it is `Html`; an attribute always is, and left out if it is None.
    """
    given = "".join([f'{_named(key)}="{escape(str(v))}"' for key, v in attributes.items() if v is not None])
    if name in _EMPTY:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{_joined(inside)}</{name}>")


@cache
def _named(key: str) -> str:
    """Return the name of an attribute behind a space; each is asked for again in every element."""
    return f" {key.rstrip('_').replace('_', '-')}"


def together(*parts: object) -> Html:
    """Return parts behind one another, each escaped unless it is `Html`."""
    return Html(_joined(parts))


def _joined(parts: Iterable[object]) -> str:
    return "".join([part if isinstance(part, Html) else escape(str(part)) for part in parts])


NOTHING = Html()


def bold(*inside: object) -> Html:
    """Return bold words."""
    return tag("b", *inside)


def paragraph(*inside: object) -> Html:
    """Return a paragraph."""
    return tag("p", *inside)


def quiet(*inside: object) -> Html:
    """Return a paragraph in the quiet colour."""
    return tag("p", *inside, class_="quiet")


def aside(*inside: object) -> Html:
    """Return words in a line, in the quiet colour."""
    return tag("span", *inside, class_="quiet")


def heading(*inside: object) -> Html:
    """Return the small heading of a part of a page."""
    return tag("h2", *inside, class_="small")


def button(*inside: object, **attributes: object) -> Html:
    """Return a button, which a script listens to."""
    return tag("button", *inside, type="button", **attributes)


def notice(*inside: object, color: str = "") -> Html:
    """Return a box that a screen reader reads out; `color` is that of its edge."""
    return tag("div", *inside, class_="notice", role="status", style=f"--notice:{color}" if color else None)


def table(said: object, heads: Iterable[object], rows: Iterable[Html], css: str = "shapes") -> Html:
    """Return a table whose caption `said` is only read out; each of `heads` is a `th`, or words in one."""
    top = [h if isinstance(h, Html) else column_head(h) for h in heads]
    above = (tag("caption", said, class_="said"), tag("thead", tag("tr", *top)) if top else NOTHING)
    return tag("table", *above, tag("tbody", *rows), class_=css)


def column_head(*inside: object, css: str | None = None, style: str | None = None) -> Html:
    """Return the cell that heads a column."""
    return tag("th", *inside, scope="col", class_=css, style=style)


def line(first: object, *cells: object, css: str | None = None) -> Html:
    """Return a line of a table, headed by `first`; each of `cells` is a `td`, or words in one."""
    return tag("tr", line_head(first), *(c if isinstance(c, Html) else tag("td", c) for c in cells), class_=css)


def line_head(*inside: object, css: str | None = None, style: str | None = None) -> Html:
    """Return the cell that heads a line."""
    return tag("th", *inside, scope="row", class_=css, style=style)


def number_cell(*inside: object, css: str = "number") -> Html:
    """Return the cell of a number, which is not wrapped and stands on the right."""
    return tag("td", *inside, class_=css)


def pairs(facts: Iterable[tuple[object, object]], css: str | None = None) -> Html:
    """Return a list of what is said of each name."""
    return tag("dl", *(together(tag("dt", name), tag("dd", said)) for name, said in facts), class_=css)


def drawing(width: object, height: object, /, *inside: Html, **attributes: object) -> Html:
    """Return an SVG of this width and height in its own units, which may stand alone."""
    box = f"0 0 {width} {height}"
    return tag("svg", *inside, xmlns="http://www.w3.org/2000/svg", viewBox=box, **attributes)


def style_sheet(rules: str) -> Html:
    """Return our own rules as an element; nobody else's word may stand in them, since nothing in them is escaped."""
    if "</" in rules:
        raise ValueError("A style sheet ends at the first </.")
    return Html(f"<style>{rules}</style>")


def document(top: Html, body: Html) -> Html:
    """Return a whole page in English, well-formed also as XML if its parts are."""
    whole = tag("html", tag("head", tag("meta", charset="utf-8"), top), tag("body", body), lang="en")
    return Html(f"<!DOCTYPE html>\n{whole!s}\n")


def from_markdown(text: str, parser: MarkdownIt, *, one_line: bool = False) -> Html:
    """Return Markdown as HTML; ValueError for a parser that lets through what is written as HTML."""
    if parser.options["html"]:
        raise ValueError("A parser for the words of others lets no HTML through.")
    return Html(parser.renderInline(text) if one_line else parser.render(text))


def plotly_text(name: str) -> str:
    """Return a name without what Plotly would read as markup, an entity, a formula or a value."""
    return name.replace("<", "‹").replace(">", "›").replace("&", "＆").replace("$", "＄").replace("%{", "% {")
