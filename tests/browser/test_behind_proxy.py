"""Behind a proxy, below a prefix that it takes away or that the server knows: nothing is asked for beside it."""

import re
import secrets
import zipfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, expect

from tests.app.material import data_zip
from tests.browser.conftest import Visit
from tests.browser.data.test_data_page import large_zip
from tests.browser.run.test_live_training import LONG, expect_curve, start
from tests.browser.support.proxying import Proxy
from tests.browser.support.serving import Server
from tests.browser.support.watching import WAIT, Watched

pytestmark = pytest.mark.pages

PREFIX = "/class/lab"
# Streamlit looks for its server below the page's own address, then above it, before it asks for anything else.
SEARCHES = re.compile(r"(/class)?/_stcore/(health|host-config)")


TAKEN, KNOWN = "the proxy takes it away", "the server knows it"
EITHER = pytest.mark.parametrize("proxy", [TAKEN, KNOWN], indirect=True)
MOSTLY_TAKEN = pytest.mark.parametrize("proxy", [TAKEN, pytest.param(KNOWN, marks=pytest.mark.slow)], indirect=True)
"""What takes long is tried where the server knows of no prefix; both ways are among the slow tests."""


@pytest.fixture(scope="module")
def proxy(
    request: pytest.FixtureRequest, browser_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """Run a server below a prefix, and the proxy before it."""
    strips = request.param == TAKEN
    server = Server(tmp_path_factory.mktemp("behind") / "home", base="" if strips else PREFIX.strip("/"))
    try:
        running = Proxy(server.start().port, PREFIX, strips=strips).start()
        yield running
        running.close()
    finally:
        server.close()


@pytest.fixture
def guest(proxy: Proxy, visit: Visit) -> Iterator[Watched]:
    """Bring a visitor through the proxy, all of whose requests stay below the prefix."""
    visitor = visit(proxy)
    before = proxy.sockets
    yield visitor
    assert proxy.sockets > before
    assert not [path for path in proxy.escaped if not SEARCHES.fullmatch(urlsplit(path).path)]


@MOSTLY_TAKEN
def test_a_visitor_walks_through_the_pages_and_is_known_again_by_a_cookie_of_the_prefix(guest: Watched) -> None:
    page = guest.open("architecture", "Architecture")
    for title in ("Convolution", "Training", "Data"):
        guest.go_to(title)
    (ours,) = (cookie for cookie in page.context.cookies() if cookie["name"] == "cnnlab_visitor")
    assert ours["path"] == PREFIX
    guest.open("", "CNN Lab")
    guest.go_to("Architecture")
    assert urlsplit(page.url).path == f"{PREFIX}/architecture"
    guest.open("architecture/", "Architecture")
    assert urlsplit(page.url).path == f"{PREFIX}/architecture"


@EITHER
def test_a_link_to_a_network_leads_back_through_the_proxy(guest: Watched) -> None:
    page = guest.open("architecture", "Architecture")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".copied")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(guest.server.url("architecture?net="))
    page.goto(link)
    expect(page.locator(".heading h1")).to_have_text("Architecture", timeout=WAIT)


@MOSTLY_TAKEN
def test_the_curves_of_a_training_live_and_its_moments_are_played_again(guest: Watched) -> None:
    page = guest.open("", "CNN Lab")
    guest.go_to("Training")
    page.get_by_text("More settings").click()
    start(guest, epochs=2)
    expect_curve(guest)
    expect(guest.keyed("run_status")).to_contain_text("finished", timeout=LONG)
    page.get_by_role("radio", name="My picture").click()
    sheet = page.locator(".probe img")
    page.get_by_label("Moment of the training").press("Home")
    expect(sheet).to_have_attribute("alt", re.compile("before training"))
    assert sheet.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("button", name="Replay").click()
    expect(sheet).to_have_attribute("alt", re.compile("epoch 2"))


@MOSTLY_TAKEN
def test_a_large_archive_goes_up_and_its_export_comes_down(guest: Watched) -> None:
    page = guest.open("data", "Data")
    page.get_by_text("A larger archive", exact=True).click()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    guest.upload("large_upload", "far.zip", large_zip(seed=secrets.randbelow(1 << 30)))
    expect(page.get_by_test_id("stMain")).to_contain_text("far (uploaded)", timeout=WAIT)
    assert [request.url for request in sent] == [guest.server.url("cnnlab/upload")]
    guest.settle()
    page.get_by_role("button", name="Export this set").click()
    link = guest.keyed("data_export").get_by_role("link", name="Download the zip")
    with page.expect_download(timeout=WAIT) as waiting:
        link.click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert len(archive.namelist()) == 33


@MOSTLY_TAKEN
def test_a_small_archive_goes_the_way_of_streamlit(guest: Watched) -> None:
    guest.open("data", "Data")
    guest.upload("data_upload", "near.zip", data_zip(seed=secrets.randbelow(1 << 30)))
    expect(guest.keyed("data_counts").locator("tbody tr").first).to_have_text("training121022")
