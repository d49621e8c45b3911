"""Show words that a visitor chose, such as a file's name, as nothing but words."""

import re

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:])")


def plain(text: str) -> str:
    """Return a text in which no character means anything in Streamlit's Markdown."""
    return _MEANS_SOMETHING.sub(r"\\\1", text)
