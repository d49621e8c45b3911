"""Build HTML whose text is escaped by construction: what is not `Html` already is words, whoever chose them."""

from html import escape


class Html(str):
    """Be HTML that was built here; any other text is words."""

    __slots__ = ()


def tag(name: str, *inside: object, **attributes: object) -> Html:
    """Return an element; `class_` is its class, and other underscores in the names of attributes are hyphens.

    What stands inside is escaped unless it is `Html`; an attribute always is.
    """
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{together(*inside)}</{name}>")


def together(*parts: object) -> Html:
    """Return parts behind one another, each escaped unless it is `Html`."""
    return Html("".join(part if isinstance(part, Html) else escape(str(part)) for part in parts))


def quiet(*inside: object) -> Html:
    """Return a paragraph in the quiet colour."""
    return tag("p", *inside, class_="quiet")


def notice(*inside: object, color: str = "") -> Html:
    """Return a box that a screen reader reads out; `color` is that of its edge."""
    style = {"style": f"--notice:{color}"} if color else {}
    return tag("div", *inside, class_="notice", role="status", **style)


def plotly_text(name: str) -> str:
    """Return a name without what Plotly would read as markup, an entity, a formula or a value."""
    return name.replace("<", "‹").replace(">", "›").replace("&", "＆").replace("$", "＄").replace("%{", "% {")
