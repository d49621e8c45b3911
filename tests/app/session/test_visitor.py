"""The cookie by which a browser is known again: given once, with a page only, out of reach of scripts."""

from typing import Any

import pytest

from cnnlab.ui.session.visitor import COOKIE, VisitorCookie
from tests.app.driving import run_async

HTML = b"text/html; charset=utf-8"


def ask(content_type: bytes = HTML, cookie: str = "", kind: str = "http") -> list[str]:
    """Return the cookies that an answer of this type sets."""
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", content_type)]})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    run_async(VisitorCookie(app)({"type": kind, "headers": headers}, None, send))
    return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


def test_a_new_browser_gets_a_secret_that_no_script_can_read() -> None:
    (first,), (second,) = ask(), ask()
    assert first.startswith(f"{COOKIE}=")
    assert first.split(";")[0] != second.split(";")[0]
    assert len(first.split(";")[0]) > len(COOKIE) + 30
    parts = {part.strip() for part in first.split(";")}
    assert {"HttpOnly", "SameSite=Lax"} <= parts
    # A browser takes the folder of the page then, which is the prefix of a proxy that we do not see.
    assert not [part for part in parts if part.startswith(("Path", "Domain"))]


def test_a_known_browser_keeps_its_secret() -> None:
    assert ask(cookie=f"theme=dark; {COOKIE}=mine") == []
    assert len(ask(cookie="theme=dark")) == 1


@pytest.mark.parametrize("foreign", ['consent={"a":1}', "a b=c", "=x", "\xe9=\xfc", "lone", '"', "x=(1;2)"])
def test_foreign_cookies_before_ours_make_nobody_a_stranger(foreign: str) -> None:
    assert ask(cookie=f"{foreign}; {COOKIE}=mine; {foreign}") == []


@pytest.mark.parametrize("content_type", [b"text/javascript", b"image/png", b"application/json"])
def test_only_a_page_sets_it(content_type: bytes) -> None:
    assert ask(content_type) == []


def test_a_websocket_is_left_alone() -> None:
    assert ask(kind="websocket") == []
