"""The convolution page in a real browser: hover, tap, keys, play and the benches, without asking the server."""

import json
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.support.serving import Server
from tests.browser.support.watching import WAIT, Watched
from tests.browser.test_everybody import WIDE

HEIGHT = WIDTH = 148  # of the shipped network's first map

COUNT_MESSAGES = """() => {
  const send = WebSocket.prototype.send
  window.sent = 0
  WebSocket.prototype.send = function (...message) {
    window.sent += 1
    return send.apply(this, message)
  }
}"""


@pytest.fixture
def view(visitor: Watched) -> Watched:
    visitor.open("convolution", "Convolution")
    visitor.page.locator(".conv[data-ready='0 conv2d 0']").wait_for(timeout=WAIT)
    visitor.steady_box(visitor.page.locator(".conv-map"))
    return visitor


@pytest.fixture
def still_phone(browser: Browser, server: Server) -> Iterator[Page]:
    """Open the page on a telephone whose owner wants no motion."""
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.url("convolution"))
    page.locator(".conv[data-ready]").wait_for(timeout=WAIT)
    yield page
    context.close()


def place(page: Page) -> tuple[int, int]:
    row, column, _ = json.loads(page.locator(".conv-place").inner_text().replace(" held", ""))
    return row, column


def shows(page: Page, row: int, column: int) -> None:
    """Wait until the view shows this place."""
    expect(page.locator(".conv-place")).to_have_text(re.compile(rf"^\[{row}, {column}, \d+\]"))


def number(page: Page, part: str) -> float:
    return float(page.locator(f'.conv [data-part="{part}"]').get_attribute("data-value"))


def hover(page: Page, row: int, column: int) -> None:
    """Point at the middle of one output."""
    box = page.locator(".conv-map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / WIDTH, box["y"] + (row + 0.5) * box["height"] / HEIGHT)


def adds_up(page: Page) -> None:
    channels = sum(number(page, f"channel{i}") for i in range(3))
    assert number(page, "sum") == pytest.approx(channels, abs=1e-7)
    result = number(page, "result")
    assert result == pytest.approx(channels + number(page, "bias"), abs=1e-7)
    assert number(page, "stage0") == pytest.approx(max(result, 0), abs=1e-6)
    assert number(page, "pool") >= number(page, "stage0")


@pytest.mark.student
def test_hovering_and_keys_show_the_arithmetic_of_each_place_without_the_server(view: Watched) -> None:
    page = view.page
    page.evaluate(COUNT_MESSAGES)
    seen = set()
    for row, column in ((0, 0), (10, 40), (HEIGHT - 1, WIDTH - 1), (33, 7)):
        hover(page, row, column)
        shows(page, row, column)
        adds_up(page)
        seen.add(number(page, "result"))
    assert len(seen) == 4
    assert page.locator(".conv-picture canvas").get_attribute("data-field") == "[[33,35],[7,9]]"
    output = page.locator(".conv-map")
    output.focus()
    for key, expected in (
        ("ArrowRight", (33, 8)),
        ("ArrowDown", (34, 8)),
        ("Shift+ArrowDown", (44, 8)),
        ("End", (44, WIDTH - 1)),
        ("ArrowRight", (44, WIDTH - 1)),
        ("PageUp", (0, WIDTH - 1)),
        ("Home", (0, 0)),
        ("ArrowUp", (0, 0)),
    ):
        output.press(key)
        shows(page, *expected)
        adds_up(page)
    expect(page.locator(".conv-said")).to_contain_text("Row 0, column 0: red")
    expect(page.locator(".conv-said")).to_contain_text("sees rows 0 to 2 and columns 0 to 2 of the picture")
    assert page.evaluate("sent") == 0, "the server was asked while the place moved"


@pytest.mark.student
def test_a_click_holds_the_place_and_another_one_lets_it_go(view: Watched) -> None:
    page = view.page
    hover(page, 5, 6)
    shows(page, 5, 6)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".conv-place")).to_have_text("[5, 6, 0] held")
    hover(page, 20, 20)
    shows(page, 5, 6)
    page.mouse.down()
    page.mouse.up()
    hover(page, 21, 22)
    shows(page, 21, 22)


@pytest.mark.student
def test_the_window_slides_by_itself_step_by_step_and_stops(view: Watched) -> None:
    page = view.page
    hover(page, 0, 0)
    shows(page, 0, 0)
    page.get_by_role("button", name="One step on").click()
    shows(page, 0, 1)
    page.get_by_role("button", name="One step back").click()
    shows(page, 0, 0)
    speed = page.get_by_role("slider", name="Speed of the sliding window")
    speed.focus()
    speed.press("End")
    speed.press("ArrowLeft")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => !document.querySelector('.conv-place').textContent.startsWith('[0,')")
    page.get_by_role("button", name="Pause").click()
    stopped = place(page)
    assert (0, 1) < stopped < (HEIGHT - 1, WIDTH - 1)
    page.wait_for_timeout(150)
    assert place(page) == stopped
    adds_up(page)
    speed.press("End")
    page.locator(".conv-map").press("PageDown")
    page.get_by_role("button", name="Play").click()
    shows(page, HEIGHT - 1, WIDTH - 1)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.student
def test_a_view_that_is_made_narrow_and_wide_again_fits_and_keeps_its_place(view: Watched) -> None:
    page = view.page
    hover(page, 33, 7)
    shows(page, 33, 7)
    drawn = page.locator(".conv-rows canvas").first
    wide = drawn.evaluate("canvas => canvas.clientWidth")
    for width in (447, 390, 1280):
        page.set_viewport_size({"width": width, "height": 720})
        page.wait_for_function(f"() => (({{ scroll, room }}) => scroll <= room)(({WIDE})())")
        shows(page, 33, 7)
        adds_up(page)
    assert drawn.evaluate("canvas => canvas.clientWidth") == wide


def test_the_sum_can_be_read_written_out(view: Watched) -> None:
    hover(view.page, 12, 13)
    shows(view.page, 12, 13)
    view.page.get_by_text("The sum written out").click()
    first = view.page.locator(".conv-terms p").first
    expect(first).to_contain_text(re.compile(r"^red: \S+ · .* = "))
    left, total = first.inner_text().removeprefix("red: ").replace("−", "-").split(" = ")
    terms = [term.split(" · ") for term in left.split(" + ")]
    assert len(terms) == 9
    added = sum(float(a.strip("()")) * float(b.strip("()")) for a, b in terms)
    assert added == pytest.approx(float(total.strip("()")), abs=1e-3)
    code = view.page.locator(".conv-code").inner_text()
    assert code.startswith("(x[12:15, 13:16, :] * kernel[:, :, :, 0]).sum() + bias[0]  # ")
    result = float(code.split("# ")[1].strip("()").replace("−", "-"))
    assert result == pytest.approx(number(view.page, "result"), rel=1e-3)


def test_another_layer_is_one_click_away_and_all_its_input_channels_can_be_reached(view: Watched) -> None:
    page = view.page
    view.keyed("network_strip").get_by_role("button").nth(3).click()
    page.locator(".conv[data-ready='3 conv2d_1 0']").wait_for()
    opened = page.locator(".conv-range").inner_text()
    page.get_by_role("button", name="strongest").click()
    assert page.locator(".conv-range").inner_text() == opened, "it opens on its strongest channels"
    while page.get_by_role("button", name="Earlier input channels").is_enabled():
        page.get_by_role("button", name="Earlier input channels").click()
    expect(page.locator(".conv-range")).to_have_text("channels 0–2 of 32")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), "the page scrolls sideways"
    page.get_by_role("button", name="Later input channels").click()
    expect(page.locator(".conv-range")).to_have_text("channels 3–5 of 32")
    expect(page.locator('[data-part="channel4"]')).to_be_visible()
    page.get_by_role("button", name="strongest").click()
    drawn = [abs(float(each.get_attribute("data-value"))) for each in page.locator(".conv-rows output").all()]
    assert max(drawn) > 0
    page.get_by_role("button", name="Later input channels").click()
    others = [abs(float(each.get_attribute("data-value"))) for each in page.locator(".conv-rows output").all()]
    assert max(others) <= max(drawn)
    while page.get_by_role("button", name="Later input channels").is_enabled():
        page.get_by_role("button", name="Later input channels").click()
    expect(page.locator(".conv-range")).to_have_text("channels 30–31 of 32")
    expect(page.get_by_role("button", name="Later input channels")).to_be_disabled()


def test_without_motion_there_are_key_frames_and_a_tap_shows_a_place(still_phone: Page) -> None:
    expect(still_phone.get_by_role("button", name="Play")).to_be_hidden()
    frames = still_phone.locator(".conv-frames button")
    expect(frames).to_have_count(4)
    frames.nth(3).tap()
    shows(still_phone, HEIGHT - 1, WIDTH - 1)
    output = still_phone.locator(".conv-map")
    box = output.bounding_box()
    assert box is not None
    output.tap(position={"x": 0.5 * box["width"] / WIDTH, "y": 10.5 * box["height"] / HEIGHT})
    shows(still_phone, 10, 0)
    adds_up(still_phone)


@pytest.fixture
def kernels(view: Watched) -> Locator:
    view.page.get_by_role("radio", name="Kernel bench").click()
    bench = view.page.locator(".bench[data-ready='bench']")
    bench.wait_for()
    return bench


def map_sum(bench: Locator) -> float:
    return float(bench.evaluate("root => root.result.map.reduce((sum, value) => sum + Math.abs(value), 0)"))


def test_an_edited_kernel_changes_the_map_at_once(kernels: Locator) -> None:
    kernels.get_by_label("Kernel", exact=True).select_option("blur")
    blurred = map_sum(kernels)
    kernels.get_by_label("Kernel", exact=True).select_option("identity")
    assert map_sum(kernels) == pytest.approx(blurred, rel=0.05)
    middle = kernels.locator('[data-handle="kernel.1.1"]')
    before = map_sum(kernels)
    middle.fill("2")
    assert map_sum(kernels) == pytest.approx(2 * before, rel=1e-5)
    expect(kernels.get_by_label("Kernel", exact=True)).to_have_value("")
    middle.fill("")
    assert map_sum(kernels) == pytest.approx(2 * before, rel=1e-5), "half a number must not break the map"
    kernels.get_by_label("Kernel", exact=True).select_option("conv2d[:, :, 0, 0]")
    expect(middle).not_to_have_value("2")
    kernels.get_by_label("Kernel", exact=True).select_option("identity")
    middle.fill("2")
    kernels.get_by_label("Size of the kernel").select_option("5")
    expect(kernels.locator(".bench-kernel input")).to_have_count(25)
    expect(kernels.locator('[data-handle="kernel.2.2"]')).to_have_value("2")


def test_pooling_forgives_a_shift_that_the_map_does_not(kernels: Locator) -> None:
    kernels.get_by_label("Size of the pool").select_option("4")
    kernels.get_by_role("button", name="Shift right").click()
    expect(kernels.locator(".bench-shifted")).to_have_text("shifted by 1 pixel")
    shares = [float(bar.get_attribute("data-changed")) for bar in kernels.locator(".bench-forgives dd").all()]
    assert len(shares) == 3
    assert 0 < shares[1] < shares[0]
    kernels.get_by_role("button", name="Shift left").click()
    expect(kernels.locator(".bench-shifted")).to_have_text("not shifted")


def test_the_example_is_predicted_before_it_is_shown(kernels: Locator) -> None:
    answer = kernels.get_by_label("The first number of the map is")
    said = kernels.locator(".hand-said")
    right = "Right. 0 · 1 + 1 · 2 + 4 · 3 + 5 · 4 = 34"
    for text, reply in (("16", "true convolution"), ("10", "Not yet"), ("34", right)):
        answer.fill(text)
        answer.press("Enter")
        expect(said).to_contain_text(reply)
    kernels.get_by_role("button", name="as a true convolution").click()
    expect(said).to_contain_text("= 16")


def test_the_activation_bench_moves_a_value_along_its_curves_and_a_logit_along_its_loss(view: Watched) -> None:
    view.page.get_by_role("radio", name="Activation bench").click()
    bench = view.page.locator(".activations[data-ready]")
    bench.wait_for()
    relu = bench.locator('[data-activation="relu"]')
    before = relu.get_attribute("data-value")
    bench.locator(".act-before").focus()
    bench.locator(".act-before").press("ArrowDown")
    expect(relu).not_to_have_attribute("data-value", str(before))
    expect(bench.locator("tr[data-output=sigmoid]")).to_contain_text("3.0486")
    expect(bench.locator("tr[data-output=sigmoid]")).to_contain_text("−0.9526")
    expect(bench.locator("tr[data-output=relu]")).to_contain_text("16.1181")
    expect(bench.locator(".logit-said")).to_contain_text("nothing is learned")
    logit = bench.get_by_role("slider", name="Logit")
    logit.focus()
    for _ in range(35):
        logit.press("ArrowRight")
    expect(bench.locator(".logit-row output")).to_have_text("0.5")
    expect(bench.locator(".logit-said")).to_contain_text("A ReLU learns only while z lies between 0 and 1")


RECORD = """() => {
  window.written = []
  const write = CanvasRenderingContext2D.prototype.fillText
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.written.push(text)
    return write.call(this, text, ...rest)
  }
}"""
INK_OF_MAP = """([x, y]) => {
  const canvas = document.querySelector(".conv-map")
  return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3)
}"""


def test_the_view_is_taken_along_as_a_picture_with_its_arithmetic(view: Watched) -> None:
    page = view.page
    hover(page, 9, 20)
    shows(page, 9, 20)
    page.evaluate(RECORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Take this view along as PNG").click()
    assert download.value.suggested_filename == "conv2d_0_9_20.png"
    with Image.open(download.value.path()) as opened:
        sheet = np.asarray(opened.convert("RGB")).astype(int)
    written = page.evaluate("window.written")
    assert sheet.shape[1] == 2000
    assert "conv2d, output channel 0, row 9, column 20" in written
    everything = " ".join(written)
    for part in ("sum", "bias", "result", "stage0", "pool"):
        assert page.locator(f'.conv-chain [data-part="{part}"]').inner_text() in written
    for channel in ("red", "green", "blue"):
        assert re.search(rf"{channel}: \(?−?[\d.]+\)? · \(?−?[\d.]+\)? \+ ", everything)
    left, top = 1000 - 24 - 330, 24 + 60
    for x, y in ((3, 5), (150, 60), (310, 320), (77, 200)):
        expected = page.evaluate(INK_OF_MAP, [x, y])
        assert np.abs(sheet[2 * (top + y), 2 * (left + x)] - expected).max() <= 1, "the map as it is on the page"
