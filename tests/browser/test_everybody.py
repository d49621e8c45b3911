"""Everybody can use it: on a narrow telephone, and with a screen reader."""

from typing import Any

import pytest
from playwright.sync_api import expect

from cnnlab.ui.parts.pages import TITLES
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server, until
from tests.browser.support.watching import Watched

pytestmark = pytest.mark.pages

INTERACTIVE = {"button", "slider", "link", "textbox", "spinbutton", "combobox", "checkbox", "radio", "switch", "tab"}
NARROWEST = 200  # pixels of a column
WIDE = """() => {
  const main = document.querySelector('[data-testid="stMain"]')
  const limit = main.getBoundingClientRect().right
  const out = [...main.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > limit + 1)
  const names = out.slice(0, 5).map(e => e.tagName + '.' + e.className)
  return {scroll: main.scrollWidth, room: main.clientWidth, page: document.documentElement.scrollWidth, names}
}"""


@pytest.mark.parametrize("name", list(TITLES))
@pytest.mark.student
def test_no_page_scrolls_sideways_on_a_telephone(server: Server, visit: Visit, name: str) -> None:
    visitor = visit(server, width=390, height=844)
    visitor.open("" if name == "home" else name, TITLES[name])
    if name == "feature_maps":
        visitor.sheets()
    if name == "convolution":
        visitor.page.locator(".conv[data-ready]").wait_for()
    visitor.steady_box(visitor.page.locator(".heading h1"))
    measured = visitor.page.evaluate(WIDE)
    assert measured["scroll"] <= measured["room"], measured
    assert measured["page"] <= 390, measured


@pytest.mark.parametrize("name", ["data", "augmentation"])
def test_on_a_tablet_no_column_is_narrower_than_its_controls(server: Server, visit: Visit, name: str) -> None:
    visitor = visit(server, width=768, height=1024)
    page = visitor.open(name, TITLES[name])
    columns = page.locator(".stMainBlockContainer .stColumn")
    columns.first.wait_for()
    visitor.steady_box(page.locator(".heading h1"))
    assert min(columns.evaluate_all("columns => columns.map(column => column.clientWidth)")) >= NARROWEST
    assert page.evaluate(WIDE)["scroll"] <= 768


def test_at_twice_the_size_the_formulas_of_the_table_are_reached_sideways(server: Server, visit: Visit) -> None:
    visitor = visit(server, width=640, height=360)
    page = visitor.open("architecture", "Architecture")
    formula = page.locator("table.shapes tbody td.why").nth(1)
    expect(formula).to_have_text("(3·3·3 + 1)·32")
    formula.scroll_into_view_if_needed()
    expect(formula).to_be_in_viewport(ratio=1)
    expect(page.locator("table.shapes tbody th").first).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("name", ["architecture", "convolution", "augmentation", "training"])
def test_every_control_has_a_name_for_a_screen_reader(visitor: Watched, name: str) -> None:
    visitor.open(name, TITLES[name])
    if name == "convolution":
        visitor.page.locator(".conv[data-ready]").wait_for()
    session = visitor.page.context.new_cdp_session(visitor.page)

    def controls() -> list[dict[str, Any]]:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        found = [node for node in nodes if not node["ignored"] and node["role"]["value"] in INTERACTIVE]
        return found if len(found) >= 8 else []

    unnamed = [
        node["role"]["value"]
        for node in until(controls, "the page shows no controls")
        if not node.get("name", {}).get("value", "").strip()
    ]
    assert not unnamed


def test_every_live_control_of_the_network_has_its_own_name(visitor: Watched) -> None:
    visitor.open("architecture", "Architecture")
    inputs = visitor.keyed("network_controls").locator("input")
    expect(inputs).to_have_count(12)
    said = inputs.evaluate_all("inputs => inputs.map(i => [i.dataset.handle, i.getAttribute('aria-label')])")
    handles = [handle for handle, _ in said]
    assert handles[:4] == ["input.size", "layer0.filters", "layer0.kernel_size", "layer2.pool_size"]
    names = [name for _, name in said]
    assert len(set(names)) == len(names) == 12


@pytest.mark.student
def test_the_strip_is_one_stop_of_the_tab_key_and_arrows_move_within(visitor: Watched) -> None:
    page = visitor.open("architecture", "Architecture")
    blocks = page.locator(".strip button")
    expect(blocks).to_have_count(15)
    expect(page.locator(".strip button[tabindex='0']")).to_have_count(1)
    blocks.first.focus()
    for key, at in (("ArrowRight", 1), ("End", 14), ("ArrowLeft", 13), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        expect(blocks.nth(at)).to_be_focused()
    page.keyboard.press("Enter")
    expect(blocks.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(blocks.nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".strip :focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(blocks.nth(1)).to_be_focused()
