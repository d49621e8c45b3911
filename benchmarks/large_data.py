"""Measure how soon the data page answers while 25,000 pictures are read beside it, and how long reading takes."""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, open_page
from benchmarks.support.report import Line

SPLITS = {"train": 10_000, "validation": 2_500}  # of each class
VIEWS = (("sizes", "pixels wide"), ("pictures", "Click one"))
CHANGES = 12
READING = 100_000  # milliseconds
ANSWER = 1_000  # milliseconds


def reading() -> list[Line]:
    """Change between two views before and while a folder is read."""
    with tempfile.TemporaryDirectory() as folder:
        _write_pictures(Path(folder) / "pets")
        with servers.app(CNNLAB_DATA_ROOT=folder) as app, chromium() as browser:
            page = open_page(browser, f"{app.url}/data", ".st-key-data_counts table")
            _changes(page, 2)
            idle = _changes(page, CHANGES)
            field = page.get_by_label("A folder on this server")
            field.fill("pets")
            began = time.perf_counter()
            field.press("Enter")
            page.locator(".st-key-data_work").get_by_text("of 25,000").wait_for(timeout=READING)
            busy = _changes(page, CHANGES)
            page.locator(".st-key-data_counts").get_by_text("20,000").first.wait_for(timeout=READING)
            seconds = time.perf_counter() - began
    what = "view of the data page changed while 25,000 pictures are read, against nothing being read"
    return [
        Line(what, statistics.median(busy), "ms", ANSWER, statistics.median(idle)),
        Line("25,000 pictures (80 × 64 px) read, checked and compared with each other", seconds, "s"),
    ]


def _changes(page: Page, count: int) -> list[float]:
    """Return the milliseconds from each click on another view to its text."""
    taken = []
    for i in range(count):
        view, said = VIEWS[i % len(VIEWS)]
        choice = page.locator(".st-key-explore_view").get_by_text(view, exact=True)
        began = time.perf_counter()
        choice.click()
        page.locator(".st-key-explore").get_by_text(said).first.wait_for(timeout=READING)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _write_pictures(root: Path) -> None:
    rng = np.random.default_rng(0)
    for split, count in SPLITS.items():
        for name in ("cats", "dogs"):
            folder = root / split / name
            folder.mkdir(parents=True)
            for i in range(count):
                coarse = Image.fromarray(rng.integers(0, 256, (4, 5, 3), np.uint8))
                coarse.resize((80, 64)).save(folder / f"{i}.jpg")
