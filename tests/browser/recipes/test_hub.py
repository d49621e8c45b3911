"""The recipe for a JupyterHub, run by the real hub, its proxy and `jupyter standaloneproxy`."""

import getpass
import http.client
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cnnlab.ui.session.visitor import COOKIE
from tests.browser.conftest import KEY
from tests.browser.recipes.fronts import RECIPES, free_ports
from tests.browser.recipes.walks import follow_a_teacher, see_maps_of_a_photograph, send_large_archive
from tests.browser.support.serving import END_SECONDS, ROOT, processes_of, until
from tests.browser.support.watching import WAIT, Watched

pytestmark = pytest.mark.slow

PREFIX = "/services/cnnlab"
PROGRAMS = ("jupyterhub", "jupyter-standaloneproxy", "configurable-http-proxy")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
LIMIT = 100 << 20  # CNNLAB_MAX_ARCHIVE_MB of the recipe; more than that its proxy does not hold
HUB = """c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{0}"
c.JupyterHub.hub_port = {1}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{2}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
"""


class Hub:
    """Be a hub where everybody may sign in, with the recipe at the end of its configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.port, *self._more = free_ports(4)
        self._log = folder / "hub.log"

    def start(self) -> "Hub":
        """Begin to answer."""
        (self.folder / "teacher.key").write_text(KEY)
        # As `pip install` would make it.
        script = self.folder / "cnnlab"
        script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m cnnlab "$@"\n')
        script.chmod(0o755)
        recipe = (RECIPES / "jupyterhub_config.py").read_text(encoding="utf-8")
        own = {
            "/opt/cnnlab/bin/jupyter-standaloneproxy": str(shutil.which("jupyter-standaloneproxy")),
            "/opt/cnnlab/bin/cnnlab": str(script),
            "/home/cnnlab": str(self.folder),
            '"user": "cnnlab"': f'"user": "{getpass.getuser()}"',
            "127.0.0.1:8502": f"127.0.0.1:{self._more[2]}",
        }
        for theirs, ours in own.items():
            assert theirs in recipe
            recipe = recipe.replace(theirs, ours)
        (self.folder / "config.py").write_text(HUB.format(self.port, *self._more) + recipe, encoding="utf-8")
        command = [str(shutil.which("jupyterhub")), "-f", "config.py"]
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=out, stderr=out, start_new_session=True)
        until(self._answers, "the hub did not answer")
        return self

    def close(self) -> None:
        """End the hub, which ends what it started."""
        self._process.terminate()
        self._process.wait(timeout=3 * END_SECONDS)
        until(lambda: not processes_of(self.home), "the server outlived the hub")

    def url(self, path: str = "") -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{PREFIX}/{path}"

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"the hub ended; it wrote:\n{self._log.read_text()[-4000:]}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/hub/login", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="module")
def hub(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Run a hub with CNN Lab as its service."""
    if MISSING:
        pytest.skip(f"not on the PATH: {', '.join(MISSING)}; docs/operating.md says how to install them")
    running = Hub(tmp_path_factory.mktemp("hub"))
    try:
        yield running.start()
    finally:
        running.close()


@pytest.fixture
def guest(hub: Hub, browser: Browser) -> Iterator[Watched]:
    """Bring somebody who signs in at the hub and is led to the pages."""
    visitor = Watched(browser.new_context(), hub)
    page = visitor.page
    page.goto(hub.url())
    page.get_by_label("Username:").fill("ada")
    page.get_by_label("Password:").fill("lovelace")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".heading h1")).to_have_text("CNN Lab", timeout=WAIT)
    yield visitor
    page.context.close()
    assert not visitor.faults


def test_who_signs_in_walks_through_the_pages_below_the_hubs_prefix(guest: Watched, hub: Hub) -> None:
    sockets: list[str] = []
    guest.page.on("websocket", lambda socket: sockets.append(socket.url))
    page = guest.open("architecture", "Architecture")
    guest.go_to("Convolution")
    assert sockets == [hub.url("_stcore/stream").replace("http", "ws", 1)]
    assert [cookie["path"] for cookie in page.context.cookies() if cookie["name"] == COOKIE] == [PREFIX]


def test_who_does_not_sign_in_sees_nothing_of_it(browser: Browser, hub: Hub) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(hub.url("architecture"))
    assert "/hub/login" in page.url
    assert context.request.get(hub.url("cnnlab/ready"), max_redirects=0).status in (302, 403)
    context.close()


def test_a_photograph_goes_up_and_its_maps_come_back(guest: Watched) -> None:
    see_maps_of_a_photograph(guest)


def test_a_large_archive_goes_up(guest: Watched) -> None:
    send_large_archive(guest)


def test_what_a_class_follows_moves_its_pages(guest: Watched, hub: Hub) -> None:
    follow_a_teacher(guest, hub.home)


def test_an_upload_as_large_as_the_recipe_allows_passes(guest: Watched, hub: Hub) -> None:
    guest.open("data", "Data")
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in guest.page.context.cookies(hub.url()))
    ours = {"Cookie": cookies, "Origin": hub.url().removesuffix(f"{PREFIX}/")}
    with closing(http.client.HTTPConnection("127.0.0.1", hub.port, timeout=120)) as connection:
        connection.request("POST", f"{PREFIX}/cnnlab/upload", bytes(LIMIT), ours)
        assert connection.getresponse().status == 200
