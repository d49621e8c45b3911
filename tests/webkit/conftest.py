"""Give the tests in WebKit a browser, a server, and a visitor whose console must stay silent."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.material import rotated_jpeg
from tests.browser.support.serving import Deadline, Server, served
from tests.webkit.support.driver import Session, driving
from tests.webkit.support.find_webkit import MISSING, Found, find_webkit
from tests.webkit.support.visiting import Visitor

SECONDS = 240  # for one test
WIDTH, HEIGHT = 1280, 900


@pytest.fixture(scope="session")
def webkit() -> Found:
    """Return what is needed; fail loudly without."""
    found = find_webkit()
    if found is None:
        pytest.fail(MISSING, pytrace=False)
    # A terminated test run ends its programs, as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return found


@pytest.fixture(scope="session")
def driver(webkit: Found, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one driver for all tests."""
    with driving(webkit, tmp_path_factory.mktemp("webkit") / "driver.log") as address:
        yield address


@pytest.fixture(scope="session")
def server(webkit: Found, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server for all tests."""
    yield from served(tmp_path_factory.mktemp("served") / "home")


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    with Deadline(SECONDS):
        yield


@pytest.fixture
def visitor(driver: str, webkit: Found, server: Server) -> Iterator[Visitor]:
    """Bring one visitor, whose console may hold no error at the end."""
    session = Session(driver, webkit.browser)
    try:
        session.resize(WIDTH, HEIGHT)
        visitor = Visitor(session, server)
        yield visitor
        visitor.gather()
    finally:
        session.close()
    assert not visitor.faults


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """Return a file as a telephone makes it: turned by its EXIF."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(rotated_jpeg())
    return file
