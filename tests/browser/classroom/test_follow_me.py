"""A class follows its teacher in real browsers: who agreed goes along within a moment, who was freed stays."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.follow import Followed
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server

KEY = "the key of a teacher"
KEEP_DAYS = 400
WITHIN = 2000  # milliseconds, on a machine that does other things too


@pytest.fixture
def led_server(browser_path: str, tmp_path: Path) -> Iterator[Server]:
    """Run a server that has a teacher's key, below a prefix."""
    running = Server(tmp_path / "home", "lab", CNNLAB_TEACHER_KEY=KEY)
    try:
        yield running.start()
    finally:
        running.close()


@pytest.mark.student
def test_who_agreed_follows_page_and_layer_and_who_did_not_stays(led_server: Server, visit: Visit) -> None:
    follower, free = visit(led_server), visit(led_server)
    for visitor in (follower, free):
        visitor.open("lessons", "Lessons")
    with closing(Classroom(led_server.home, KEEP_DAYS)) as room:
        room.follow.publish("", Followed("architecture"))
        follower.page.get_by_role("button", name="Follow the teacher").click()
        expect(follower.page.locator("h1")).to_have_text("Architecture")
        room.follow.publish("", Followed("architecture", "conv2d_1"))
        expect(follower.page.locator('tr[data-layer="3"][aria-current]')).to_have_count(1)
        expect(free.page.get_by_text("The teacher shows a page.")).to_be_visible()
        expect(free.page.locator("h1")).to_have_text("Lessons")


@pytest.mark.slow
def test_who_follows_goes_to_the_place_within_a_second_until_let_go(led_server: Server, visit: Visit) -> None:
    follower, free = visit(led_server), visit(led_server)
    for visitor in (follower, free):
        visitor.open("lessons", "Lessons")
    with closing(Classroom(led_server.home, KEEP_DAYS)) as room:
        room.follow.publish("", Followed("convolution", "conv2d_1", 3, (20, 11)))
        follower.page.get_by_role("button", name="Follow the teacher").click()
        place = follower.page.locator(".conv-place")
        expect(place).to_contain_text("[20, 11, 3]")
        for row in (2, 9, 17):
            follower.settle()
            room.follow.publish("", Followed("convolution", "conv2d_1", 3, (row, 30)))
            expect(place).to_contain_text(f"[{row}, 30, 3]", timeout=WITHIN)
        follower.page.get_by_role("button", name="Let me go").click()
        expect(follower.page.get_by_role("button", name="Follow the teacher")).to_be_visible()
        room.follow.publish("", Followed("data"))
        free.page.get_by_role("button", name="Follow the teacher").click()
        expect(free.page.locator("h1")).to_have_text("Data")
        expect(follower.page.locator("h1")).to_have_text("Convolution")
        room.follow.let_go("")
        expect(free.page.get_by_text("You follow the teacher.")).to_have_count(0)


@pytest.mark.slow
def test_everybody_goes_to_the_map_the_filter_and_the_part_that_a_teacher_presses(
    led_server: Server, visit: Visit
) -> None:
    teacher, follower = visit(led_server), visit(led_server)
    page = teacher.open("exercises", "Exercises")
    page.get_by_label("The teacher's key").fill(KEY)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Let everybody here follow me").click()
    follower.open("lessons", "Lessons")
    follower.page.get_by_role("button", name="Follow the teacher").click()
    teacher.go_to("Feature maps")
    teacher.sheets()
    expect(follower.page.locator("h1")).to_have_text("Feature maps")
    follower.sheets()
    lens = follower.page.locator(".maps-lens-said")
    sheet = teacher.keyed("maps_layer3").locator("img")
    sheet.focus()
    sheet.press("ArrowRight")
    sheet.press("Enter")
    expect(lens).to_contain_text("conv2d_1, channel 1 of 32")
    expect(follower.page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="filters", exact=True).click()
    expect(follower.page.get_by_role("radio", name="filters", exact=True)).to_be_checked()

    teacher.go_to("Sequences")
    expect(follower.page.locator("h1")).to_have_text("Sequences")
    for visitor in (teacher, follower):
        visitor.page.get_by_role("button", name="as my network").click()
        visitor.page.locator("label").filter(has_text="Predict first").click()
        expect(visitor.page.get_by_role("radio", name="Filters")).to_be_visible()
    page.get_by_role("radio", name="Filters").click()
    logo = page.locator(".logos button").nth(3)
    logo.click()
    expect(follower.page.locator(f".scan[data-ready='{logo.get_attribute('data-filter')}']")).to_be_visible()
    page.locator(".scan > canvas").focus()
    page.keyboard.press("Home")
    expect(follower.page.locator(".scan-said")).to_contain_text("positions 1 to 12")
    page.get_by_role("button", name="Let go").click()
    expect(follower.page.get_by_text("You follow the teacher.")).to_have_count(0)
