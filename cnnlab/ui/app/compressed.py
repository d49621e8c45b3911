"""Send scripts and styles compressed, each of them compressed once.

Streamlit sends its own as they are, since compressing them for every browser costs a class more than it gives; but they
are four fifths of the 3 MB of a first visit, and none changes while a server runs.
"""

import asyncio
import gzip
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnlab.core.shipped import ASSETS
from cnnlab.ui.session.addresses import below_prefix, served_at

_STATIC = Path(st.__file__).parent / "static" / "static"
PLOTLY = ASSETS / "plotly" / "plotly-basic.min.js"
# The names of Streamlit's files change with what is in them.
FOREVER, FOR_A_DAY = "public, max-age=31536000, immutable", "public, max-age=86400"
KINDS = {".js": "text/javascript", ".css": "text/css"}


class CompressedOnce:
    """Answer for scripts and styles with what was compressed when the first browser asked; leave all else alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        files = [file for folder in ("js", "css") for file in (_STATIC / folder).iterdir() if file.suffix in KINDS]
        self._files = {below_prefix(f"static/{file.parent.name}/{file.name}"): (file, FOREVER) for file in files}
        self._files[served_at(PLOTLY.name)] = (PLOTLY, FOR_A_DAY)
        self._compressed: dict[Path, bytes] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is kept, made now if nobody has asked for it yet."""
        found = self._files.get(scope.get("path", ""))
        if found is None or not _takes_compressed(scope):
            await self._app(scope, receive, send)
            return
        file, cached = found
        headers = {"Cache-Control": cached, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        answer = Response(await self._content(file), media_type=KINDS[file.suffix], headers=headers)
        await answer(scope, receive, send)

    async def _content(self, file: Path) -> bytes:
        async with self._one_at_a_time:
            if file not in self._compressed:
                self._compressed[file] = await asyncio.to_thread(_compress, file)
        return self._compressed[file]


def _compress(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)


def _takes_compressed(scope: Scope) -> bool:
    """Tell whether a browser asks for a whole file, and takes it compressed."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    return "gzip" in headers.get("accept-encoding", "") and "range" not in headers
