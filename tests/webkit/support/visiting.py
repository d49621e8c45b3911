"""Be a visitor in WebKit: open pages, wait for what stands there, and collect what goes wrong in the console."""

from typing import Any

from tests.browser.support.serving import Server, until
from tests.browser.support.watching import IDLE
from tests.webkit.support.driver import Session

WAIT = 60.0  # seconds; TensorFlow may start on a busy machine meanwhile

# WebDriver does not read the console, so a page collects from when it is loaded on; its parts are drawn after that.
COLLECT = """
if (window.faults) return
window.faults = []
const say = console.error
console.error = (...words) => { window.faults.push(`console: ${words.join(" ")}`); say(...words) }
addEventListener("error", ({ message, target }) =>
  window.faults.push(`uncaught: ${message ?? target.src ?? target.href}`), true)
addEventListener("unhandledrejection", ({ reason }) => window.faults.push(`rejected: ${reason}`))
addEventListener("securitypolicyviolation", (event) =>
  window.faults.push(`policy: ${event.violatedDirective} ${event.blockedURI}`))
"""
TEXT = "return document.querySelector(arguments[0])?.textContent ?? ''"
STANDS = """
const stands = (root) => root.querySelector(arguments[0]) !== null
  || [...root.querySelectorAll("*")].some(({ shadowRoot }) => shadowRoot && stands(shadowRoot))
return stands(document)
"""
BOX = """
const element = document.querySelector(arguments[0])
element.scrollIntoView({ block: "center" })
const { x, y, width, height } = element.getBoundingClientRect()
return [x, y, width, height]
"""


class Visitor:
    """Be one visitor of a server: a window with cookies of its own, whose faults are collected."""

    def __init__(self, session: Session, server: Server) -> None:
        self.session = session
        self.server = server
        self.faults: list[str] = []

    def open(self, path: str, heading: str) -> None:
        """Open a page by its address and wait until it is drawn."""
        self.gather()
        self.session.go(self.server.url(path))
        self.session.run(COLLECT)
        self.says("h1", heading)
        self.settle()

    def gather(self) -> None:
        """Take over what this document has collected."""
        self.faults += self.session.run("return (window.faults ?? []).splice(0)")

    def settle(self) -> None:
        """Wait until the server has run the page."""
        self.shows(IDLE)

    def shows(self, css: str) -> None:
        """Wait until there is such an element, also in a component whose style is its own."""
        until(lambda: self.session.run(STANDS, css), f"no {css}", WAIT)

    def says(self, css: str, words: str) -> None:
        """Wait until the first such element holds these words."""
        until(lambda: words in self.text(css), f"{css} does not say {words!r}", WAIT)

    def text(self, css: str) -> str:
        """Return the words of the first such element; none of none."""
        return str(self.session.run(TEXT, css))

    def attribute(self, css: str, name: str) -> str:
        """Return an attribute of the first such element."""
        script = "return document.querySelector(arguments[0]).getAttribute(arguments[1])"
        return str(self.session.run(script, css, name))

    def fill(self, css: str, words: str) -> None:
        """Type in place of what stands in the first such field, and press Enter."""
        self.shows(css)
        self.session.run("const field = document.querySelector(arguments[0]); field.focus(); field.select()", css)
        self.session.press(*words, "Enter")
        self.settle()

    def focus(self, css: str) -> None:
        """Give the keyboard to the first such element."""
        self.session.run("document.querySelector(arguments[0]).focus()", css)

    def box(self, css: str) -> tuple[float, float, float, float]:
        """Bring the first such element into view, and return its left, top, width and height in the window."""
        self.settle()
        before: Any = None
        while (now := self.session.run(BOX, css)) != before:
            before = now
        left, top, width, height = now
        return left, top, width, height
