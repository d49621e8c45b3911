"""Measure how far the parts of each page jump while it loads for the first time."""

from playwright.sync_api import Browser

from benchmarks.support import servers
from benchmarks.support.browser import VIEW, chromium
from benchmarks.support.report import Line
from cnnlab.ui.parts.pages import TITLES
from tests.browser.support.shifts import BAR, READY, shifted, watch

SETTLE = 1500  # milliseconds after the last part that is waited for


def first_loads() -> list[Line]:
    """Open every page in a browser that has never seen it, and add its layout shifts up."""
    with servers.app() as app, chromium() as browser:
        app.wait_until_healthy()
        return [
            Line(f"layout shift of the first load, {name}", _shifted(browser, app.url, name), "", BAR)
            for name in TITLES
        ]


def _shifted(browser: Browser, url: str, name: str) -> float:
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    watch(page)
    page.goto(f"{url}/{'' if name == 'home' else name}")
    page.locator(READY.get(name, ".heading h1")).first.wait_for(timeout=30_000)
    page.wait_for_timeout(SETTLE)
    found = shifted(page)
    context.close()
    return found
