"""Messages that no page sends, over the real socket: they reach no folder, cost no memory and leave no traceback."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from tests.app.driving import run_async
from tests.app.material import data_zip
from tests.browser.support.serving import Server

ANSWER_SECONDS = 10.0
GROWTH = 120 << 20  # bytes that a page may take; the attack took 19 GB
pytestmark = pytest.mark.slow


@pytest.fixture
def rooted(tmp_path: Path) -> Iterator[Server]:
    """Run a server that offers the folders below a root, with a data set that lies beside it."""
    Library(Settings(tmp_path / "elsewhere")).add_archive(io.BytesIO(data_zip()), "secret.zip")
    next((tmp_path / "elsewhere" / "data").glob("*/files")).rename(tmp_path / "secret")
    (tmp_path / "root").mkdir()
    running = Server(tmp_path / "home", CNNLAB_DATA_ROOT=str(tmp_path / "root"))
    try:
        yield running.start()
    finally:
        running.close()


async def said(connection: ClientConnection, message: BackMsg) -> list[ForwardMsg]:
    """Send a message and return what the server answers until a script has ended, little or nothing if it drops it."""
    answers: list[ForwardMsg] = []
    with suppress(ConnectionClosed, TimeoutError):
        await connection.send(message.SerializeToString())
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                answers.append(ForwardMsg.FromString(await connection.recv()))  # type: ignore[arg-type]
                if answers[-1].WhichOneof("type") == "script_finished":
                    return answers
    return answers


async def visited(server: Server, page: str, hostile: dict[str, Any]) -> tuple[list[ForwardMsg], list[ForwardMsg]]:
    """Open a page and send a value for each of its widgets with such a key; return the answers to both."""
    address = server.url("_stcore/stream").replace("http", "ws", 1)
    async with connect(address, subprotocols=["streamlit"], max_size=None) as connection:
        first = await said(connection, BackMsg(rerun_script={"page_name": page}))
        message = BackMsg(rerun_script={"page_name": page})
        for key, value in hostile.items():
            identity = next(i for i in identities(first) if i.endswith(f"-{key}"))
            message.rerun_script.widget_states.widgets.add(id=identity, **value)
        return first, await said(connection, message)


def identities(answers: list[ForwardMsg]) -> Iterator[str]:
    """Yield the identity of every widget that was drawn."""
    for answer in answers:
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind and hasattr(getattr(element, kind), "id"):
            yield getattr(element, kind).id


def test_no_message_reaches_a_folder_that_was_not_offered(rooted: Server, tmp_path: Path) -> None:
    for path in ("/etc", str(tmp_path / "secret"), str(tmp_path / "root")):
        hostile = {"data_choice": {"string_value": path}, "explore_class": {"string_value": path}}
        first, after = run_async(visited(rooted, "data", hostile))
        assert any(answer.delta.new_element.HasField("radio") for answer in first)
        assert any(answer.delta.new_element.HasField("radio") for answer in after)
        written = "".join(str(answer.delta.new_element) for answer in after if answer.HasField("delta"))
        assert path not in written
        assert "12 dogs" not in written
    assert "Traceback" not in rooted.written()


def test_no_text_makes_the_server_grow(rooted: Server) -> None:
    assert rooted.process is not None
    process = psutil.Process(rooted.process.pid)
    run_async(visited(rooted, "data", {}))
    before = process.memory_info().rss
    for text in ("a/" * 200_000, "a/" * 9_999, "a" * 200 + "{0..99999}.jpg", " a\n" * 6_000):
        run_async(visited(rooted, "data", {"typed_tree": {"string_value": text}}))
        assert process.memory_info().rss < before + GROWTH
    assert "Traceback" not in rooted.written()
