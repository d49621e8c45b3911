"""Give the browser tests a browser, servers, and visitors whose console must stay silent."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.support import find_firefox, stock_firefox
from tests.browser.support.find_chromium import MISSING, SKIP, find_chromium
from tests.browser.support.proxying import Proxy
from tests.browser.support.serving import Deadline, Server, served
from tests.browser.support.watching import Watched

HERE = Path(__file__).parent
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SECONDS = 240  # for one test
CLASSROOM = "classroom.test"  # a name of the server that no browser takes for its own machine
KEY = "the key of a teacher"
EXPECT = 30_000  # milliseconds for what needs no TensorFlow
Visit = Callable[..., Watched]


@pytest.fixture(scope="session", autouse=True)
def browser_path() -> str:
    """Return the path of a browser; without one fail loudly, unless told to leave these tests out."""
    if os.environ.get(SKIP):
        pytest.skip(f"{SKIP} is set")
    path = find_firefox.find_firefox() if find_firefox.IS_CHOSEN else find_chromium()
    if path is None:
        pytest.fail(find_firefox.MISSING if find_firefox.IS_CHOSEN else MISSING, pytrace=False)
    # A terminated test run ends its servers, as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return path


@pytest.fixture(scope="session")
def browser(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Run one browser for all tests."""
    expect.set_options(timeout=EXPECT)
    with sync_playwright() as playwright:
        if find_firefox.IS_CHOSEN:
            opened = stock_firefox.launch(playwright, browser_path, tmp_path_factory.mktemp("firefox"))
        else:
            opened = playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server for all tests that need none of their own."""
    yield from _served(tmp_path_factory.mktemp("browser") / "home")


@pytest.fixture
def fresh_server(browser_path: str, tmp_path: Path) -> Iterator[Server]:
    """Run a server that nobody has visited yet."""
    yield from _served(tmp_path / "home")


@pytest.fixture
def with_key(browser_path: str, tmp_path: Path) -> Iterator[Server]:
    """Run a server that has a teacher's key."""
    yield from _served(tmp_path / "home", CNNLAB_TEACHER_KEY=KEY)


def _served(home: Path, **environment: str) -> Iterator[Server]:
    return served(home, CNNLAB_HOSTS=CLASSROOM, **environment)


@pytest.fixture(autouse=True)
def _deadline() -> Iterator[None]:
    with Deadline(SECONDS):
        yield


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Return a function that brings one more visitor, with a browser context of their own.

    At the end no console may hold an error, and no request may have left the machine.
    """
    visitors: list[Watched] = []

    def come(server: Server | Proxy, width: int = 1280, height: int = 720, touch: bool = False) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch)
        visitors.append(Watched(context, server))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.page.context.close()
    assert not [fault for visitor in visitors for fault in visitor.faults]


@pytest.fixture
def visitor(visit: Visit, server: Server) -> Watched:
    """Bring one visitor to the common server."""
    return visit(server)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a browser test that failed try once more; the summary counts every such try."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("slow") is None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Quote what the servers wrote when a test fails."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Server):
                report.sections.append((f"what {name} wrote", value.written()))
