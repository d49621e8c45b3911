"""Nothing jumps: room is kept for what comes late, and a moving window moves nothing else."""

import pytest
from playwright.sync_api import expect

from cnnlab.ui.parts.pages import TITLES
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.shifts import BAR, READY, shifted, shifts, watch
from tests.browser.support.watching import Watched

pytestmark = pytest.mark.pages

AFTER_A_PRESS = 600  # milliseconds
A_WHILE = 1500


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("home", 1280),
        ("architecture", 1280),
        ("feature_maps", 1280),
        ("augmentation", 1280),
        ("home", 390),
        ("lessons", 768),
        ("feature_maps", 768),
        ("training", 768),
        pytest.param("training", 1920, marks=pytest.mark.slow),
        pytest.param("data", 768, marks=pytest.mark.slow),
        pytest.param("convolution", 390, marks=pytest.mark.slow),
        pytest.param("home", 1920, marks=pytest.mark.slow),
    ],
)
def test_a_page_keeps_room_for_what_comes_late(visit: Visit, server: Server, name: str, width: int) -> None:
    # A process that still loads TensorFlow may answer in the middle of the first drawing.
    assert min(first_load(visit(server, width=width, height=900), name) for _ in range(2)) <= BAR


def first_load(visitor: Watched, name: str) -> float:
    """Return how far the parts of a page jump for somebody who has never been there."""
    watch(visitor.page)
    page = visitor.open("" if name == "home" else name, TITLES[name])
    if name in READY:
        page.locator(READY[name]).first.wait_for()
    visitor.steady_box(page.locator(".heading h1"))
    return shifted(page)


def test_a_window_that_slides_by_itself_moves_nothing_else(visitor: Watched) -> None:
    watch(visitor.page)
    page = visitor.open("convolution", "Convolution")
    page.locator(".conv[data-ready]").wait_for()
    page.locator(".strip button").nth(3).click()  # one that is pooled behind: its chain has most to say
    page.locator(".conv[data-ready^='3 ']").wait_for()
    visitor.steady_box(page.locator(".conv-map"))
    page.get_by_role("slider", name="Speed of the sliding window").fill("5")  # 300 places a second
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(AFTER_A_PRESS)
    before, place = shifts(page), page.locator(".conv-place").inner_text()
    page.wait_for_timeout(A_WHILE)
    expect(page.locator(".conv-place")).not_to_have_text(place)
    assert shifts(page) == before
