"""Give Streamlit's first page, which loads all else, our style, and our words for a server that is silent."""

import base64
import hashlib
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnlab.ui.parts.components import source
from cnnlab.viz.html import style_sheet
from cnnlab.viz.measures import css_measures
from cnnlab.viz.palette import css_tokens

_STREAMLITS = Path(st.__file__).parent / "static" / "index.html"
_OURS = ";\n".join(map(source, ("frame/away.js", "frame/presenter.js"))).replace("TOKENS", css_tokens())
_ROOM = css_measures() + css_tokens() + source("frame/room.css")
# Once for all pages, not again with every run of one; behind Streamlit's own rules, which come into the head.
_STYLE = source(
    "lessons/dock.css",
    "sequences/written.css",
    "lab/table.css",
    "common/page.css",
    "classroom/watch.css",
    "classroom/give.css",
)
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def with_our_words(page: bytes) -> bytes:
    """Return the page with our script, style and title in it; what is not Streamlit's page stays as it is."""
    if b'<div id="root">' not in page:
        return page
    page = page.replace(b"<title>Streamlit</title>", b"<title>CNN Lab</title>", 1)
    ours = style_sheet(_ROOM).encode() + b"<script>" + _OURS.encode() + b"</script>"
    page = page.replace(b"</head>", ours + b"</head>", 1)
    return page.replace(b"</body>", style_sheet(_STYLE).encode() + b"</body>", 1)


def _hash_of(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


# By these a browser knows the scripts that stand in the page itself; it runs no others.
INLINE_HASHES = [_hash_of(script) for script in _INLINE.findall(with_our_words(_STREAMLITS.read_bytes()))]


class OurWords:
    """Put our words into every page, whatever its address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite an answer if it is a page; leave everything else alone."""
        if scope["type"] != "http" or not _asks_for_page(scope):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if not _is_page(message):
                    await send(message)
            elif not _is_page(start):
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_rewritten(start, bytes(body), send)

        await self._app(_uncompressed(scope), receive, collect)


def _asks_for_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and any(k == b"accept" and b"text/html" in v for k, v in scope["headers"])


def _uncompressed(scope: Scope) -> Scope:
    """Return a request that is answered with the whole page, as it stands on the disk."""
    unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k not in unwanted]}


def _is_page(start: Message) -> bool:
    found = MutableHeaders(scope=start)
    return found.get("content-type", "").startswith("text/html") and "content-disposition" not in found


async def _send_rewritten(start: Message, body: bytes, send: Send) -> None:
    page = with_our_words(body)
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(len(page))
    for name in ("etag", "last-modified"):
        if name in headers:
            del headers[name]
    await send(start)
    await send({"type": "http.response.body", "body": page})
