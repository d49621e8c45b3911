"""A teacher in a real browser: from nothing to a link, with a reload in between that loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cnnlab.ui.classroom.give.shelf import NEW
from tests.browser.conftest import CLASSROOM, Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

KEY = "a-key-of-eight"


@pytest.fixture
def with_key(browser_path: str, tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "home", base="lab", CNNLAB_HOSTS=CLASSROOM, CNNLAB_TEACHER_KEY=KEY)
    try:
        yield running.start()
    finally:
        running.close()


def type_in(visitor: Watched, label: str, value: str) -> None:
    field = visitor.page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    visitor.settle()


def press(visitor: Watched, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).click()
    visitor.settle()


def test_from_nothing_to_a_link(with_key: Server, visit: Visit) -> None:
    visitor = visit(with_key)
    page = visitor.open("exercises", "Exercises")
    type_in(visitor, "The teacher's key", KEY)
    press(visitor, NEW)
    type_in(visitor, "Title", "How wide?")
    page.get_by_role("tab", name="Steps").click()
    type_in(visitor, "Title of the step", "A window")
    press(visitor, "Add a question")
    type_in(visitor, "Question", "How wide are the maps?")
    expect(visitor.keyed("give_check")).to_contain_text("question 1 has no answer yet")
    asked = page.get_by_role("combobox", name="What is asked")
    asked.click()
    asked.fill("the width of")
    page.get_by_role("option", name="the width of the maps of a layer").click()
    expect(visitor.keyed("give_check")).to_contain_text("Nothing is wrong: 1 step, 1 question")
    page.mouse.move(300, 500)
    page.mouse.wheel(0, 2000)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_in_viewport()
    page.reload()
    type_in(visitor, "The teacher's key", KEY)
    press(visitor, "Go on writing")
    expect(page.get_by_label("Title", exact=True)).to_have_value("How wide?")
    press(visitor, "Save")
    link = page.get_by_label("The link", exact=True).input_value()
    assert link.startswith(with_key.url("?x="))
    press(visitor, "Copy the link")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    expect(page.get_by_alt_text("QR code of the link")).to_be_visible()
    press(visitor, "Large for the projector")
    expect(page.get_by_role("dialog").get_by_alt_text("QR code of the link")).to_be_visible()
    page.keyboard.press("Escape")
    press(visitor, "All exercises")
    expect(page.locator(".st-key-give_draft")).to_have_count(0)
    expect(page.get_by_test_id("stMain")).to_contain_text("How wide? version 1")
