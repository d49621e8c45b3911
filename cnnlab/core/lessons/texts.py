"""Put computed numbers into the text of a lesson: `{{ params("conv2d") }}` is the number."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from cnnlab.core.lessons.language import Facts, NotYet, evaluate, read, shown

_COMPUTED = re.compile(r"\{\{(.{1,300}?)\}\}", re.DOTALL)


def expressions_in(text: str) -> Iterator[str]:
    """Yield the expressions that stand in a text."""
    return (found[1] for found in _COMPUTED.finditer(text))


def filled(text: str, facts: Facts) -> str:
    """Return a text with its numbers put in, and nothing else changed."""
    return _COMPUTED.sub(lambda found: _number(found[1], facts), text)


def parser_of(facts: Facts) -> MarkdownIt:
    """Return what reads Markdown without any HTML of its own; a number that is not there yet is a question mark.

    Its rendering raises `LanguageError`.
    """

    def computed(state: StateInline, silent: bool) -> bool:
        found = _COMPUTED.match(state.src, state.pos)
        if found is None:
            return False
        if not silent:
            state.push("text", "", 0).content = _number(found[1], facts)
        state.pos = found.end()
        return True

    parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    parser.inline.ruler.before("escape", "computed", computed)
    return parser


def _number(text: str, facts: Facts) -> str:
    try:
        return shown(evaluate(read(text), facts))
    except NotYet:
        return "?"
