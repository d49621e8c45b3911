"""Pictures made in the browser: drawn by pointer or by keyboard, or taken with the camera where there is one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnnlab.viz import palette
from tests.browser.conftest import ARGUMENTS, CLASSROOM
from tests.browser.support.serving import Server
from tests.browser.support.watching import WAIT, Watched

INK = """([canvas, row, column]) => [...canvas.getContext("2d").getImageData(column, row, 1, 1).data].slice(0, 3)"""
WHITE, BLACK = [255, 255, 255], list(bytes.fromhex(palette.INK[1:]))  # the first pen is the ink of the palette


def panel(visitor: Watched, source: str) -> Page:
    page = visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    page.get_by_role("radio", name=source, exact=True).click()
    visitor.settle()
    return page


def ink_at(paper: Locator, row: int, column: int) -> list[int]:
    return paper.evaluate(f"canvas => ({INK})([canvas, {row}, {column}])")


def name_of_picture(page: Page) -> Locator:
    return page.get_by_test_id("stImageCaption").first


def test_a_drawing_by_pointer_reaches_the_network_and_is_there_when_one_comes_back(visitor: Watched) -> None:
    page = panel(visitor, "draw")
    paper = visitor.keyed("picture_drawing").locator("canvas")
    box = visitor.steady_box(paper)
    scale = box["width"] / 256
    page.mouse.move(box["x"] + 40 * scale, box["y"] + 128 * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + 200 * scale, box["y"] + 128 * scale, steps=8)
    page.mouse.up()
    expect(name_of_picture(page)).to_contain_text("Your drawing, 256 × 256 pixels", timeout=WAIT)
    assert ink_at(paper, 128, 120) == BLACK
    assert ink_at(paper, 60, 120) == WHITE
    visitor.go_to("Augmentation")
    visitor.go_to("Feature maps")
    paper = visitor.keyed("picture_drawing").locator("canvas")
    paper.wait_for()
    page.wait_for_function(
        "canvas => canvas.getContext('2d').getImageData(120, 128, 1, 1).data[0] < 99", arg=paper.element_handle()
    )
    visitor.keyed("picture_drawing").get_by_role("button", name="Clear").click()
    assert ink_at(paper, 128, 120) == WHITE
    visitor.keyed("picture_drawing").get_by_role("button", name="Undo").click()
    assert ink_at(paper, 128, 120) == BLACK


def test_everything_can_be_drawn_by_keyboard(visitor: Watched) -> None:
    page = panel(visitor, "draw")
    tools = visitor.keyed("picture_drawing")
    paper = tools.locator("canvas")
    paper.focus()
    said = tools.locator(".draw-said")
    for key in ("ArrowUp", "ArrowUp", "Space"):
        paper.press(key)
    expect(said).to_have_text("Pen down, row 112, column 128")
    for _ in range(4):
        paper.press("ArrowRight")
    paper.press("Shift+ArrowRight")
    paper.press("Space")
    expect(said).to_have_text("Pen up, row 112, column 161")
    assert ink_at(paper, 112, 150) == BLACK
    expect(name_of_picture(page)).to_contain_text("Your drawing", timeout=WAIT)
    tools.get_by_role("button", name="Eraser").press("Enter")
    paper.focus()
    for key in ("Space", "ArrowLeft", "ArrowLeft", "Escape"):
        paper.press(key)
    assert ink_at(paper, 112, 150) == WHITE
    assert ink_at(paper, 112, 132) == BLACK
    paper.press("Control+z")
    assert ink_at(paper, 112, 150) == BLACK
    visitor.settle()


@pytest.fixture(scope="module")
def filmed(browser: Browser, browser_path: str) -> Iterator[Browser]:
    """Run a browser with a camera that shows a test picture, and with a machine that has another name."""
    flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    resolver = f"--host-resolver-rules=MAP {CLASSROOM} 127.0.0.1"
    opened = browser.browser_type.launch(executable_path=browser_path, args=[*ARGUMENTS, *flags, resolver])
    yield opened
    opened.close()


def test_the_camera_gives_a_picture_and_goes_off(filmed: Browser, server: Server) -> None:
    visitor = Watched(filmed.new_context(), server)
    page = panel(visitor, "camera")
    camera = visitor.keyed("picture_camera")
    camera.get_by_role("button", name="Start the camera").click()
    video = camera.locator("video")
    expect(video).to_be_visible(timeout=WAIT)
    page.wait_for_function("video => video.videoWidth > 0", arg=video.element_handle())
    size = video.evaluate("video => [video.videoWidth, video.videoHeight]")
    camera.get_by_role("button", name="Take the picture").click()
    expect(name_of_picture(page)).to_contain_text(f"Your photograph, {size[0]} × {size[1]} pixels", timeout=WAIT)
    expect(video).to_be_hidden()
    assert video.evaluate("video => video.srcObject") is None
    assert not visitor.faults
    page.context.close()


def test_where_the_browser_gives_no_camera_the_page_says_why(filmed: Browser, server: Server) -> None:
    page = filmed.new_page()
    page.set_default_timeout(WAIT)
    page.goto(server.url("feature_maps").replace("127.0.0.1", CLASSROOM).replace("localhost", CLASSROOM))
    page.get_by_role("radio", name="camera", exact=True).click()
    said = page.locator(".st-key-picture_camera [role=status]")
    expect(said).to_have_text(
        re.compile(
            rf"only to pages that came over https .* this one came over http://{CLASSROOM}; take the photograph"
        ),
        timeout=WAIT,
    )
    expect(page.locator(".st-key-picture_camera").get_by_role("button")).to_have_count(0)
    page.close()


def test_a_finger_draws_on_a_phone(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visitor = Watched(context, server)
    page = panel(visitor, "draw")
    paper = visitor.keyed("picture_drawing").locator("canvas")
    box = visitor.steady_box(paper)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(name_of_picture(page)).to_contain_text("Your drawing", timeout=WAIT)
    assert ink_at(paper, 128, 128) == BLACK
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not visitor.faults
    context.close()
