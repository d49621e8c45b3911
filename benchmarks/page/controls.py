"""Measure how soon, and how often, a moved control shows its effect on the full architecture page."""

import statistics
import time

from playwright.sync_api import Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, milliseconds_from_key, open_page, start_counting_texts, texts_counted
from benchmarks.support.report import Line
from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_shape

FILTERS = '[data-handle="layer0.filters"]'
TABLE = ".st-key-shape_table"
SLIDER = "[data-testid=stSlider] input[type=range]"
TEXT = "[data-testid=stMarkdown]"
PRESSES = 40
PAUSE = 120  # milliseconds between key presses, so that each one stands alone
DRAG_SECONDS = 3.0
MOVE_SECONDS = 0.018


def key_press() -> list[Line]:
    """Press a key on our slider and on a stock app's, by turns, and compare the medians."""
    ours, peer = [], []
    with servers.app() as app, servers.stock() as stock, chromium() as browser:
        lab = open_page(browser, f"{app.url}/architecture", f"{TABLE} table")
        plain = open_page(browser, stock.url, SLIDER)
        lab.locator(FILTERS).focus()
        plain.locator(SLIDER).first.focus()
        filters, value = Network.seed().layers[0].config["filters"], 20
        for _ in range(PRESSES + 2):
            filters, value = filters + 1, value + 1
            ours.append(_press(lab, TABLE, _first_shape(filters)))
            peer.append(_press(plain, TEXT, f"value is {value}."))
    ours, peer = ours[2:], peer[2:]
    return [
        Line(
            "key press → new shape painted, median",
            statistics.median(ours),
            "ms",
            0.65,
            statistics.median(peer),
            of_peer=True,
        ),
        Line("key press → new shape painted, 95th percentile", _p95(ours), "ms", None, _p95(peer)),
    ]


def drag() -> list[Line]:
    """Drag a slider with the mouse and count the shapes painted in a second."""
    with servers.app() as app, chromium() as browser:
        page = open_page(browser, f"{app.url}/architecture", f"{TABLE} table")
        box = page.locator(FILTERS).bounding_box()
        assert box is not None
        top, left, width = box["y"] + box["height"] / 2, box["x"] + 8, box["width"] - 16
        value = Network.seed().layers[0].config["filters"]
        page.mouse.move(left + width * value / 128, top)
        page.mouse.down()
        start_counting_texts(page, f"{TABLE} tbody")
        start = time.perf_counter()
        while (elapsed := time.perf_counter() - start) < DRAG_SECONDS:
            there_and_back = abs((elapsed / DRAG_SECONDS * 2 + 0.25) % 2 - 1)
            page.mouse.move(left + width * there_and_back, top)
            time.sleep(max(0.0, MOVE_SECONDS - (time.perf_counter() - start - elapsed)))
        count = texts_counted(page)
        page.mouse.up()
    return [Line("shapes painted a second while dragging", count / DRAG_SECONDS, "/s", 20, 0.0, at_least=True)]


def _press(page: Page, selector: str, expected: str) -> float:
    page.bring_to_front()
    page.wait_for_timeout(PAUSE)
    return milliseconds_from_key(page, "ArrowRight", selector, expected)


def _first_shape(filters: int) -> str:
    return describe_shape(trace(Network.seed().with_option(0, "filters", filters))[0].output_shape)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
