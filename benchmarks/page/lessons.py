"""Measure how soon the next step of a lesson stands there, against the page that it moves."""

import statistics

from playwright.sync_api import Locator, Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, open_page
from benchmarks.support.report import Line

LESSON = "07-flatten-and-dense"
TABLE = ".st-key-shape_table table"
DOCK = ".st-key-lesson_dock"
REPEATS = 8
# Resolves to the milliseconds from the next click to the frame in which what is waited for stands there and all rests.
WATCH = """([selector, text]) => {
  window.stands = new Promise((resolve) => {
    addEventListener("click", (event) => {
      const look = () => {
        const found = [...document.querySelectorAll(selector)].some((each) => each.textContent.includes(text))
        const idle = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
        if (found && idle) requestAnimationFrame(() => resolve(performance.now() - event.timeStamp))
        else if (performance.now() - event.timeStamp > 9000) resolve(null)
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    }, { capture: true, once: true })
  })
}"""


def steps() -> list[Line]:
    """Go a step on and back in a lesson, and to the page it shows by the navigation, by turns."""
    with servers.app() as app, chromium() as browser:
        app.wait_until_healthy()
        lesson = open_page(browser, f"{app.url}/lessons?lesson={LESSON}&step=1", DOCK)
        lesson.locator(TABLE).wait_for()
        page = open_page(browser, f"{app.url}/architecture", TABLE)
        moved, painted = [], []
        for _ in range(REPEATS):
            moved.append(_step(lesson, "lesson_next", "step 2 of"))
            painted.append(_paint(page))
            moved.append(_step(lesson, "lesson_back", "step 1 of"))
            painted.append(_paint(page))
    return [
        Line(
            "lesson: next step painted, against its page painted, median",
            statistics.median(moved),
            "s",
            1.0,
            statistics.median(painted),
            of_peer=True,
        )
    ]


def _step(page: Page, button: str, said: str) -> float:
    return _clicked(page, page.locator(f".st-key-{button} button"), DOCK, said)


def _paint(page: Page) -> float:
    """Return how long the page takes from a press in the navigation until all of it stands there."""
    page.get_by_test_id("stTopNavLink").filter(has_text="Lessons").click()
    page.locator(".path-open").first.wait_for()
    page.wait_for_timeout(500)
    return _clicked(page, page.get_by_test_id("stTopNavLink").filter(has_text="Architecture"), TABLE, "dense")


def _clicked(page: Page, what: Locator, selector: str, text: str) -> float:
    """Return the seconds from a click until an element with a text stands there and nothing goes on."""
    page.evaluate(WATCH, [selector, text])
    what.click()
    taken = page.evaluate("() => window.stands")
    if taken is None:
        raise RuntimeError(f"{text!r} did not stand there nine seconds after a click.")
    page.wait_for_timeout(500)
    return float(taken) / 1000
