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
def led_server(chromium: str, tmp_path: Path) -> Iterator[Server]:
    """Run a server that has a teacher's key, below a prefix."""
    running = Server(tmp_path / "home", "lab", CNNLAB_TEACHER_KEY=KEY)
    try:
        yield running.start()
    finally:
        running.close()


def test_who_agreed_follows_page_and_layer_and_who_did_not_stays(led_server: Server, visit: Visit) -> None:
    follower, free = visit(led_server), visit(led_server)
    for visitor in (follower, free):
        visitor.open("lessons", "Lessons")
    with closing(Classroom(led_server.home, KEEP_DAYS)) as room:
        room.follow.publish("", Followed("architecture"))
        follower.page.get_by_role("button", name="Follow your teacher").click()
        expect(follower.page.locator("h1")).to_have_text("Architecture")
        room.follow.publish("", Followed("architecture", "conv2d_1"))
        expect(follower.page.locator('tr[data-layer="3"][aria-current]')).to_have_count(1)
        expect(free.page.get_by_text("Your teacher leads through")).to_be_visible()
        expect(free.page.locator("h1")).to_have_text("Lessons")


@pytest.mark.slow
def test_who_follows_goes_to_the_place_within_a_second_until_let_go(led_server: Server, visit: Visit) -> None:
    follower, free = visit(led_server), visit(led_server)
    for visitor in (follower, free):
        visitor.open("lessons", "Lessons")
    with closing(Classroom(led_server.home, KEEP_DAYS)) as room:
        room.follow.publish("", Followed("convolution", "conv2d_1", 3, (20, 11)))
        follower.page.get_by_role("button", name="Follow your teacher").click()
        place = follower.page.locator(".conv-place")
        expect(place).to_contain_text("[20, 11, 3]")
        for row in (2, 9, 17):
            follower.settle()
            room.follow.publish("", Followed("convolution", "conv2d_1", 3, (row, 30)))
            expect(place).to_contain_text(f"[{row}, 30, 3]", timeout=WITHIN)
        follower.page.get_by_role("button", name="Let me go").click()
        expect(follower.page.get_by_role("button", name="Follow your teacher")).to_be_visible()
        room.follow.publish("", Followed("data"))
        free.page.get_by_role("button", name="Follow your teacher").click()
        expect(free.page.locator("h1")).to_have_text("Data")
        expect(follower.page.locator("h1")).to_have_text("Convolution")
        room.follow.let_go("")
        expect(free.page.get_by_text("You follow your teacher.")).to_have_count(0)
