"""Say what several rooms say in one way: the base of all refusals, and words that somebody chose."""

import re
import unicodedata

# Streamlit's Markdown knows :red[text], :smile: and $x$ too, and both it and Jupyter make links of bare addresses.
_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:&@])")
_BEGINS_SOMETHING = re.compile(r"^(\s*)([-=]|\d+(?=[.)]))")
JOINERS = "\u200c\u200d"  # they hold letters, and the parts of an emoji, together
_LINK = re.compile(r"\bwww\.", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a text in which no character means anything in Markdown, in one line."""
    one_line = " ".join(text.split())
    escaped = _LINK.sub(lambda found: f"{found[0][:-1]}\\.", _MEANS_SOMETHING.sub(r"\\\1", one_line))
    return _BEGINS_SOMETHING.sub(_without_beginning, escaped)


def _without_beginning(found: re.Match[str]) -> str:
    """Return the beginning of a line that would be a list, a rule or a heading as a word."""
    return f"{found[1]}\\{found[2]}" if found[2] in "-=" else f"{found[1]}{found[2]}\\"


def visible(typed: str) -> str:
    """Return a text without control characters and those that turn the direction of what follows."""
    return "".join(c for c in typed if c in JOINERS or not unicodedata.category(c).startswith("C"))


class Refusal(ValueError):
    """Say in one sentence, to a user, what was expected, what came and what to do; each room has its own kinds."""


def reads_sequences(shape: tuple[int, ...]) -> str:
    """Say in one sentence that a network with this input is not for pictures."""
    said = " × ".join(f"{n:,}" for n in shape)
    return (
        f"This network reads sequences ({said}: length × channels), and here a picture is needed; "
        "choose a network that reads pictures."
    )
