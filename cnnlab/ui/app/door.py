"""Stand before every request: known names only, headers that keep foreign pages out, and a sentence when it is full."""

from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnlab.runs.record.ownership import plain_address
from cnnlab.ui.app.first_page import INLINE_HASHES
from cnnlab.ui.app.hosts import hosts
from cnnlab.ui.app.places import FULL, is_full
from cnnlab.ui.session.addresses import beside
from cnnlab.ui.session.services import settings
from cnnlab.viz.html import document, paragraph, tag, together

POLICY_VIOLATION, TRY_LATER = 1008, 1013  # close codes of a socket
AGAIN_SECONDS = 20
_MACHINE = ("127.0.0.1", "::1")
_AGAIN = tag("meta", http_equiv="refresh", content=AGAIN_SECONDS)
_FULL_PAGE = document(together(_AGAIN, tag("title", "CNN Lab")), paragraph(FULL))


class Door:
    """Refuse what does not belong here before anything else looks at it, and put headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a socket, or let it through."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = _refusal(scope)
        if scope["type"] == "websocket":
            if refused is None:
                await self._app(scope, receive, send)
            else:
                code = TRY_LATER if refused.status_code == 503 else POLICY_VIOLATION
                await send({"type": "websocket.close", "code": code, "reason": ""})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(headers_of(settings().frame_ancestors))
                if (location := headers.get("location", "")).startswith("/"):
                    headers["location"] = beside(scope["path"], location)
                if scope.get("scheme") == "https":
                    message["headers"] = [(name, _only_over_https(name, value)) for name, value in message["headers"]]
            await send(message)

        await (refused or self._app)(scope, receive, with_headers)


def _refusal(scope: Scope) -> Response | None:
    """Return the answer to what is not let in, None for everything else."""
    headers = Headers(scope=scope)
    names = headers.getlist("host")
    if len(names) != 1 or not hosts().passes(names[0]):
        said = names[0][:80] if names else ""
        return PlainTextResponse(
            f"This server does not go by the name {said!r}. Open it by its IP address, or let its operator add the "
            "name to CNNLAB_HOSTS.\n",
            400,
        )
    if scope["path"].rstrip("/").endswith("/_stcore/metrics") and not _is_from_this_machine(scope, headers):
        return PlainTextResponse("The numbers of this server are shown on its own machine only.\n", 403)
    wants_place = scope["type"] == "websocket" or "text/html" in headers.get("accept", "")
    if wants_place and is_full():
        return HTMLResponse(_FULL_PAGE, 503, {"Retry-After": str(AGAIN_SECONDS)})
    return None


def _only_over_https(name: bytes, value: bytes) -> bytes:
    """Return a header as it is, a cookie so that a browser never sends it over plain http."""
    is_open = name.lower() == b"set-cookie" and b"secure" not in value.lower().replace(b" ", b"").split(b";")
    return value + b"; Secure" if is_open else value


def _is_from_this_machine(scope: Scope, headers: Headers) -> bool:
    # Behind a proxy on this machine that the settings do not name, everybody seems to come from here.
    here = plain_address((scope.get("client") or ("",))[0]) in _MACHINE
    return here and not any(name in headers for name in ("x-forwarded-for", "forwarded", "via"))


@lru_cache(maxsize=4)
def headers_of(frame_ancestors: tuple[str, ...]) -> dict[str, str]:
    """Return the headers of every answer; only these sites, and our own pages, may show it in a frame."""
    policy = {
        "default-src": "'self'",
        # Streamlit loads the scripts of its components from blobs.
        "script-src": " ".join(["'self'", "blob:", "'wasm-unsafe-eval'", *INLINE_HASHES]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(["'self'", *frame_ancestors]),
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    # It can name no other site.
    return headers if frame_ancestors else headers | {"X-Frame-Options": "SAMEORIGIN"}
