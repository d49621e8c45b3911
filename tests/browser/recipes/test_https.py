"""The recipes for nginx and Caddy, run by the real programs: pages, sockets, photographs, events and the camera."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import SplitResult, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.follow import Followed
from cnnlab.core.settings import Settings
from cnnlab.ui.app.following import MOST_OF_BROWSER
from cnnlab.ui.session.visitor import COOKIE
from tests.browser.conftest import ARGUMENTS, KEY
from tests.browser.recipes.fronts import PROXIES, Front
from tests.browser.recipes.walks import follow_a_teacher, see_maps_of_a_photograph, send_large_archive
from tests.browser.support.serving import Server, until
from tests.browser.support.watching import WAIT, Watched

pytestmark = pytest.mark.slow

LIMIT = Settings.max_archive_mb << 20


@pytest.fixture(scope="module", params=PROXIES, ids=lambda recipe: recipe.file)
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Run a server as the recipe asks for it, and the proxy before it."""
    recipe = request.param
    if recipe.missing:
        pytest.skip(f"not installed: {', '.join(recipe.missing)}; on Debian: apt-get install nginx-light caddy openssl")
    folder = tmp_path_factory.mktemp("front")
    server = Server(folder / "home", CNNLAB_TEACHER_KEY=KEY, **recipe.environment)
    running = Front(recipe, folder / "proxy", server.start())
    try:
        yield running.start()
    finally:
        running.close()
        server.close()


@pytest.fixture(scope="module")
def filming(browser: Browser, browser_path: str) -> Iterator[Browser]:
    """Run a browser that finds the names of the recipes on this machine, and has a camera."""
    names = ",".join(f"MAP {name} 127.0.0.1" for name in sorted({recipe.name for recipe in PROXIES}))
    flags = (f"--host-resolver-rules={names}", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    opened = browser.browser_type.launch(executable_path=browser_path, args=[*ARGUMENTS, *flags])
    yield opened
    opened.close()


@pytest.fixture
def guest(filming: Browser, front: Front) -> Iterator[Watched]:
    """Bring a visitor who accepts the certificate."""
    visitor = Watched(filming.new_context(ignore_https_errors=True), front)
    yield visitor
    visitor.page.context.close()
    assert not visitor.faults


def ask(front: Front, path: str) -> tuple[int, dict[str, str]]:
    """Return the status and the headers of an answer."""
    with closing(front.connect()) as connection:
        connection.request("GET", f"{front.recipe.prefix}/{path}")
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def send_archive(front: Front, size: int, **headers: str) -> int:
    """Begin to send an archive that is said to have so many bytes, and return the status of the answer."""
    with closing(front.connect()) as connection:
        connection.putrequest("POST", f"{front.recipe.prefix}/cnnlab/upload")
        for name, value in {"Content-Length": str(size), **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        # Caddy tells a refusal only while more arrives.
        for _ in range(1000):
            try:
                connection.sock.settimeout(0.1)
                return int(connection.sock.recv(1 << 12).split()[1])
            except TimeoutError:
                connection.sock.settimeout(60)
                connection.sock.sendall(bytes(1 << 16))
    raise AssertionError("nobody answered")


def test_a_page_and_its_socket_come_over_https_and_cookies_never_over_anything_else(
    guest: Watched, front: Front
) -> None:
    sockets: list[str] = []
    guest.page.on("websocket", lambda socket: sockets.append(socket.url))
    page = guest.open("architecture", "Architecture")
    guest.go_to("Convolution")
    assert sockets == [front.url("_stcore/stream").replace("https", "wss", 1)]
    assert page.evaluate("isSecureContext")
    cookies = page.context.cookies()
    assert [cookie["path"] for cookie in cookies if cookie["name"] == COOKIE] == [front.recipe.prefix or "/"]
    assert all(cookie["secure"] for cookie in cookies)


def test_a_photograph_goes_up_and_its_maps_come_back(guest: Watched) -> None:
    see_maps_of_a_photograph(guest)


def test_the_camera_takes_a_picture(guest: Watched) -> None:
    page = guest.open("feature_maps", "Feature maps")
    page.get_by_role("radio", name="camera", exact=True).click()
    guest.settle()
    camera = guest.keyed("picture_camera")
    camera.get_by_role("button", name="Start the camera").click()
    video = camera.locator("video")
    expect(video).to_be_visible(timeout=WAIT)
    page.wait_for_function("video => video.videoWidth > 0", arg=video.element_handle())
    camera.get_by_role("button", name="Take the picture").click()
    expect(page.get_by_test_id("stImageCaption").first).to_contain_text("Your photograph", timeout=WAIT)


def test_a_large_archive_goes_up(guest: Watched) -> None:
    send_large_archive(guest)


def test_the_proxy_lets_through_what_the_product_takes_and_no_more(front: Front) -> None:
    # Without a cookie the server itself refuses, before the first byte.
    assert send_archive(front, LIMIT) == 403
    origin = front.url().removesuffix(f"{front.recipe.prefix}/")
    assert send_archive(front, LIMIT + 1, Origin=origin, Cookie=f"{COOKIE}=a-browser-of-a-test") == 413


def test_what_a_class_follows_moves_its_pages(guest: Watched, front: Front) -> None:
    follow_a_teacher(guest, front.servers[0].home)


def test_each_event_arrives_before_the_next_one_is_made(front: Front) -> None:
    home = front.servers[0].home
    with closing(Classroom(home, Settings.keep_days)) as room, closing(front.connect()) as connection:
        events = _listen(front, connection)
        numbers = [_next_number(events)]
        for layer in ("conv2d", "conv2d_1", "conv2d_2"):
            room.follow.publish("", Followed("architecture", layer))
            numbers.append(_next_number(events))
        room.follow.let_go("")
    assert numbers == sorted(set(numbers))


def test_a_browser_that_stops_listening_is_let_go(front: Front) -> None:
    for _ in range(2 * MOST_OF_BROWSER):
        with closing(front.connect()) as connection:
            until(lambda connection=connection: _listen(front, connection).status == 200, "nobody was let go")


def _listen(front: Front, connection: http.client.HTTPSConnection) -> http.client.HTTPResponse:
    connection.request("GET", f"{front.recipe.prefix}/cnnlab/follow", headers={"Cookie": f"{COOKIE}=one-who-listens"})
    return connection.getresponse()


def _next_number(events: http.client.HTTPResponse) -> int:
    while not (line := events.readline()).startswith(b"data: "):
        assert line, "the events ended"
    return int(json.loads(line[6:])["number"])


def test_answers_carry_the_products_headers_and_numbers_for_machines_stay_here(front: Front) -> None:
    status, headers = ask(front, "")
    assert status == 200
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert ask(front, "cnnlab/ready")[0] == 200
    assert ask(front, "_stcore/metrics")[0] == 403
    # Whoever serves a prefix of a site does not speak for the whole site.
    assert ("strict-transport-security" in headers) == (not front.recipe.prefix)


def test_who_forgets_the_slash_or_the_s_is_led_to_the_pages(front: Front) -> None:
    if front.recipe.prefix:
        with closing(front.connect()) as connection:
            status, led = _redirect(connection, f"{front.recipe.prefix}?x=one-kernel&step=2")
        assert (led.path, led.query) == (f"{front.recipe.prefix}/", "x=one-kernel&step=2")
    else:
        with closing(http.client.HTTPConnection("127.0.0.1", front.plain, timeout=60)) as connection:
            status, led = _redirect(connection, "/training", Host=front.recipe.name)
        assert (led.scheme, led.hostname, led.path) == ("https", front.recipe.name, "/training")
    assert status in (301, 302, 308)


def _redirect(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, SplitResult]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, urlsplit(answer.headers["location"])
