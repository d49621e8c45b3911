"""Starting the server: the first address opens the right page, and a wrong setting is one sentence."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import WAIT


@pytest.mark.parametrize(
    ("path", "heading"),
    [("feature_maps", "Feature maps"), pytest.param("training", "Training", marks=pytest.mark.slow)],
)
def test_the_first_deep_link_after_a_start_opens_its_page(
    fresh_server: Server, visit: Visit, path: str, heading: str
) -> None:
    page = visit(fresh_server).page
    page.goto(fresh_server.url(path))
    expect(page.locator(".heading h1")).to_have_text(heading, timeout=WAIT)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(page).to_have_title(f"{heading} · CNN Lab")


def test_an_address_that_is_no_page_leads_home(server: Server, visit: Visit) -> None:
    visitor = visit(server)
    visitor.page.goto(server.url("a_train"))
    expect(visitor.page.locator(".heading h1")).to_have_text("CNN Lab")
    visitor.faults.clear()  # Streamlit itself reports the unknown address as an error


def test_a_setting_that_cannot_hold_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    refused = Server(tmp_path / "home", CNNLAB_RAY_ADDRESS="ray://secret:10001")
    process = refused.spawn()
    try:
        assert process.wait(timeout=60) != 0
    finally:
        refused.close()
    sentence = "CNNLAB_RAY_ADDRESS is set, but CNNLAB_ENGINE is 'local'; set it to 'ray' or unset both."
    assert f"CNN Lab cannot start: {sentence}" in refused.written()
    assert "secret" not in refused.written()
    assert "Traceback" not in refused.written()
