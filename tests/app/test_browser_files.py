"""Files for Streamlit's own upload: only expected ones are taken, unclaimed ones go, and there is a bound."""

import asyncio
from typing import Any

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from cnnlab.ui.app import file_door
from cnnlab.ui.session import browser_files, services
from tests.app.driving import run_async


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """Return Streamlit's store of files, guarded, on a server that takes files of up to a megabyte."""
    monkeypatch.setenv("CNNLAB_MAX_UPLOAD_MB", "1")
    made = MemoryUploadedFileManager("/_stcore/upload_file")
    services.browser_files().attach(made)
    return made


def promised(manager: MemoryUploadedFileManager, session: str = "s", count: int = 1) -> list[str]:
    return [url.file_id for url in manager.get_upload_urls(session, ["a.zip"] * count)]


def put(
    manager: MemoryUploadedFileManager,
    session: str,
    file: str,
    size: int | None,
    wait: float = 0.0,
    client: str = "::1",
) -> int:
    """Send a file as a browser does, to an app that keeps it as Streamlit does; return the status of the answer."""
    answers: list[Any] = []

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        manager.add_file(session, UploadedFileRec(file, "a.zip", "", bytes(size or 0)))
        await send({"type": "http.response.start", "status": 204})

    async def keep(message: Any) -> None:
        answers.append(message)

    headers = [] if size is None else [(b"content-length", str(size).encode())]
    path = f"/prefix/_stcore/upload_file/{session}/{file}"
    scope = {"type": "http", "method": "PUT", "path": path, "headers": headers, "client": (client, 1)}

    async def both() -> None:
        await file_door.FileDoor(streamlit)(scope, None, keep)
        await asyncio.sleep(wait)

    run_async(both())
    return answers[0]["status"]


def held(manager: MemoryUploadedFileManager) -> int:
    return sum(len(file.data) for files in manager.file_storage.values() for file in files.values())


def test_a_file_that_nobody_was_promised_is_not_taken(manager: MemoryUploadedFileManager) -> None:
    assert [put(manager, "s", f"x{i}", 1000) for i in range(8)] == [413] * 8
    assert put(manager, "s", promised(manager, "other")[0], 1000) == 413
    assert put(manager, "s", promised(manager)[0], None) == 411
    assert held(manager) == 0
    assert put(manager, "s", promised(manager)[0], 1000) == 204


def test_what_no_page_asks_for_goes_and_what_one_asked_for_stays(
    manager: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_door, "UNCLAIMED_SECONDS", 0.02)
    lost, kept = promised(manager, count=2)
    manager.get_files("s", [kept])
    for file in (lost, kept):
        put(manager, "s", file, 1000, wait=0.1)
    assert set(manager.file_storage["s"]) == {kept}


def test_a_session_an_address_and_all_together_hold_only_so_much(manager: MemoryUploadedFileManager) -> None:
    mb = 1 << 20

    def answers(session: str, count: int, client: str) -> list[int]:
        return [put(manager, session, file, mb, client=client) for file in promised(manager, session, count)]

    assert answers("one", 4, "10.0.0.1") == [204, 204, 413, 413]
    assert answers("two", 3, "10.0.0.1") == [204, 204, 413]
    assert answers("three", 1, "10.0.0.1") == [413], "the address is full"
    assert answers("four", 2, "10.0.0.2") == [204, 413], "everything is full"
    manager.remove_session_files("one")
    assert answers("three", 1, "10.0.0.1") == [204]
    assert held(manager) == 4 * mb


def test_promises_are_bounded(manager: MemoryUploadedFileManager) -> None:
    assert len(manager.get_upload_urls("s", ["x"] * 100_000)) == browser_files.MOST_PROMISED
    promised(manager, count=browser_files.MOST_PROMISED)
    assert len(services.browser_files()._promised["s"]) == browser_files.MOST_PROMISED
