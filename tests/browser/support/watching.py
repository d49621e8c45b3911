"""Open pages in a real browser, and keep an eye on its console and on where its requests go."""

import re
from typing import Protocol
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, FloatRect, Locator, Page, Request, expect

WAIT = 60_000  # milliseconds; TensorFlow may start on a busy machine meanwhile
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# Streamlit asks for these below the page's own address first, and then at the root.
KNOWN_404 = re.compile(r"/\w+/_stcore/(health|host-config)$")

SHEETS = 9
PAINTED = """count => {
  const images = [...document.querySelectorAll(".st-key-feature_maps img")]
  return images.length === count && images.every(i => i.complete && i.naturalWidth > 0)
}"""

LIES_STILL = """element => new Promise(resolve => {
  let [before, frames] = ["", 0]
  const look = () => {
    const { x, y, width, height } = element.getBoundingClientRect()
    const now = [x, y, width, height].join()
    frames = now === before ? frames + 1 : 0
    before = now
    frames < 6 ? requestAnimationFrame(look) : resolve()
  }
  look()
})"""


# Most violations stand in the console anyway; some of workers and frames do not.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
  event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""


class Served(Protocol):
    """Be whatever the pages are opened at: a server, or a proxy before it."""

    def url(self, path: str = "") -> str:
        """Return the address of a page."""


class Watched:
    """Be one visitor: a page of a browser context of its own, whose faults are collected."""

    def __init__(self, context: BrowserContext, server: Served) -> None:
        self.server = server
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(WAIT)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        self.page.on("request", self._request)
        self.page.add_init_script(TELL_VIOLATIONS)

    def open(self, path: str, heading: str) -> Page:
        """Open a page by its address and wait until it is drawn."""
        self.page.goto(self.server.url(path))
        expect(self.page.locator(".heading h1")).to_have_text(heading, timeout=WAIT)
        self.settle()
        return self.page

    def go_to(self, title: str) -> Page:
        """Go to a page by the navigation, within the session."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=re.compile(f"^{title}$")).click()
        expect(self.page.locator(".heading h1")).to_have_text(title, timeout=WAIT)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the server has run the page."""
        self.page.locator(IDLE).wait_for(timeout=WAIT)

    def keyed(self, key: str) -> Locator:
        """Return the container with this key."""
        return self.page.locator(f".st-key-{key}")

    def control(self, handle: str) -> Locator:
        """Return one live control by its handle."""
        return self.page.locator(f'[data-handle="{handle}"]')

    def shape(self, row: int) -> str:
        """Return the output shape in one row of the shape table."""
        return self.keyed("shape_table").locator("tbody tr").nth(row).locator("td").nth(1).inner_text()

    def upload(self, key: str, name: str, content: bytes) -> None:
        """Give a file to the uploader inside the container with this key."""
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.keyed(key).locator("input[type=file]").set_input_files(file)

    def number(self, key: str, value: int) -> None:
        """Type a number into a field and leave it."""
        field = self.keyed(key).locator("input")
        field.fill(str(value))
        field.press("Enter")
        self.settle()

    def steady_box(self, locator: Locator) -> FloatRect:
        """Wait until the page is drawn and an element lies still, and return its place in the window."""
        self.settle()
        locator.scroll_into_view_if_needed()
        locator.evaluate(LIES_STILL)
        box = locator.bounding_box()
        assert box is not None
        return box

    def sheets(self) -> list[str]:
        """Wait until the maps of nine layers are painted, and return where they come from."""
        self.page.wait_for_function(PAINTED, arg=SHEETS, timeout=WAIT)
        return self.keyed("feature_maps").locator("img").evaluate_all("images => images.map(i => i.src)")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not KNOWN_404.search(urlsplit(message.location.get("url", "")).path):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        ours = ("127.0.0.1", "localhost", urlsplit(self.server.url()).hostname)
        if parts.scheme not in ("data", "blob") and parts.hostname not in ours:
            self.faults.append(f"left the machine: {request.url}")
