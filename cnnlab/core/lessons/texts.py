"""Put computed numbers into the text of a lesson: `{{ params("conv2d") }}` is the number."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from cnnlab.core.lessons.language import Facts, NotYet, evaluate, read, shown

UNKNOWN = "?"
_COMPUTED = re.compile(r"\{\{(.{1,300}?)\}\}", re.DOTALL)


def expressions_in(text: str) -> Iterator[str]:
    """Yield the expressions that stand in a text."""
    return (found[1] for found in _COMPUTED.finditer(text))


def filled(text: str, facts: Facts, blank: str = UNKNOWN) -> str:
    """Return a text with its numbers put in, and nothing else changed; `blank` is one that is not there yet."""
    return _COMPUTED.sub(lambda found: _number(found[1], facts, blank), text)


def plain_parser() -> MarkdownIt:
    """Return what reads Markdown without any HTML of its own, and computes nothing."""
    return MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def parser_of(facts: Facts, blank: str = UNKNOWN) -> MarkdownIt:
    """Return what reads Markdown without any HTML of its own; `blank` is a number that is not there yet.

    Its rendering raises `LanguageError`.
    """

    def computed(state: StateInline, silent: bool) -> bool:
        found = _COMPUTED.match(state.src, state.pos)
        if found is None:
            return False
        if not silent:
            state.push("text", "", 0).content = _number(found[1], facts, blank)
        state.pos = found.end()
        return True

    parser = plain_parser()
    parser.inline.ruler.before("escape", "computed", computed)
    return parser


def _number(text: str, facts: Facts, blank: str) -> str:
    try:
        return shown(evaluate(read(text), facts))
    except NotYet:
        return blank
