"""The path of a student through a sequence: mark by keyboard, see what decided, follow a filter without the server."""

import re

from playwright.sync_api import expect

from tests.browser.support.watching import Watched

MOVES = """canvas => {
  const box = canvas.getBoundingClientRect()
  const took = []
  for (let i = 0; i < 40; i += 1) {
    const begun = performance.now()
    const at = { clientX: box.left + (box.width * i) / 40, clientY: box.top + 30, bubbles: true }
    canvas.dispatchEvent(new PointerEvent("pointermove", at))
    took.push(performance.now() - begun)
  }
  return took.sort((a, b) => a - b)[20]
}"""


def test_a_motif_is_marked_by_keyboard_and_a_filter_followed_without_the_server(visitor: Watched) -> None:
    page = visitor.open("sequences", "Sequences")
    page.get_by_role("button", name="as my network").click()
    stage = page.locator(".letters-stage.letters-asks")
    stage.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".letters-read")).to_contain_text("marked: positions 3 to 5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You marked positions 3 to 5.")).to_be_visible()
    expect(page.locator(".letters-read")).to_have_text("")
    page.locator(".letters-stage").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".letters-read")).to_contain_text(re.compile(r"position 2, \w.*to .*gradient × input"))
    page.get_by_role("radio", name="Filters").click()
    logo = page.locator(".logos button").nth(3)
    logo.click()
    scan = page.locator(".scan > canvas")
    expect(page.locator(f".scan[data-ready='{logo.get_attribute('data-filter')}']")).to_be_visible()
    visitor.settle()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert scan.evaluate(MOVES) < 16
    scan.focus()
    page.keyboard.press("Home")
    expect(page.locator(".scan-said")).to_contain_text("positions 1 to 12")
    assert not asked
