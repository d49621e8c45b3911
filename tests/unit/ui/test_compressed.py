"""Scripts and styles are compressed once, however many browsers ask at the same time."""

import asyncio
import gzip
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from cnnlab.ui.app import compressed
from cnnlab.ui.app.compressed import PLOTLY, CompressedOnce
from tests.app.driving import ROOT, run_async

SCRIPT = max((Path(st.__file__).parent / "static" / "static" / "js").glob("index.*.js"), key=lambda f: f.stat().st_size)
THERE = f"/static/js/{SCRIPT.name}"


async def the_app(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("the app itself")(scope, receive, send)


async def asked(app: CompressedOnce, method: str, path: str, **headers: str) -> tuple[Headers, bytes]:
    """Return the headers and the body of an answer."""
    start: Message = {}
    body = bytearray()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        body.extend(message.get("body", b""))

    async def receive() -> Message:
        return {"type": "http.request"}

    given = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    await app({"type": "http", "method": method, "path": path, "headers": given.raw}, receive, send)
    assert start["status"] == 200
    return Headers(scope=start), bytes(body)


@pytest.fixture
def app() -> CompressedOnce:
    return CompressedOnce(the_app)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return what was compressed, in its order."""
    done: list[Path] = []
    really = compressed._compress

    def compress(file: Path) -> bytes:
        done.append(file)
        return really(file)

    monkeypatch.setattr(compressed, "_compress", compress)
    return done


def test_a_script_comes_compressed_and_is_kept_for_good(app: CompressedOnce, files: list[Path]) -> None:
    for _ in range(3):
        headers, body = run_async(asked(app, "GET", THERE, accept_encoding="gzip, br"))
        assert gzip.decompress(body) == SCRIPT.read_bytes()
        assert headers["content-encoding"] == "gzip"
        assert int(headers["content-length"]) == len(body) < SCRIPT.stat().st_size / 2.5
        assert headers["content-type"].startswith("text/javascript")
        assert "immutable" in headers["cache-control"]
        assert headers["vary"] == "Accept-Encoding"
    assert files == [SCRIPT]


def test_thirty_who_ask_at_once_wait_for_one_compression(app: CompressedOnce, files: list[Path]) -> None:
    async def all_of_them() -> list[tuple[Headers, bytes]]:
        return await asyncio.gather(*(asked(app, "GET", THERE, accept_encoding="gzip") for _ in range(30)))

    assert len({body for _, body in run_async(all_of_them())}) == 1
    assert files == [SCRIPT]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", THERE, {"accept_encoding": "identity"}),
        ("GET", THERE, {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        ("HEAD", THERE, {"accept_encoding": "gzip"}),
        ("GET", "/static/js/../../index.html", {"accept_encoding": "gzip"}),
        ("GET", "/static/js/none.js", {"accept_encoding": "gzip"}),
        ("GET", f"/elsewhere{THERE}", {"accept_encoding": "gzip"}),
        ("GET", "/", {"accept_encoding": "gzip"}),
    ],
)
def test_all_else_is_left_to_the_app(
    app: CompressedOnce, files: list[Path], method: str, path: str, headers: dict[str, str]
) -> None:
    assert run_async(asked(app, method, path, **headers))[1] == b"the app itself"
    assert files == []


def test_what_draws_the_curves_is_plotlys_basic_build_of_the_version_that_checks_them() -> None:
    assert PLOTLY.read_bytes() == (ROOT / "node_modules" / "plotly.js-basic-dist-min" / PLOTLY.name).read_bytes()
    package = find_spec("plotly")
    assert package is not None
    assert package.origin is not None
    whole = Path(package.origin).parent / "package_data" / "plotly.min.js"
    version = re.compile(r"plotly\.js[^\n]* v([\d.]+)")
    ours, theirs = (version.search(file.read_text(encoding="utf-8")[:500]) for file in (PLOTLY, whole))
    assert ours is not None
    assert theirs is not None
    assert ours[1] == theirs[1]
