"""What visits leave behind is cleared up in quiet moments, and in the midst of work only when there is no other."""

import asyncio
import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.caching.storage.dummy_cache_storage import MemoryCacheStorageManager
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.state.session_state import SessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from cnnlab.core.kept import KeptByBytes
from cnnlab.ui.app import housekeeping


class Visit:
    """Stand for a session of Streamlit that has ended."""

    id = "visit"


def visits_kept(monkeypatch: pytest.MonkeyPatch, seconds: int) -> MemorySessionStorage:
    """Let a runtime be here that keeps visits for so long, and return what it keeps them in."""
    storage = MemorySessionStorage(ttl_seconds=seconds)
    nothing = cast("Any", None)
    manager = WebsocketSessionManager(storage, nothing, nothing, None)
    here = SimpleNamespace(_session_mgr=manager, cache_storage_manager=MemoryCacheStorageManager())
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: here)
    return storage


def last_visit(watched: str) -> AppSession:
    """Return a session that nobody can take up again, as Streamlit's loop remembers one."""
    session = AppSession.__new__(AppSession)
    session._state = AppSessionState.SHUTDOWN_REQUESTED
    session._session_state = SessionState()
    session.session_state["watched"] = watched
    return session


def test_visits_that_ended_are_let_go_without_another_one_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = visits_kept(monkeypatch, 0)
    visit = Visit()
    visit.itself = visit  # type: ignore[attr-defined]
    seen = weakref.ref(visit)
    storage.save(SessionInfo(client=None, session=cast("Any", visit)))
    del visit
    gc.collect()
    assert seen() is not None, "Streamlit lets it go by itself: the housekeeping is not needed any more"
    housekeeping.clear_up()
    assert seen() is None


@pytest.mark.parametrize(("storage_seconds", "is_kept"), [(0, False), (100, True)])
def test_what_was_drawn_goes_when_nobody_is_left(
    monkeypatch: pytest.MonkeyPatch, storage_seconds: int, is_kept: bool
) -> None:
    storage = visits_kept(monkeypatch, storage_seconds)
    storage.save(SessionInfo(client=None, session=cast("Any", Visit())))
    drawn: KeptByBytes[bytes] = KeptByBytes(1000, len)
    drawn.get("maps", lambda: b"of a visitor")
    read: list[str] = []
    window = st.cache_data(show_spinner=False)(lambda: read.append("window"))
    window()
    remembered = last_visit("what its visitor watched")
    housekeeping.clear_up()
    window()
    assert (drawn.peek("maps") is not None) is is_kept
    assert (read == ["window"]) is is_kept
    assert ("watched" in remembered.session_state) is is_kept


def cleared_within(seconds: float, *, busy: bool) -> list[float]:
    """Keep house for some seconds beside work or none, and return when it was cleared up."""
    began, times = time.monotonic(), list[float]()

    async def live() -> None:
        house = asyncio.create_task(housekeeping.keep_house(lambda: times.append(time.monotonic() - began)))
        while time.monotonic() - began < seconds:
            until = time.thread_time() + (0.004 if busy else 0)
            while time.thread_time() < until:
                pass
            await asyncio.sleep(0.001)
        house.cancel()

    # In a thread of its own: the browser that another test drives may keep a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(live())).result()
    return times


def test_a_quiet_moment_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"STEP": 0.02, "PERIOD": 0.1, "LATEST": 0.4, "QUIET": 0.6}.items():
        monkeypatch.setattr(housekeeping, name, value)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    quiet = cleared_within(1.5, busy=False)
    assert len(quiet) >= 2
    assert quiet[0] >= 0.1
    monkeypatch.setattr(housekeeping, "QUIET", 0.02)
    busy = cleared_within(0.6, busy=True)
    assert busy
    # However long the machine stood still meanwhile.
    assert all(later - earlier >= 0.4 for earlier, later in pairwise([0.0, *busy]))
