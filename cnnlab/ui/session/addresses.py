"""Make every address of what is served beside the pages, so that it holds below any prefix.

A prefix is what stands before the pages: `server.baseUrlPath`, or what a proxy takes away before it asks us. The first
is known here, the second only to the browser; so what goes there is relative to the page that it is on.
"""

from urllib.parse import quote

import streamlit as st

_OURS = "cnnlab"


def address(*parts: str) -> str:
    """Return the address of one of our own routes as a page finds it; each part may be any text."""
    # Pages lie side by side right below the prefix, so what lies beside one lies beside all.
    return "/".join((_OURS, *(quote(part, safe="") for part in parts)))


def served_at(pattern: str) -> str:
    """Return the path at which this server answers for one of our own routes, below `server.baseUrlPath`."""
    return below_prefix(f"{_OURS}/{pattern}")


def below_prefix(path: str) -> str:
    """Return a path of this server, such as `static/js/index.js`, as it is below `server.baseUrlPath`."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/".join(("", *filter(None, (prefix, path))))


def beside(path: str, other: str) -> str:
    """Return how one path of this server leads to another, whatever prefix a proxy puts before both."""
    return ("../" * (path.count("/") - 1) or "./") + other.lstrip("/")
