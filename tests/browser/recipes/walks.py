"""What has to work wherever the pages are served: a photograph, an archive, and following."""

import secrets
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.follow import Followed
from cnnlab.core.settings import Settings
from tests.app.material import rotated_jpeg
from tests.browser.data.test_data_page import large_zip
from tests.browser.support.watching import WAIT, Watched


def see_maps_of_a_photograph(guest: Watched) -> None:
    """Send a photograph and wait for its maps."""
    page = guest.open("feature_maps", "Feature maps")
    before = guest.sheets()
    guest.upload("picture_upload", "upright.jpg", rotated_jpeg())
    expect(page.get_by_test_id("stImageCaption")).to_contain_text("upright.jpg, 60 × 90 pixels", timeout=WAIT)
    page.wait_for_function(
        "old => ![...document.querySelectorAll('.st-key-feature_maps img')].some(i => old.includes(i.src))", arg=before
    )
    guest.sheets()


def send_large_archive(guest: Watched) -> None:
    """Send an archive past Streamlit, and wait until it is a data set."""
    page = guest.open("data", "Data")
    page.get_by_text("A larger archive", exact=True).click()
    guest.upload("large_upload", "far.zip", large_zip(seed=secrets.randbelow(1 << 30)))
    expect(page.get_by_test_id("stMain")).to_contain_text("far (uploaded)", timeout=WAIT)
    guest.settle()


def follow_a_teacher(guest: Watched, home: Path) -> None:
    """Go where a teacher goes, as events tell it, until nobody leads."""
    page = guest.open("lessons", "Lessons")
    with closing(Classroom(home, Settings.keep_days)) as room:
        room.follow.publish("", Followed("architecture"))
        page.get_by_role("button", name="Follow the teacher").click()
        expect(page.locator("h1")).to_have_text("Architecture")
        room.follow.publish("", Followed("architecture", "conv2d_1"))
        expect(page.locator('tr[data-layer="3"][aria-current]')).to_have_count(1)
        room.follow.let_go("")
        expect(page.get_by_text("You follow the teacher.")).to_have_count(0)
