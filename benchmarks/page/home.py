"""Measure how soon the network on the home page is alive, and how soon a picture has flowed through a changed one."""

import statistics
import time

from playwright.sync_api import Browser, Page

from benchmarks.page.controls import SLIDER
from benchmarks.support import servers
from benchmarks.support.browser import VIEW, chromium, open_page
from benchmarks.support.report import Line

FLOW = ".flow[data-key]"
REPEATS = 7
PRESSES = 8
# Resolves to the milliseconds from the next key press to the frame that shows another flow.
WATCH = """(flow) => {
  const before = flow.dataset.key
  window.flowed = new Promise((resolve) => {
    let start = null
    window.addEventListener("keydown", (event) => { start = event.timeStamp }, { capture: true, once: true })
    const look = () => {
      if (start !== null && flow.dataset.key !== before) resolve(performance.now() - start)
      else if (start !== null && performance.now() - start > 9000) resolve(null)
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}"""


def living() -> list[Line]:
    """Open the home page and a stock app by turns, then move the kernel."""
    with servers.app() as app, servers.stock() as stock, chromium() as browser:
        app.wait_until_healthy()
        stock.wait_until_healthy()
        ours, peer = [], []
        for _ in range(REPEATS + 1):
            ours.append(_opened(browser, app.url, FLOW))
            peer.append(_opened(browser, stock.url, SLIDER))
        page = open_page(browser, app.url, FLOW)
        page.locator(".flow input[type=range]").focus()
        flows = [_flowed(page) for _ in range(PRESSES + 1)][1:]
    return [
        Line(
            "home: address opened → picture has flowed, median",
            statistics.median(ours[1:]),
            "s",
            1.5,
            statistics.median(peer[1:]),
            of_peer=True,
        ),
        Line("home: kernel moved → picture has flowed again, median", statistics.median(flows), "s", 1.0),
    ]


def _opened(browser: Browser, url: str, ready: str) -> float:
    """Return the seconds until somebody who was never here sees what is waited for."""
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(ready).first.wait_for(timeout=30_000)
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(resolve))")
    taken = time.perf_counter() - start
    context.close()
    return taken


def _flowed(page: Page) -> float:
    """Return the seconds from a key press on the kernel's slider to the frame with the new flow."""
    page.wait_for_timeout(300)
    page.locator(".flow").evaluate(WATCH)
    page.keyboard.press("ArrowRight")
    taken = page.evaluate("() => window.flowed")
    if taken is None:
        raise RuntimeError("No picture had flowed nine seconds after a key press.")
    return float(taken) / 1000
