"""The architecture page in a real browser: shapes follow the control while it moves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

KERNEL = "layer0.kernel_size"
FIRST, FOURTH = "148 × 148 × 32", "147 × 147 × 32"


@pytest.fixture
def architecture(visitor: Watched) -> Watched:
    visitor.open("architecture", "Architecture")
    expect(visitor.keyed("network_total")).to_contain_text("1,212,513")
    return visitor


def test_the_table_is_a_real_one_with_a_row_a_layer(architecture: Watched) -> None:
    table = architecture.keyed("shape_table").locator("table")
    expect(table).to_have_count(1)
    expect(table.locator("tbody tr")).to_have_count(15)
    expect(table.locator("tfoot")).to_contain_text("1,212,513")


@pytest.mark.student
def test_an_arrow_key_steps_by_one_and_changes_the_table(architecture: Watched) -> None:
    first = architecture.keyed("shape_table").locator("tbody tr").first
    slider = architecture.control(KERNEL)
    slider.focus()
    slider.press("ArrowRight")
    expect(slider).to_have_value("4")
    expect(first).to_contain_text(FOURTH)
    slider.press("ArrowLeft")
    expect(slider).to_have_value("3")
    expect(first).to_contain_text(FIRST)


@pytest.mark.student
def test_shapes_are_repainted_while_the_mouse_is_still_down(architecture: Watched) -> None:
    page, slider = architecture.page, architecture.control(KERNEL)
    box = architecture.steady_box(slider)
    middle, left, right = box["y"] + box["height"] / 2, box["x"] + 0.16 * box["width"], box["x"] + box["width"] - 8
    page.mouse.move(left, middle)
    page.mouse.down()
    seen = []
    for step in range(1, 25):
        page.mouse.move(left + (right - left) * step / 24, middle)
        page.wait_for_timeout(100)
        seen.append(architecture.shape(0))
    page.mouse.up()
    assert len(set(seen)) >= 4, f"repainted only to {sorted(set(seen))} before the mouse was released"
    expect(architecture.keyed("shape_table").locator("tbody tr").first).to_contain_text("136 × 136 × 32")


def test_undo_and_redo_move_the_slider_too(architecture: Watched) -> None:
    slider, first = architecture.control(KERNEL), architecture.keyed("shape_table").locator("tbody tr").first
    slider.focus()
    slider.press("End")
    expect(first).to_contain_text("136 × 136 × 32")
    history = architecture.keyed("network_history")
    history.get_by_role("button", name="Undo").click()
    expect(first).to_contain_text(FIRST)
    expect(slider).to_have_value("3")
    history.get_by_role("button", name="Redo").click()
    expect(first).to_contain_text("136 × 136 × 32")
    expect(slider).to_have_value("15")


def test_two_pools_of_twelve_name_the_impossible_layer_and_the_arithmetic(architecture: Watched) -> None:
    for handle in ("layer2.pool_size", "layer5.pool_size"):
        architecture.control(handle).focus()
        architecture.control(handle).press("End")
        expect(architecture.control(handle)).to_have_value("12")
    impossible = architecture.keyed("shape_table").locator("tr.problem")
    expect(impossible).to_have_count(1)
    expect(impossible).to_contain_text(re.compile(r"max_pooling2d_1.*(\b10\b.*\b12\b|\b12\b.*\b10\b)"))
    expect(architecture.keyed("network_total")).to_contain_text("max_pooling2d_1")


@pytest.mark.student
def test_a_change_holds_on_the_next_page_and_in_the_strip(architecture: Watched) -> None:
    architecture.control(KERNEL).focus()
    architecture.control(KERNEL).press("ArrowRight")
    expect(architecture.keyed("network_strip")).to_contain_text("147×147×32")
    architecture.go_to("Training")
    expect(architecture.keyed("network_strip")).to_contain_text("147×147×32")


@pytest.mark.student
def test_a_reload_brings_the_network_back_with_its_history(architecture: Watched) -> None:
    first = architecture.keyed("shape_table").locator("tbody tr").first
    architecture.control(KERNEL).press("ArrowRight")
    expect(first).to_contain_text(FOURTH)
    architecture.page.reload()
    expect(first).to_contain_text(FOURTH)
    expect(architecture.control(KERNEL)).to_have_value("4")
    architecture.keyed("network_history").get_by_role("button", name="Undo").click()
    expect(first).to_contain_text(FIRST)
    architecture.keyed("network_history").get_by_role("button", name="Redo").click()
    expect(first).to_contain_text(FOURTH)


@pytest.mark.slow
@pytest.mark.student
def test_a_restarted_server_brings_the_network_back(fresh_server: Server, visit: Visit) -> None:
    visitor = visit(fresh_server)
    visitor.open("architecture", "Architecture")
    visitor.control(KERNEL).press("ArrowRight")
    expect(visitor.keyed("shape_table").locator("tbody tr").first).to_contain_text(FOURTH)
    fresh_server.kill()
    fresh_server.start()
    visitor.open("data", "Data")
    expect(visitor.keyed("network_strip")).to_contain_text("147×147×32")
    stranger = visit(fresh_server)
    stranger.open("data", "Data")
    expect(stranger.keyed("network_strip")).to_contain_text("148×148×32")
    visitor.faults.clear()  # the browser reports the server that went away


def test_two_visitors_keep_their_own_networks(architecture: Watched, visit: Visit) -> None:
    other = visit(architecture.server)
    other.open("architecture", "Architecture")
    architecture.control(KERNEL).focus()
    architecture.control(KERNEL).press("End")
    expect(architecture.keyed("network_total")).not_to_contain_text("1,212,513")
    other.control("layer3.kernel_size").focus()
    other.control("layer3.kernel_size").press("ArrowRight")
    expect(other.keyed("shape_table").locator("tbody tr").nth(3)).to_contain_text("71 × 71 × 32")
    assert other.shape(0) == FIRST
    expect(architecture.keyed("shape_table").locator("tbody tr").first).to_contain_text("136 × 136 × 32")
