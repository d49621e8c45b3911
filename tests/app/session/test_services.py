"""What all visitors share lives as long as the server, whatever a visitor's message clears."""

import re
import threading
from pathlib import Path

import streamlit as st

from cnnlab.ui.session import services
from cnnlab.ui.session.services import Once
from tests.app.driving import ROOT

SHARED = [value for value in vars(services).values() if isinstance(value, Once)]
# Values that are the same however often they are computed.
PURE = {"_shelf", "loaded", "loaded_sequences", "_gallery_tiles", "_of_run"}


def test_clearing_streamlits_caches_leaves_every_service_and_guard_as_it_is(home: Path) -> None:
    assert len(SHARED) >= 9
    before = [service() for service in SHARED]
    st.cache_data.clear()
    st.cache_resource.clear()
    assert all(service() is kept for service, kept in zip(SHARED, before, strict=True))


def test_nothing_but_values_stands_in_a_cache_that_visitors_might_clear() -> None:
    sources = [*(ROOT / "cnnlab" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    found = {
        name
        for path in sources
        for name in re.findall(r"@st\.cache_resource[^\n]*\n(?:@[^\n]*\n)*def (\w+)", path.read_text(encoding="utf-8"))
    }
    assert found <= PURE, f"{found - PURE} belong into cnnlab.ui.session.services, as `Once`"


def test_thirty_first_visitors_at_once_share_one() -> None:
    made: list[object] = []

    @Once
    def slow() -> object:
        """Be slow to make."""
        gate.wait(0.05)
        made.append(object())
        return made[-1]

    gate, got = threading.Event(), list[object]()
    threads = [threading.Thread(target=lambda: got.append(slow())) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert set(map(id, got)) == {id(made[0])}
