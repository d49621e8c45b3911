"""Lessons in a real browser: by keyboard alone, entered in the middle, left again, never covering what they show."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.network.test_network_editor import tab_to
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

PLACE = "lessons?lesson=02-a-picture-is-numbers&step=3"
KERNEL = "lessons?lesson=03-one-kernel&step="
BACK = "Shift+Tab"


def dock(visitor: Watched) -> Locator:
    return visitor.keyed("lesson_dock")


def press(visitor: Watched, key: str) -> None:
    """Reach a button of the dock by Tab, unless it has the focus already, and press it."""
    button = f".st-key-{key} button"
    if not visitor.page.evaluate("selector => document.activeElement.matches(selector)", button):
        tab_to(visitor, button)
    visitor.page.keyboard.press("Enter")


def answer(visitor: Watched, words: str, key: str = "Tab") -> None:
    tab_to(visitor, '.st-key-lesson_dock input[type="text"]', key)
    visitor.page.keyboard.type(words)
    visitor.page.keyboard.press("Enter")


@pytest.mark.student
def test_a_lesson_is_played_by_keyboard_alone(visitor: Watched) -> None:
    # Back by Shift+Tab: past the end of the page a Firefox under WebDriver gives the focus to its own window for good.
    visitor.open("lessons", "Lessons")
    visitor.page.locator(".path-open").nth(3).focus()
    visitor.page.keyboard.press("Enter")
    expect(dock(visitor)).to_contain_text("step 1 of 6")
    answer(visitor, "9")
    expect(dock(visitor)).to_contain_text("That is one plane; the window sees all 3.")
    press(visitor, "lesson_next")
    expect(dock(visitor)).to_contain_text("step 2 of 6")
    answer(visitor, "148", BACK)
    expect(dock(visitor)).to_contain_text("Right: 148.")
    press(visitor, "lesson_next")
    expect(visitor.page.locator(".heading h1")).to_have_text("Architecture")
    expect(dock(visitor)).to_contain_text(": 148; wanted: 146")
    tab_to(visitor, '[data-handle="layer0.kernel_size"]', BACK)
    for _ in range(2):
        visitor.page.keyboard.press("ArrowRight")
    expect(dock(visitor)).to_contain_text("✓ Make the map of conv2d 146 columns wide")
    for number in (4, 5, 6):
        press(visitor, "lesson_next")
        expect(dock(visitor)).to_contain_text(f"step {number} of 6")
    press(visitor, "lesson_leave")
    expect(dock(visitor)).to_have_count(0)
    visitor.go_to("Lessons")
    expect(visitor.page.locator("li.done .path-open")).to_contain_text("done")
    expect(visitor.page.locator(".path-count")).to_contain_text("2 answers kept in this browser.")


def test_a_step_is_entered_in_its_middle_and_leaving_gives_the_own_network_back(visitor: Watched) -> None:
    visitor.open("architecture", "Architecture")
    visitor.control("layer0.filters").press("ArrowRight")
    expect(visitor.keyed("network_total")).not_to_contain_text("1,212,513")
    own = visitor.keyed("network_total").inner_text()
    visitor.page.goto(visitor.server.url(KERNEL + "4"))
    expect(dock(visitor)).to_contain_text("step 4 of 6")
    expect(visitor.keyed("network_total")).to_contain_text("1,212,513")
    visitor.page.reload()
    expect(dock(visitor)).to_contain_text("step 4 of 6")
    visitor.page.get_by_role("button", name="Leave the lesson").click()
    expect(dock(visitor)).to_have_count(0)
    expect(visitor.keyed("network_total")).to_contain_text(own.split()[0])


@pytest.mark.student
def test_a_place_of_the_map_is_pressed_by_pointer_and_by_key(visitor: Watched) -> None:
    visitor.page.goto(visitor.server.url(PLACE))
    visitor.page.locator(".conv[data-ready]").wait_for()
    expect(dock(visitor)).to_contain_text("Click a place in the map")
    canvas = visitor.page.locator(".conv-map")
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": box["width"] * 0.1, "y": box["height"] / 2})
    expect(dock(visitor)).to_contain_text("of channel 0 of conv2d; look again.")
    canvas.press("PageUp")
    canvas.press("Home")
    for _ in range(8):
        canvas.press("Shift+ArrowDown")
    for _ in range(2):
        canvas.press("Shift+ArrowRight")
    canvas.press("Enter")
    expect(dock(visitor)).to_contain_text("Rows and columns are swapped: this is row 80, column 20.")
    for _ in range(6):
        canvas.press("Shift+ArrowUp")
        canvas.press("Shift+ArrowRight")
    canvas.press("Enter")
    expect(dock(visitor)).to_contain_text("Right: row 20, column 80 of channel 0 of conv2d.")


def test_one_thing_is_outlined_after_several_steps(visitor: Watched) -> None:
    visitor.page.goto(visitor.server.url(KERNEL + "3"))
    light = visitor.page.locator(".lesson-light")
    for number in (4, 5):
        light.first.wait_for()
        visitor.page.locator(".st-key-lesson_next button").click()
        expect(dock(visitor)).to_contain_text(f"step {number} of 6")
    light.first.wait_for()
    visitor.page.wait_for_timeout(400)
    expect(light).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
@pytest.mark.parametrize(
    ("step", "point"),
    [pytest.param(1, ".conv-parts", marks=pytest.mark.slow), (3, '[data-handle="layer0.kernel_size"]')],
)
def test_the_dock_hides_nothing_of_what_a_step_shows(
    visit: Visit, server: Server, width: int, height: int, step: int, point: str
) -> None:
    visitor = visit(server, width, height)
    visitor.page.goto(visitor.server.url(KERNEL + str(step)))
    expect(dock(visitor)).to_be_visible()
    light = visitor.page.locator(".lesson-light")
    light.wait_for()
    visitor.steady_box(light)
    shown, covered = visitor.page.locator(point).first.bounding_box(), dock(visitor).bounding_box()
    assert shown is not None
    assert covered is not None
    assert 0 <= shown["y"] < height
    beside = shown["x"] + shown["width"] <= covered["x"] + 1
    above = shown["y"] + min(shown["height"], 60) <= covered["y"] + 1
    assert beside or above


@pytest.mark.slow
def test_an_own_training_of_a_lesson_reaches_its_goal_and_the_next_step_judges_it(visitor: Watched) -> None:
    visitor.page.goto(visitor.server.url("lessons?lesson=10-train-it&step=4"))
    expect(dock(visitor)).to_contain_text("No training of yours is open")
    visitor.keyed("start_training").get_by_role("button").click()
    expect(dock(visitor)).to_contain_text("✓ Press Start training", timeout=90_000)
    visitor.keyed("lesson_next").get_by_role("button").click()
    expect(visitor.keyed("confusion")).to_be_visible()
    expect(visitor.keyed("run_status")).to_contain_text("input 32 × 32 × 3")
