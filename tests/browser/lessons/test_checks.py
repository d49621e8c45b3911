"""A check in a real browser: by keyboard alone, kept over a reload, and taken along as a file without a name."""

import csv
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.network.test_network_editor import tab_to
from tests.browser.support.watching import Watched

QUESTION = ".st-key-check_question"


def test_a_check_is_taken_by_keyboard_alone_and_comes_along_as_csv(visitor: Watched) -> None:
    page = visitor.page
    visitor.open("lessons", "Lessons")
    page.locator(".path-open").first.focus()
    page.keyboard.press("Enter")
    question = visitor.keyed("check_question")
    tab_to(visitor, f"{QUESTION} input")
    for number in range(1, 7):
        expect(question).to_contain_text(f"Question {number} of 6")
        expect(question.locator("input").first).to_be_focused()
        if number == 3:
            page.reload()
            expect(question).to_contain_text("Question 3 of 6")
            expect(question.locator("dfn")).to_have_count(0)
            tab_to(visitor, f"{QUESTION} input")
        if question.locator("input[type=radio]").count():
            page.keyboard.press("Space")
            tab_to(visitor, f"{QUESTION} button")
            page.keyboard.press("Enter")
        else:
            page.keyboard.type("36")
            page.keyboard.press("Enter")
    expect(page.get_by_text("of 6 right.")).to_be_visible()
    with page.expect_download() as saved:
        page.locator(".check-csv").focus()
        page.keyboard.press("Enter")
    rows = list(csv.DictReader(Path(saved.value.path()).read_text("utf-8-sig").splitlines()))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {row["check"] for row in rows} == {"before"}
    assert len({row["code"] for row in rows}) == 1
    assert all(row["when"] and row["right"] in ("true", "false") for row in rows)
    tab_to(visitor, ".st-key-check_close button")
    page.keyboard.press("Enter")
    expect(page.locator("li.check.done")).to_have_count(1)


def test_a_lesson_prints_on_paper(visitor: Watched) -> None:
    visitor.open("lessons", "Lessons")
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("link", name="Teacher’s copy: One kernel, one patch").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("One kernel, one patch: teacher’s copy")
    expect(opened.value.locator("body")).to_contain_text("Answer: 148")
    expect(opened.value.locator(".key").first).to_have_css("background-color", "rgb(238, 245, 249)")
