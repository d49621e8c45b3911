"""The glossary in a real browser: by pointer, by focus, by a tap; put away by Escape; markup in a text stays text."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched

STEP = "lessons?lesson=03-one-kernel&step=5"
LEAVING = 400  # milliseconds after which an explanation that nothing holds is gone
HOSTILE = "A stride <img src=x onerror=alert(1)> and <b>padding</b>, a stride."
WRITE = "words => { document.querySelector('.st-key-lesson_dock .stHtml div > p:not(.quiet)').textContent = words }"


def marked(visitor: Watched, word: str) -> Locator:
    return visitor.keyed("lesson_dock").locator("dfn.term").filter(has_text=word)


def test_a_term_is_explained_to_a_pointer_and_to_the_focus_until_escape(visitor: Watched) -> None:
    page = visitor.page
    page.goto(visitor.server.url(STEP))
    tip = page.get_by_role("tooltip")
    marked(visitor, "parameters").hover()
    expect(tip).to_contain_text("parameter: A number that a network stores")
    tip.hover()
    page.wait_for_timeout(LEAVING)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    marked(visitor, "filters").focus()
    expect(tip).to_contain_text("filter: A kernel with its bias")
    assert marked(visitor, "filters").get_attribute("aria-describedby") == tip.get_attribute("id")
    page.mouse.move(5, 700)
    page.wait_for_timeout(LEAVING)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(marked(visitor, "filters")).to_be_focused()
    page.keyboard.press("Tab")
    expect(tip).to_contain_text("parameter:")
    marked(visitor, "filters").hover()
    page.mouse.move(5, 700)
    expect(tip).to_be_hidden()


def test_a_tap_explains_inside_the_window_and_a_tap_elsewhere_ends_it(visit: Visit, server: Server) -> None:
    visitor = visit(server, 390, 844, touch=True)
    visitor.page.goto(server.url(STEP))
    tip = visitor.page.get_by_role("tooltip")
    marked(visitor, "parameters").tap()
    expect(tip).to_be_visible()
    box = tip.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    assert 0 <= box["y"] <= box["y"] + box["height"] <= 844
    visitor.page.locator(".lesson-head h2").tap()
    expect(tip).to_be_hidden()


def test_each_term_is_marked_once_and_markup_in_a_text_stays_text(visitor: Watched) -> None:
    visitor.page.goto(visitor.server.url(STEP))
    expect(marked(visitor, "filter")).to_have_count(1)
    visitor.page.evaluate(WRITE, HOSTILE)
    expect(marked(visitor, "padding")).to_have_count(1)
    expect(marked(visitor, "stride")).to_have_count(1)
    words = visitor.keyed("lesson_dock").locator(".stHtml div > p:not(.quiet)").first
    expect(words).to_have_text(HOSTILE)
    expect(words.locator("img, b")).to_have_count(0)
    expect(marked(visitor, "filter")).to_have_text("filter")
