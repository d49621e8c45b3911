"""Count how far a page's parts jump: the browser's layout shifts, added up as in the Cumulative Layout Shift."""

from playwright.sync_api import Page

BAR = 0.1  # what web.dev calls good
# A shift within half a second of a press is what was asked for.
WATCH = """{
  window.shifts = []
  const collect = (list) => window.shifts.push(...list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput))
  new PerformanceObserver(collect).observe({ type: "layout-shift", buffered: true })
}"""
READY = {
    "home": ".flow[data-key]",
    "convolution": ".conv[data-ready]",
    "feature_maps": ".maps-sheet img",
    "augmentation": ".samples img",
}


def watch(page: Page) -> None:
    """Watch every document that the page opens from now on."""
    page.add_init_script(WATCH)


def shifted(page: Page) -> float:
    """Return the sum of all shifts since the document was opened."""
    return float(page.evaluate("() => window.shifts.reduce((sum, { value }) => sum + value, 0)"))


def shifts(page: Page) -> int:
    """Return how many shifts there were since the document was opened."""
    return int(page.evaluate("() => window.shifts.length"))
