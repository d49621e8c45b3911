"""Twenty-five thousand pictures do not freeze the data page."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

SPLITS = {"train": 10_000, "validation": 2_500}
LONGEST_ANSWER = 2.0  # seconds; about 0.2 on a machine with nothing else to do
READING = 200_000  # milliseconds


@pytest.fixture
def large_server(tmp_path: Path, browser_path: str) -> Iterator[Server]:
    rng = np.random.default_rng(0)
    for split, count in SPLITS.items():
        for name in ("cats", "dogs"):
            folder = tmp_path / "root" / "pets" / split / name
            folder.mkdir(parents=True)
            for i in range(count):
                small = Image.fromarray(rng.integers(0, 256, (4, 5, 3), np.uint8))
                small.resize((80, 64)).save(folder / f"{i}.jpg")
    running = Server(tmp_path / "home", CNNLAB_DATA_ROOT=str(tmp_path / "root"))
    try:
        yield running.start()
    finally:
        running.close()


def name_folder(visitor: Watched, name: str) -> None:
    field = visitor.page.get_by_label("A folder on this server")
    field.fill(name)
    field.press("Enter")


def change_view(visitor: Watched, view: str, said: str) -> float:
    """Choose a view of the pictures and return how long it took until it was there."""
    began = time.monotonic()
    visitor.keyed("explore_view").get_by_text(view, exact=True).click()
    expect(visitor.keyed("explore")).to_contain_text(said)
    return time.monotonic() - began


@pytest.mark.slow
def test_a_large_folder_is_read_with_progress_cancelled_and_never_read_twice(
    large_server: Server, visit: Visit
) -> None:
    visitor, other = visit(large_server), visit(large_server)
    visitor.open("data", "Data")
    other.open("data", "Data")
    name_folder(visitor, "pets")
    expect(visitor.keyed("data_work")).to_contain_text("of 25,000")
    for who in (visitor, other):
        for view, said in (("sizes", "64 pixels wide"), ("pictures", "Click one")):
            assert change_view(who, view, said) < LONGEST_ANSWER
    visitor.page.get_by_role("button", name="Cancel").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Stopped.")
    expect(visitor.keyed("data_counts")).to_contain_text("1,600")
    name_folder(visitor, "pets/")
    expect(visitor.keyed("data_counts")).to_contain_text("20,000", timeout=READING)
    for view, said in (("sizes", "25,000 pictures are 80 pixels"), ("pictures", "Click one")):
        assert change_view(visitor, view, said) < LONGEST_ANSWER
    began = time.monotonic()
    name_folder(other, "pets")
    expect(other.keyed("data_counts")).to_contain_text("20,000", timeout=READING)
    assert time.monotonic() - began < 15
