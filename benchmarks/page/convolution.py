"""Measure how soon the convolution view shows the arithmetic of the place under the pointer."""

import statistics

from playwright.sync_api import Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, open_page
from benchmarks.support.report import Line

MOVES = 60
PAUSE = 60  # milliseconds between moves, so that each one stands alone
SHOWN = ".conv-place"

# Resolves to the milliseconds from the next move of the pointer to the frame that shows another place.
_WATCH_MOVE = """(selector) => {
  window.painted = new Promise((resolve) => {
    const before = document.querySelector(selector).textContent
    let start = null
    window.addEventListener("pointermove", (event) => { start ??= event.timeStamp }, { capture: true, once: true })
    const look = () => {
      const now = performance.now()
      if (start !== null && document.querySelector(selector).textContent !== before) resolve(now - start)
      else if (start !== null && now - start > 2000) resolve(null)
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}"""


def hover() -> list[Line]:
    """Move the pointer over the map of the first and of the second convolution of the shipped network."""
    lines = []
    with servers.app() as app, chromium() as browser:
        page = open_page(browser, f"{app.url}/convolution", ".conv[data-ready]", timeout=60_000)
        for name, block in (("conv2d, 3 input channels", 0), ("conv2d_1, 32 input channels", 3)):
            if block:
                page.locator(".strip button").nth(block).click()
                page.locator(f".conv[data-ready^='{block} ']").wait_for()
                page.wait_for_timeout(1000)
            taken = _moves(page)
            what = f"hover → new arithmetic painted, {name}"
            lines.append(Line(f"{what}, median", statistics.median(taken), "ms", 16))
            lines.append(Line(f"{what}, 95th percentile", statistics.quantiles(taken, n=20)[-1], "ms"))
    return lines


def _moves(page: Page) -> list[float]:
    """Return the milliseconds of each move, along a diagonal of the map, without the first five."""
    box = page.locator(".conv-map").bounding_box()
    assert box is not None
    taken = []
    for i in range(MOVES + 5):
        share = 0.02 + 0.96 * (i % 13) / 12
        page.wait_for_timeout(PAUSE)
        page.evaluate(_WATCH_MOVE, SHOWN)
        page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
        painted = page.evaluate("() => window.painted")
        if painted is None:
            raise RuntimeError("The arithmetic of a new place was not painted within two seconds.")
        taken.append(float(painted))
    return taken[5:]
