"""Stand before Streamlit's own upload: only files that a page expects, and no more than there is room for."""

import asyncio

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnlab.ui.session.browser_files import ADDRESS, UNCLAIMED_SECONDS
from cnnlab.ui.session.services import browser_files
from cnnlab.ui.session.visitor import sender


class FileDoor:
    """Refuse a file before its first byte is read, and take away one that no page asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything but an upload through as it is."""
        place = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if place is None:
            await self._app(scope, receive, send)
            return
        size, files = Headers(scope=scope).get("content-length", ""), browser_files()
        if not size.isascii() or not size.isdecimal():
            await PlainTextResponse("A file must say how large it is.", 411)(scope, receive, send)
            return
        session, file = place.groups()
        if refused := files.refuse(session, file, int(size), sender(scope).origin):
            await PlainTextResponse(refused, 413)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            files.arrived(session, file)
            asyncio.get_running_loop().call_later(UNCLAIMED_SECONDS, files.forget_unclaimed, session, file)
