"""The network editor in a real browser: by keyboard alone, mended by one click, taken along and brought back."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.support.watching import Watched

STEPS = 250  # presses of Tab at most


@pytest.fixture
def architecture(visitor: Watched) -> Watched:
    visitor.open("architecture", "Architecture")
    expect(visitor.keyed("network_total")).to_contain_text("1,212,513")
    return visitor


def row(visitor: Watched, index: int) -> Locator:
    return visitor.keyed("shape_table").locator("tbody tr").nth(index)


def tab_to(visitor: Watched, selector: str, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until the focus stands on an element."""
    for _ in range(STEPS):
        visitor.page.keyboard.press(key)
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(visitor: Watched, selector: str) -> None:
    tab_to(visitor, selector)
    visitor.page.keyboard.press("Enter")


UNDO = '.st-key-network_history button[data-history="undo"]'


@pytest.mark.student
def test_a_keyboard_adds_a_layer_changes_it_reads_its_shape_and_undoes_it(architecture: Watched) -> None:
    keys = architecture.page.keyboard
    press(architecture, '.views button[data-editor="true"]')
    tab_to(architecture, "th button")
    for key in ("Home", "ArrowDown", "ArrowDown", "Enter"):
        keys.press(key)
    expect(architecture.keyed("network_panel")).to_contain_text("max_pooling2d")
    architecture.page.locator(".views button").first.focus()
    tab_to(architecture, ".adding select")
    keys.press("Home")  # the first kind: Conv2D
    press(architecture, ".adding button")
    expect(row(architecture, 3)).to_contain_text("72 × 72 × 32")
    expect(architecture.control("layer3.filters")).to_be_focused()
    keys.press("ArrowRight")
    expect(row(architecture, 3)).to_contain_text("72 × 72 × 33")
    press(architecture, UNDO)
    keys.press("Enter")
    expect(architecture.keyed("network_total")).to_contain_text("1,212,513")
    expect(row(architecture, 3)).to_contain_text("72 × 72 × 32")
    expect(architecture.keyed("shape_table").locator("tbody tr")).to_have_count(15)


def test_a_moved_layer_keeps_the_keyboard(architecture: Watched) -> None:
    architecture.page.locator('.views button[data-editor="true"]').click()
    architecture.page.get_by_role("button", name="Move down activation", exact=True).press("Enter")
    expect(row(architecture, 2)).to_contain_text("activation")
    expect(row(architecture, 1)).to_contain_text("max_pooling2d")
    expect(architecture.page.locator('[data-action="down"][data-index="2"]')).to_be_focused()


def test_an_impossible_network_is_mended_by_one_click(architecture: Watched) -> None:
    for handle in ("layer2.pool_size", "layer5.pool_size"):
        architecture.control(handle).press("End")
    fixes = architecture.keyed("network_panel").locator("[data-fix]")
    expect(fixes.first).to_be_in_viewport()
    assert fixes.count() >= 3
    fixes.first.click()
    expect(architecture.keyed("shape_table").locator("tr.problem")).to_have_count(0)
    expect(architecture.keyed("network_total")).to_contain_text("parameters")


def test_a_wrong_prediction_names_the_slip_and_a_right_one_moves_on(architecture: Watched) -> None:
    page, table = architecture.page, architecture.keyed("shape_table")
    page.locator("select.asked").select_option("shape")
    expect(table).not_to_contain_text("148 × 148")
    first, second = table.locator('[data-ask="0"]'), table.locator('[data-ask="1"]')
    first.fill("147 147 32")
    first.press("Enter")
    expect(row(architecture, 0)).to_contain_text("add 1")
    first.fill("148 148 32")
    first.press("Enter")
    expect(row(architecture, 0)).to_contain_text("150 − 3 + 1 = 148")
    expect(second).to_be_focused()
    page.get_by_role("button", name="Show the answers").click()
    expect(row(architecture, 14)).to_contain_text("1")
    expect(table.locator("[data-ask]")).to_have_count(0)


def test_only_what_a_change_moved_is_not_dimmed_and_one_veil_dims_the_rest(architecture: Watched) -> None:
    architecture.control("layer6.filters").press("ArrowRight")
    expect(row(architecture, 6)).to_contain_text("34 × 34 × 65")
    expect(row(architecture, 6).locator("td.changed").first).to_have_css("z-index", "1")
    expect(row(architecture, 3).locator("td").nth(1)).to_have_css("z-index", "auto")
    table = architecture.keyed("shape_table").locator("table")
    # Each one is a layer of the browser's at every move of a control.
    running = "table => table.getAnimations({ subtree: true }).map(one => one.animationName + one.effect.pseudoElement)"
    assert table.evaluate(running) == ["come-back::after"]


@pytest.mark.parametrize("way", ["link", "json"])
def test_a_network_comes_back_from_its_link_and_from_its_file(
    architecture: Watched, visit: Visit, tmp_path: Path, way: str
) -> None:
    architecture.control("layer0.kernel_size").press("End")
    expect(row(architecture, 0)).to_contain_text("136 × 136 × 32")
    other = visit(architecture.server)
    if way == "link":
        page = architecture.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator(".copied")).to_contain_text("copied")
        link = page.evaluate("navigator.clipboard.readText()")
        other.open(link.removeprefix(architecture.server.url()), "Architecture")
    else:
        file = tmp_path / "network.json"
        with architecture.page.expect_download() as saved:
            architecture.page.get_by_role("button", name="JSON", exact=True).click()
        saved.value.save_as(file)
        other.open("architecture", "Architecture")
        other.page.get_by_role("button", name="Open a JSON").click()
        other.page.locator(".st-key-network_file input[type=file]").set_input_files(file)
    expect(row(other, 0)).to_contain_text("136 × 136 × 32")


def test_a_damaged_link_gets_one_sentence_and_the_posts_network(visitor: Watched) -> None:
    visitor.open("architecture?net=1.abc<script>", "Architecture")
    expect(visitor.page.get_by_test_id("stAlert")).to_have_count(1)
    expect(visitor.keyed("network_total")).to_contain_text("1,212,513")


def test_the_diagram_selects_layers_and_is_taken_along(architecture: Watched, tmp_path: Path) -> None:
    page, diagram = architecture.page, architecture.keyed("diagram")
    diagram.locator("summary").click()
    diagram.locator('.diagram g[data-layer="3"]').click()
    expect(architecture.keyed("network_panel")).to_contain_text("conv2d_1")
    expect(diagram.locator(".closer svg")).to_contain_text("32 kernels of 3 × 3 × 32")
    for name, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as saved:
            diagram.get_by_role("button", name=name).click()
        saved.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)
    drawn = ET.parse(tmp_path / "SVG").getroot()
    assert len([g for g in drawn.iter() if g.get("data-layer") is not None]) == 16


def test_keras_own_summary_stands_beside_the_table(architecture: Watched) -> None:
    architecture.page.get_by_text("Keras' own summary").click()
    said = architecture.page.get_by_test_id("stCode")
    expect(said).to_contain_text("Total params: 1,212,513", timeout=60_000)
    architecture.control("layer0.filters").press("ArrowRight")
    expect(said).to_contain_text("(None, 148, 148, 33)", timeout=60_000)
    expect(
        architecture.page.get_by_text(re.compile("all 15 names, output shapes and parameter counts equal"))
    ).to_be_visible()
