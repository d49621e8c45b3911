"""For the last row, and on paper: presenter mode is large and has no navigation, a printed page is a handout."""

import pytest
from playwright.sync_api import expect

from cnnlab.ui.parts.pages import TITLES
from tests.browser.support.watching import Watched

SIZE = "selector => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)"
READABLE = 28  # pixels of the numbers that matter, on a projector of 1280 × 720
DARK_INK = """() => [...document.querySelectorAll(".stMain :is(p, td, th, h1, strong)")]
  .filter((element) => element.innerText?.trim() && element.checkVisibility() && !element.closest(".block"))
  .map((element) => getComputedStyle(element).color.match(/[\\d.]+/g).slice(0, 3).map(Number))
  .filter((color) => Math.max(...color) > 1 && Math.min(...color) > 190).length"""


def test_presenter_mode_comes_and_goes_by_key_and_stays_over_a_reload(visitor: Watched) -> None:
    page = visitor.open("architecture", "Architecture")
    before = page.evaluate(SIZE, ".big-number")
    page.keyboard.press("Alt+p")
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.locator("#presenter-said")).to_contain_text("Alt+P or Escape leaves it.")
    assert page.evaluate(SIZE, ".big-number") >= max(READABLE, before + 4)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    page.reload()
    expect(page.locator("html[data-presenter]")).to_have_count(1)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    page.locator(".strip button").first.wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stHeader")).to_be_visible()
    assert page.evaluate(SIZE, ".big-number") == before


def test_the_button_covers_no_name_of_a_page(visitor: Watched) -> None:
    page = visitor.open("lessons", "Lessons")
    for width in (1280, 960, 901, 768):
        page.set_viewport_size({"width": width, "height": 800})
        ends = page.get_by_test_id("stTopNavLink").evaluate_all(
            "links => links.map(a => a.getBoundingClientRect().right)"
        )
        button = page.locator("#presenter").bounding_box()
        assert button is None or max(ends) <= button["x"]


def test_escape_closes_what_is_open_before_it_leaves_presenter_mode(visitor: Watched) -> None:
    page = visitor.open("feature_maps", "Feature maps")
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Leave")).to_have_attribute("aria-pressed", "true")
    visitor.keyed("map_more").get_by_role("button").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    expect(page.locator("html[data-presenter]")).to_have_count(1)
    visitor.sheets()
    sheet = visitor.keyed("maps_layer3").locator("img")
    sheet.press("ArrowRight")
    sheet.press("Enter")
    expect(page.get_by_role("dialog", name="One map, enlarged")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="One map, enlarged")).to_be_hidden()
    expect(page.locator("html[data-presenter]")).to_have_count(1)
    page.get_by_role("button", name="Leave").click()
    expect(page.locator("html[data-presenter]")).to_have_count(0)


@pytest.mark.parametrize("name", ["home", "architecture", pytest.param("feature_maps", marks=pytest.mark.slow)])
def test_a_page_prints_whole_in_dark_ink_without_what_can_be_pressed(visitor: Watched, name: str) -> None:
    visitor.page.emulate_media(color_scheme="dark")
    page = visitor.open("" if name == "home" else name, TITLES[name])
    page.locator(".strip button, .flow[data-key]").first.wait_for()
    assert page.evaluate(DARK_INK) > 0, "on the screen it is light on dark"
    page.emulate_media(color_scheme="dark", media="print")
    for pressed in ("stHeader", "stFileUploaderDropzone", "stBaseButton-primary"):
        expect(page.get_by_test_id(pressed).first).to_be_hidden()
    expect(page.locator("#presenter")).to_be_hidden()
    assert page.evaluate(DARK_INK) == 0
    main = page.get_by_test_id("stMain").evaluate("(main) => [main.scrollHeight, main.clientHeight]")
    assert main[0] <= main[1] + 1, "nothing is scrolled away"
