"""Measure how soon the next step of a lesson stands there, against the page that it moves."""

import statistics
import time

from playwright.sync_api import Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, open_page
from benchmarks.support.report import Line

LESSON = "07-flatten-and-dense"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
TABLE = ".st-key-shape_table table"
DOCK = ".st-key-lesson_dock"
REPEATS = 8


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
    start = time.perf_counter()
    page.locator(f".st-key-{button} button").click()
    page.locator(DOCK).get_by_text(said).wait_for()
    page.locator(IDLE).wait_for()
    taken = time.perf_counter() - start
    page.wait_for_timeout(500)
    return taken


def _paint(page: Page) -> float:
    """Return how long the page takes from a press in the navigation until all of it stands there."""
    page.get_by_test_id("stTopNavLink").filter(has_text="Lessons").click()
    page.locator(".path-open").first.wait_for()
    page.wait_for_timeout(500)
    start = time.perf_counter()
    page.get_by_test_id("stTopNavLink").filter(has_text="Architecture").click()
    page.locator(TABLE).wait_for()
    page.locator(IDLE).wait_for()
    taken = time.perf_counter() - start
    page.wait_for_timeout(500)
    return taken
