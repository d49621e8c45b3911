"""From a press to a result on a borrowed trunk, tuned, and looked into, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.support.watching import Watched

RESULT = 180_000  # milliseconds, on a machine where others work too


@pytest.mark.slow
def test_a_head_trains_on_a_borrowed_trunk_and_is_tuned(visitor: Watched) -> None:
    page = visitor.open("training", "Training")
    page.get_by_role("radio", name="Borrowed trunk").click()
    expect(page.get_by_text("3,413,024")).to_be_visible()
    page.get_by_role("combobox", name="Image size").click()
    page.get_by_role("option", name="96", exact=True).click()
    page.get_by_role("button", name="Start training").click()
    status = page.locator(".st-key-run_status")
    expect(status.get_by_text("finished", exact=True)).to_be_visible(timeout=RESULT)
    accuracy = float(status.locator(".big-number").first.inner_text().removesuffix("%"))
    assert accuracy >= 85, "a head on a trunk knows silhouettes"
    page.get_by_text("What would it call my picture?").click()
    expect(page.get_by_text("WordNet")).to_be_visible(timeout=RESULT)
    page.get_by_role("button", name="Fine-tune").click()
    page.get_by_role("button", name="Start fine-tuning").click()
    expect(status.get_by_text("fine-tuned")).to_be_visible()
    expect(status.get_by_text("running", exact=True)).to_be_visible(timeout=RESULT)
    page.get_by_role("button", name="Stop").click()
    expect(status.get_by_text("stopped", exact=True)).to_be_visible(timeout=RESULT)
