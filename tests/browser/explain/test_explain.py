"""The path of a student through the explain page: predict, see, doubt, and ask what a unit likes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.support.watching import Watched

CANVAS = ".explain-stage canvas"
PAINTED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  return data.some((value, i) => i % 4 < 3 && value > 0)
}"""


@pytest.mark.student
def test_a_box_is_drawn_first_and_its_share_read_after(visitor: Watched) -> None:
    page = visitor.open("explain", "Explain")
    page.get_by_text("Predict first", exact=True).click()
    visitor.settle()
    canvas = page.locator(f"{CANVAS}.explain-drawn")
    box = visitor.steady_box(canvas)
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    expect(page.locator(".explain-said").first).to_contain_text("of it lies in your box")
    expect(page.locator(".explain-said").first).to_contain_text(re.compile(r"a random one holds \d+%"))
    assert page.locator(CANVAS).count() == page.locator(".explain-stage .explain-box").count() == 3


@pytest.mark.student
def test_the_same_pixel_is_read_in_every_map_by_keyboard_alone(visitor: Watched) -> None:
    page = visitor.open("explain", "Explain")
    first = page.locator(CANVAS).first
    expect(first).to_be_visible()
    first.focus()
    before = page.locator(".explain-read").first.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    read = page.locator(".explain-read").all_inner_texts()
    assert read[0] != before
    assert len({text.split(":")[0] for text in read}) == 1
    assert all(re.fullmatch(r"row 76, column 76: .*\d.*", text) for text in read)


@pytest.mark.parametrize("strength", ["0", "100"])
def test_the_maps_are_laid_over_the_picture_as_strongly_as_one_likes(visitor: Watched, strength: str) -> None:
    page = visitor.open("explain", "Explain")
    canvas = page.locator(CANVAS)
    expect(canvas).to_have_count(3)
    page.locator(".explain-strength input").fill(strength)
    assert all(each.evaluate(PAINTED) for each in canvas.all())
    pictures = {each.evaluate("canvas => canvas.toDataURL()") for each in canvas.all()}
    assert len(pictures) == (1 if strength == "0" else 3)


def test_a_map_is_doubted_and_a_unit_climbed(visitor: Watched) -> None:
    page = visitor.open("explain", "Explain")
    page.get_by_role("radio", name="Believe it?").click()
    page.get_by_role("button", name="Let it forget").click()
    expect(page.locator(".explain.small canvas")).to_have_count(7)
    expect(page.locator(".explain.small figcaption").nth(1)).to_contain_text("ρ = ")
    page.get_by_role("radio", name="What a unit likes").click()
    page.get_by_role("button", name="Climb", exact=True).click()
    expect(page.locator(".climb-said")).to_contain_text("after 64 steps")
    slider = page.get_by_label("Step of the climb")
    slider.press("Home")
    expect(page.locator(".climb-said")).to_contain_text("after 0 steps")
