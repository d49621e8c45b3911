"""The home page in a real browser: alive before anything is pressed, lit under pointer and keys, open to a picture."""

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from cnnlab.core.shipped import ASSETS
from tests.browser.support.watching import Watched

DROP = """bytes => {
  const transfer = new DataTransfer()
  const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
  transfer.items.add(new File([content], "mine.png", { type: "image/png" }))
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.querySelector(".heading h1").dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }))
  }
}"""


def tile(visitor: Watched, column: int, place: int) -> Locator:
    return visitor.page.locator(f'.flow [data-column="{column}"] .flow-tile').nth(place)


@pytest.mark.student
def test_a_picture_has_flowed_before_anything_is_pressed_and_lights_up_what_is_pointed_at(visitor: Watched) -> None:
    page = visitor.open("", "CNN Lab")
    expect(page.locator(".flow[data-key]")).to_be_visible()
    expect(page.locator(".flow-bar-of span").first).to_have_text("dogs")
    expect(page.locator(".flow-answer")).to_contain_text("Says: dogs")
    tile(visitor, 8, 2).hover()
    expect(page.locator(".flow-said")).to_contain_text("activation_2, channel")
    expect(page.locator(".flow-said")).to_contain_text("The place sees rows")
    expect(page.locator(".flow-tile.flow-read")).to_have_count(2)
    expect(page.locator(".flow-field")).to_be_visible()
    tile(visitor, 7, 2).hover()
    expect(page.locator(".flow-tile.flow-read")).to_have_count(6)
    page.mouse.move(2, 2)
    expect(page.locator(".flow-tile.flow-read")).to_have_count(0)


def test_keys_walk_over_the_tiles_and_open_a_layer(visitor: Watched) -> None:
    page = visitor.open("", "CNN Lab")
    expect(page.locator(".flow[data-key]")).to_be_visible()
    tile(visitor, 0, 0).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".flow-said")).to_contain_text("activation, channel")
    page.keyboard.press("ArrowLeft")
    channel = page.locator(".flow-said").inner_text().split("channel ")[1].split(" of")[0]
    page.keyboard.press("Enter")
    expect(page.locator(".heading h1")).to_have_text("Convolution")
    expect(visitor.keyed("convolution_channel").locator("input")).to_have_value(channel)


@pytest.mark.student
def test_columns_follow_a_kernel_and_a_dropped_picture_flows(visitor: Watched) -> None:
    page = visitor.open("", "CNN Lab")
    flow = page.locator(".flow[data-key]")
    first = flow.get_attribute("data-key")
    visitor.control("layer0.kernel_size").press("ArrowRight")
    expect(page.locator(".flow-head strong").nth(1)).to_have_text("147×147\u200b×32")
    expect(page.locator(".flow-caution")).to_contain_text("Random weights")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f'.flow[data-key="{first}"]')).to_be_visible()
    expect(page.locator(".flow-answer")).to_contain_text("Says: dogs")
    out = io.BytesIO()
    Image.open(ASSETS / "gallery" / "cat-chelsea.jpg").convert("RGB").resize((300, 200)).save(out, "PNG")
    page.evaluate(DROP, base64.b64encode(out.getvalue()).decode())
    expect(page.locator(".flow-caution")).to_contain_text("trained on outlines")
    expect(page.locator(f'.flow[data-key="{first}"]')).to_have_count(0)


def test_on_a_telephone_the_columns_can_be_pushed_and_the_page_cannot(visitor: Watched) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    page = visitor.open("", "CNN Lab")
    expect(page.locator(".flow[data-key]")).to_be_visible()
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    box = page.locator(".flow-scroll").evaluate("(box) => [box.scrollWidth, box.clientWidth]")
    assert box[0] > box[1]
