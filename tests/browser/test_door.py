"""The door of the real server: foreign names, foreign scripts, no place left, and a server that is away."""

import asyncio
import http.client
import resource
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cnnlab.ui.app.places import FULL
from tests.app.driving import run_async
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

FOREIGN_SCRIPT = """() => {
  const script = document.createElement("script")
  script.textContent = "window.foreign = true"
  document.body.append(script)
  return window.foreign === undefined
}"""


def get(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_a_foreign_name_reaches_neither_page_nor_socket(server: Server) -> None:
    assert get(server, "/", Host="evil.example")[0] == 400
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    asked |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": "http://evil.example", "Host": "evil.example"}
    assert get(server, "/_stcore/stream", **asked)[0] == 403


def test_every_answer_of_the_server_carries_the_headers(server: Server) -> None:
    for path in ("/", "/training", "/cnnlab/plotly-basic.min.js", "/favicon.png", "/_stcore/health", "/media/x"):
        _, headers, _ = get(server, path)
        assert "frame-ancestors 'self'" in headers["content-security-policy"], path
        assert headers["x-frame-options"] == "SAMEORIGIN", path
        assert headers["x-content-type-options"] == "nosniff", path


def test_the_numbers_of_the_server_are_not_for_the_network(server: Server) -> None:
    assert get(server, "/_stcore/metrics")[0] == 200
    assert get(server, "/_stcore/metrics", **{"X-Forwarded-For": "192.168.1.5"})[0] == 403


def test_a_script_that_somebody_brought_into_a_page_does_not_run(visitor: Watched) -> None:
    page = visitor.open("", "CNN Lab")
    with page.expect_console_message(lambda message: "policy: script-src" in message.text):
        assert page.evaluate(FOREIGN_SCRIPT)
    page.evaluate("0")  # after it every message has come
    visitor.faults.clear()


def test_who_clears_the_caches_changes_nothing(server: Server) -> None:
    assert server.process is not None
    before = {child.pid for child in psutil.Process(server.process.pid).children()}
    finished = run_async(_clear_caches(server))
    assert finished == ForwardMsg.FINISHED_SUCCESSFULLY
    assert before <= {child.pid for child in psutil.Process(server.process.pid).children()}


async def _open(server: Server) -> ClientConnection:
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    return await connect(address, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]


async def _finish(connection: ClientConnection) -> int:
    message = BackMsg()
    message.rerun_script.page_name = "training"
    await connection.send(message.SerializeToString())
    async with asyncio.timeout(30):
        while (answer := ForwardMsg.FromString(await connection.recv())).WhichOneof("type") != "script_finished":  # type: ignore[arg-type]
            pass
    return answer.script_finished


async def _clear_caches(server: Server) -> int:
    connection = await _open(server)
    await _finish(connection)
    await connection.send(BackMsg(clear_cache=True).SerializeToString())
    finished = await _finish(connection)
    await connection.close()
    return finished


@pytest.mark.slow
def test_a_server_that_is_away_says_so_in_our_words_and_comes_back_by_itself(
    fresh_server: Server, visit: Visit
) -> None:
    visitor = visit(fresh_server)
    page = visitor.open("training", "Training")
    fresh_server.kill()
    expect(page.get_by_role("alert").filter(has_text="The server does not answer.")).to_be_visible()
    page.wait_for_timeout(5000)
    assert "streamlit" not in page.locator("body").inner_text().lower()
    fresh_server.start()
    expect(page.locator("#away")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    visitor.settle()
    visitor.faults.clear()  # the browser's own reports that nobody answered


@pytest.mark.slow
def test_with_few_descriptors_visitors_read_a_sentence_and_the_log_stays_short(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    server = Server(tmp_path / "home")
    try:
        server.spawn(descriptors=200)
        server.wait()
        opened, refused = run_async(_crowd(server, 120))
        assert opened >= 20
        assert refused >= 20
        assert get(server, "/_stcore/health")[0] == 200
        assert "Traceback" not in server.log.read_text()
    finally:
        server.close()
    assert (soft, hard) == resource.getrlimit(resource.RLIMIT_NOFILE)


async def _crowd(server: Server, visitors: int) -> tuple[int, int]:
    opened: list[ClientConnection] = []
    refused = 0
    for _ in range(visitors):
        try:
            opened.append(await _open(server))
            await _finish(opened[-1])
        except (InvalidStatus, ConnectionClosed):
            refused += 1
    status, _, said = await asyncio.to_thread(get, server, "/", Accept="text/html")
    assert (status, FULL in said) == (503, True)
    for connection in opened:
        await connection.close()
    return len(opened), refused
