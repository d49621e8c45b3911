"""Measure how long the first visitor waits after a cold start."""

import statistics
import subprocess
import sys
import time

from playwright.sync_api import Browser

from benchmarks.support import servers
from benchmarks.support.browser import VIEW, chromium
from benchmarks.support.report import Line

REPEATS = 3


def cold_start() -> list[Line]:
    """Start the server and open its first page, and import TensorFlow, by turns."""
    ours, peer = [], []
    with chromium() as browser:
        for _ in range(REPEATS):
            ours.append(_first_page(browser))
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import tensorflow"], check=True, capture_output=True, timeout=80)
            peer.append(time.perf_counter() - start)
    return [
        Line(
            "cold start → first page painted, against importing TensorFlow",
            statistics.median(ours),
            "s",
            0.6,
            statistics.median(peer),
            of_peer=True,
        )
    ]


def _first_page(browser: Browser) -> float:
    """Return the seconds from starting the server to its first heading in a browser that has never seen it."""
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    start = time.perf_counter()
    with servers.app(settled=False) as app:
        app.wait_until_healthy()
        page.goto(app.url, wait_until="commit")
        page.locator(".heading h1").wait_for(timeout=30_000)
        page.evaluate("() => new Promise((resolve) => requestAnimationFrame(resolve))")
        taken = time.perf_counter() - start
        context.close()
    return taken
