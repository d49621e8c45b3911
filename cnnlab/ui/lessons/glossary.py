"""Explain every term where it first stands on a page."""

from cnnlab.core.teach.glossary import glossary, glossary_languages
from cnnlab.ui.lessons.language import reader_language
from cnnlab.ui.parts.components import component
from cnnlab.viz.html import tag

_GLOSSARY = component(
    "glossary",
    "lessons/glossary.js",
    html=tag("div", id="term-tip", class_="term-tip", role="tooltip", popover="manual"),
    styles=["lessons/glossary.css"],
    isolate=False,
)


def explain_terms() -> None:
    """Let the browser mark each term in the page's running text; to be called on every page, behind all of it."""
    terms = glossary(reader_language(glossary_languages()))
    _GLOSSARY("glossary", [[[term.words, term.says, term.lang] for term in terms]])
