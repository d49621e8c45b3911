"""Drive a real browser and take the time until a frame shows something new."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.support.find_chromium import find_chromium

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
VIEW = {"width": 1280, "height": 720}

# Resolves to the milliseconds from the next key press to the frame that finds `expected` below `selector`.
_WATCH_KEY = """([selector, expected]) => {
  window.painted = new Promise((resolve) => {
    let start = null
    window.addEventListener("keydown", (event) => { start = event.timeStamp }, { capture: true, once: true })
    const look = () => {
      const now = performance.now()
      const shown = document.querySelector(selector)?.textContent.includes(expected)
      if (start !== null && shown) resolve(now - start)
      else if (start !== null && now - start > 5000) resolve(null)
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}"""

# Counts the frames that find another text below `selector` than the frame before, until told to stop.
_COUNT_TEXTS = """(selector) => {
  window.texts = { count: 0, counting: true }
  let last = document.querySelector(selector).textContent
  const look = () => {
    const text = document.querySelector(selector)?.textContent ?? last
    if (text !== last) { last = text; window.texts.count += 1 }
    if (window.texts.counting) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser; raise `RuntimeError` where there is none."""
    path = find_chromium()
    if path is None:
        raise RuntimeError("No Chromium was found; `make browser` finds or installs one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, url: str, ready: str, timeout: float = 30_000) -> Page:
    """Open an address in a visitor of its own, and wait until something is there and the page has come to rest."""
    page = browser.new_context(viewport=VIEW).new_page()
    page.goto(url)
    page.locator(ready).first.wait_for(timeout=timeout)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    return page


def milliseconds_from_key(page: Page, key: str, selector: str, expected: str) -> float:
    """Press a key and return the milliseconds until a frame found `expected`; raise `RuntimeError` after 5 s."""
    page.evaluate(_WATCH_KEY, [selector, expected])
    page.keyboard.press(key)
    painted = page.evaluate("() => window.painted")
    if painted is None:
        raise RuntimeError(f"The text {expected!r} was not painted within five seconds of a key press.")
    return float(painted)


def start_counting_texts(page: Page, selector: str) -> None:
    """Count from now on how often a frame shows another text below `selector`."""
    page.evaluate(_COUNT_TEXTS, selector)


def texts_counted(page: Page) -> int:
    """Stop counting and return how many new texts were painted."""
    return int(page.evaluate("() => { window.texts.counting = false; return window.texts.count }"))
