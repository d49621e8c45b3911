"""The door: what a foreign name, page or program meets before anything else of the server."""

import base64
import hashlib
import re
from typing import Any

import pytest
import uvicorn
import uvicorn.config

from cnnlab.core.settings import Settings
from cnnlab.ui.app import door, first_page, hosts, places
from cnnlab.ui.app.door import Door, headers_of
from cnnlab.ui.app.first_page import INLINE_HASHES, OurWords, with_our_words
from cnnlab.ui.app.hosts import Hosts
from cnnlab.ui.app.proxies import believe_only
from cnnlab.ui.session import services
from tests.app.driving import run_async

PAGE = b'<html><head><title>Streamlit</title></head><body><div id="root"></div></body></html>'
HERE = ("127.0.0.1", 50000)


def answered(status: int = 200, kind: bytes = b"text/html; charset=utf-8", body: bytes = PAGE) -> Any:
    """Return an app that gives this answer, in two parts."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"etag", b"x")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:5], "more_body": True})
        await send({"type": "http.response.body", "body": body[5:]})

    return app


def ask(
    app: Any,
    path: str = "/",
    kind: str = "http",
    client: tuple[str, int] = HERE,
    scheme: str = "http",
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """Return status (of a socket: its close code), headers and body of an answer."""
    sent: list[dict[str, Any]] = []
    given = {"host": "127.0.0.1:8501", "accept": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()}
    raw = [(name.encode(), value.encode()) for name, value in given.items() if value]
    scope = {"type": kind, "method": "GET", "path": path, "headers": raw, "client": client, "query_string": b""}
    scope["scheme"] = scheme

    async def send(message: Any) -> None:
        sent.append(message)

    run_async(app(scope, None, send))
    if kind == "websocket":
        return sent[0]["code"], {}, b""
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine be called Lab-PC, and the settings know two names more."""
    monkeypatch.setattr("socket.gethostname", lambda: "Lab-PC.school.lan")
    monkeypatch.setenv("CNNLAB_HOSTS", "cnn.school.org,*.lab.org")
    services.settings.clear()
    hosts.hosts.clear()


PASSING = ["127.0.0.1:8501", "127.0.0.1", "[::1]:8501", "[fe80::1]", "192.168.1.5:8501", "localhost:8501", "LOCALHOST."]
PASSING += ["lab-pc", "lab-pc.school.lan:8501", "lab-pc.local:8501", "cnn.school.org", "CNN.school.org:80", "a.lab.org"]
FOREIGN = [
    "evil.example",
    "evil.example:8501",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "lab.org",
    "xlab.org",
]
FOREIGN += [
    "",
    ":8501",
    "a@localhost",
    "localhost:x",
    "localhost/x",
    "::1",
    "[127.0.0.1]",
    "[evil",
    "x" * 5000,
    "2130706433",
]


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("host", PASSING)
def test_addresses_and_own_names_pass(host: str) -> None:
    assert ask(Door(answered()), host=host)[0] == 200


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("host", FOREIGN)
def test_foreign_names_are_refused_on_requests_and_sockets(host: str) -> None:
    status, headers, body = ask(Door(answered()), host=host)
    assert status == 400
    assert headers["x-content-type-options"] == "nosniff"
    assert b"CNNLAB_HOSTS" in body
    assert len(body) < 300
    assert ask(Door(answered()), kind="websocket", host=host)[0] == 1008


def test_the_network_tells_the_machines_full_name_only_if_it_begins_with_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "lab-pc")
    for full, passes in (("lab-pc.school.org", True), ("evil.example", False)):
        monkeypatch.setattr("socket.getfqdn", lambda full=full: full)
        names = Hosts(())
        assert not names.passes(full)
        names.learn_full_name().join()
        assert names.passes(full) is passes


def test_every_answer_carries_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    _, headers, _ = ask(Door(answered(404, b"text/plain", b"nothing here")))
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert "'unsafe-" not in policy["script-src"]
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    monkeypatch.setenv("CNNLAB_FRAME_ANCESTORS", "https://moodle.school.org")
    services.settings.clear()
    _, headers, _ = ask(Door(answered()))
    assert "frame-ancestors 'self' https://moodle.school.org" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


@pytest.mark.parametrize("given", ["a=secure", "a=1; Path=/; HttpOnly", "a=1; Secure", "a=1;secure; Path=/"])
def test_over_https_every_cookie_is_for_https_only_and_over_http_it_is_as_it_was(given: str) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Set-Cookie", given.encode())]})
        await send({"type": "http.response.body", "body": b""})

    assert ask(Door(app))[1]["Set-Cookie"] == given
    told = ask(Door(app), scheme="https")[1]["Set-Cookie"]
    assert told.startswith(given)
    assert [part.strip().lower() for part in told.split(";")].count("secure") == 1


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/below/_stcore/metrics"])
def test_the_numbers_of_the_server_are_for_its_own_machine(path: str) -> None:
    assert ask(Door(answered()), path)[0] == 200
    assert ask(Door(answered()), path, client=("::ffff:127.0.0.1", 1))[0] == 200
    assert ask(Door(answered()), path, client=("192.168.1.5", 1))[0] == 403
    # A proxy on this machine that the settings do not name makes everybody look like it.
    assert ask(Door(answered()), path, x_forwarded_for="192.168.1.5")[0] == 403


def test_who_finds_no_place_reads_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "is_full", lambda: True)
    status, headers, body = ask(Door(answered()))
    assert status == 503
    assert places.FULL.encode() in body
    assert headers["retry-after"] == "20"
    assert ask(Door(answered()), kind="websocket")[0] == 1013
    # Who is in already still gets what the page needs.
    assert ask(Door(answered()), accept="*/*")[0] == 200


def test_the_door_is_full_before_the_last_descriptor_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not places.is_full()
    monkeypatch.setattr("resource.getrlimit", lambda _: (4, 4))
    assert places.is_full()


def test_the_soft_limit_is_raised_to_the_hard_one_and_never_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr("resource.setrlimit", lambda _, limits: said.append(limits))
    for limits in ((1024, 4096), (1024, -1), (65_536, 100_000), (-1, -1), (100_000, 200_000)):
        monkeypatch.setattr("resource.getrlimit", lambda _, limits=limits: limits)
        places.make_room()
    assert said == [(4096, 4096), (65_536, -1)]


def test_a_refused_connection_is_one_line_a_minute_and_other_faults_are_told_as_ever(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told: list[Any] = []

    class Loop:
        def default_exception_handler(self, context: Any) -> None:
            told.append(context["message"])

    say = places.SayOnce()
    for message in ("socket.accept() out of system resource", "socket.accept() out of system resource", "other"):
        say(Loop(), {"message": message})  # type: ignore[arg-type]
    assert told == ["other"]
    assert capsys.readouterr().err.count("no place left") == 1


def test_the_first_page_speaks_our_words_and_its_scripts_are_known_by_their_hashes() -> None:
    page = with_our_words(first_page._STREAMLITS.read_bytes())
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    assert b"The server does not answer" in scripts[-1]
    assert b"<title>CNN Lab</title>" in page
    policy = headers_of(())["Content-Security-Policy"]
    for script in scripts:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" in policy
    assert len(INLINE_HASHES) == len(scripts)


def test_the_style_of_all_pages_asks_for_no_colour_that_only_components_know() -> None:
    """Streamlit sets `--st-…` inside a component alone; elsewhere such a colour is none."""
    assert re.findall(r"var\(--st-[a-z-]+\)", first_page._STYLE) == []


def test_the_first_page_brings_the_style_of_all_pages_behind_streamlits_own() -> None:
    page = with_our_words(first_page._STREAMLITS.read_bytes())
    style = page[page.index(b'<div id="root">') :]
    for rule in (b".big-number", b"table.shapes", b".st-key-lesson_dock h2"):
        assert rule in style


def test_a_page_is_rewritten_whole_and_nothing_else_is() -> None:
    status, headers, body = ask(OurWords(answered()), accept_encoding="gzip", if_none_match="x")
    assert status == 200
    assert body == with_our_words(PAGE) != PAGE
    assert headers["content-length"] == str(len(body))
    assert "etag" not in headers
    for kind in (b"text/javascript", b"application/zip"):
        _, headers, body = ask(OurWords(answered(kind=kind)))
        assert (body, headers["etag"]) == (PAGE, "x")
    assert ask(OurWords(answered(body=b"<p>a report</p>")))[2] == b"<p>a report</p>"
    assert ask(OurWords(answered()), accept="*/*")[2] == PAGE


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        ("", "127.0.0.1", "10.0.0.1", "127.0.0.1"),
        ("", "::ffff:192.168.1.5", "10.0.0.1", "192.168.1.5"),
        ("127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        ("127.0.0.1,10.0.0.0/8", "127.0.0.1", "6.6.6.6, 10.0.0.1", "6.6.6.6"),
        ("10.0.0.0/8", "127.0.0.1", "10.0.0.1", "127.0.0.1"),
    ],
)
def test_only_named_proxies_tell_an_address(
    monkeypatch: pytest.MonkeyPatch, trusted: str, peer: str, forwarded: str, seen: str
) -> None:
    monkeypatch.setitem(vars(uvicorn.config), "ProxyHeadersMiddleware", None)
    clients: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        clients.append(scope["client"][0])

    believe_only(Settings.from_env({"CNNLAB_TRUSTED_PROXIES": trusted}).trusted_proxies)
    config = uvicorn.Config(app, interface="asgi3", log_config=None)
    config.load()
    scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    run_async(config.loaded_app(scope, None, None))  # type: ignore[arg-type]
    assert clients == [seen]
