"""The paths of a student in WebKit: every page, shapes, a convolution, a photograph, a lesson, a training."""

from pathlib import Path

import pytest

from cnnlab.ui.parts.pages import TITLES
from tests.browser.support.serving import until
from tests.browser.support.shifts import READY
from tests.browser.support.watching import PAINTED, SHEETS
from tests.browser.test_everybody import WIDE
from tests.webkit.support.visiting import Visitor

pytestmark = pytest.mark.webkit

NARROW = 400  # pixels; WebKit's smallest window with a bar is a little wider
MEASURE = f"return {{ ...({WIDE})(), window: innerWidth }}"
FIRST = ".st-key-shape_table tbody tr:first-child"
FILTERS, KERNEL = '[data-handle="layer0.filters"]', '[data-handle="layer0.kernel_size"]'
LONG = 120.0  # seconds for a small training


@pytest.mark.parametrize("name", list(TITLES))
def test_every_page_is_drawn_within_its_window_without_a_fault(visitor: Visitor, name: str) -> None:
    visitor.open("" if name == "home" else name, TITLES[name])
    visitor.shows(READY.get(name, "h1"))
    for width in (1280, NARROW):
        visitor.session.resize(width, 900)
        until(lambda: _fits(visitor), f"the page is wider than its window: {visitor.session.run(MEASURE)}", 10)


def _fits(visitor: Visitor) -> bool:
    measured = visitor.session.run(MEASURE)
    return bool(measured["scroll"] <= measured["room"] and measured["page"] <= measured["window"])


def test_keys_and_the_mouse_on_a_slider_change_the_table_of_shapes(visitor: Visitor) -> None:
    visitor.open("architecture", "Architecture")
    visitor.says(FIRST, "148 × 148 × 32")
    visitor.focus(FILTERS)
    visitor.session.press("ArrowRight")
    visitor.says(FIRST, "148 × 148 × 33")
    visitor.session.press("ArrowLeft")
    visitor.says(FIRST, "148 × 148 × 32")
    left, top, width, height = visitor.box(KERNEL)
    middle, first, last = int(top + height / 2), int(left + 0.16 * width), int(left + width - 8)
    seen = set()
    visitor.session.point(("down", first, middle))
    for step in range(1, 13):
        visitor.session.point(("move", first + (last - first) * step // 12, middle))
        seen.add(visitor.text(f"{FIRST} td:nth-child(3)"))
    visitor.says(FIRST, "136 × 136 × 32")
    visitor.session.point(("up", last, middle))
    assert len(seen) >= 4, f"repainted only to {sorted(seen)} before the mouse was released"


def test_the_place_of_a_convolution_follows_keys_and_mouse_and_its_numbers_with_it(visitor: Visitor) -> None:
    visitor.open("convolution", "Convolution")
    visitor.shows(".conv[data-ready='0 conv2d 0']")
    visitor.box(".conv-map")

    def number(part: str) -> float:
        return float(visitor.attribute(f'.conv [data-part="{part}"]', "data-value"))

    seen = set()
    visitor.focus(".conv-map")
    for key, place in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("End", 147)):
        visitor.session.press(key)
        visitor.says(".conv-place", f", {place}, ")
        total = sum(number(f"channel{i}") for i in range(3))
        assert number("sum") == pytest.approx(total, abs=1e-7)
        assert number("result") == pytest.approx(total + number("bias"), abs=1e-7)
        assert number("stage0") == pytest.approx(max(number("result"), 0), abs=1e-6)
        seen.add(number("result"))
    assert len(seen) == 4
    left, top, width, height = visitor.box(".conv-map")
    visitor.session.point(("move", int(left + width / 2), int(top + height / 2)))
    until(lambda: ", 147, " not in visitor.text(".conv-place"), "the place does not follow the mouse")
    assert number("result") == pytest.approx(number("sum") + number("bias"), abs=1e-7)


def test_a_photograph_becomes_maps_that_are_looked_at_and_enlarged(visitor: Visitor, photograph: Path) -> None:
    visitor.open("feature_maps", "Feature maps")
    painted = f"return ({PAINTED})({SHEETS})"
    sources = 'return [...document.querySelectorAll(".st-key-feature_maps img")].map(({ src }) => src)'
    until(lambda: visitor.session.run(painted), "no maps were painted")
    before = visitor.session.run(sources)
    visitor.session.give(".st-key-picture_upload input[type=file]", photograph)
    visitor.says('[data-testid="stImageCaption"]', "photo.jpg, 60 × 90 pixels")
    until(
        lambda: visitor.session.run(painted) and not set(visitor.session.run(sources)) & set(before),
        "the photograph's maps were not painted",
    )
    visitor.focus(".st-key-maps_layer3 img")
    visitor.session.press("ArrowRight", "ArrowRight", "ArrowDown")
    visitor.says(".maps-lens-said", "conv2d_1, channel 18 of 32")
    visitor.session.press("Enter")
    visitor.says("dialog[open]", "conv2d_1, channel 18 of 32")
    visitor.session.click("dialog[open] .maps-send")
    visitor.says("h1", "Convolution")
    value = "return document.querySelector('.st-key-convolution_channel input')?.value"
    until(lambda: visitor.session.run(value) == "18", "the channel did not go along")


def test_a_step_of_a_lesson_is_answered_and_leads_on_to_its_page(visitor: Visitor) -> None:
    visitor.session.go(visitor.server.url("lessons?lesson=03-one-kernel&step=2"))
    visitor.says(".st-key-lesson_dock", "step 2 of 6")
    visitor.fill('.st-key-lesson_dock input[type="text"]', "148")
    visitor.says(".st-key-lesson_dock", "Right: 148.")
    visitor.session.click(".st-key-lesson_next button")
    visitor.says("h1", "Architecture")
    visitor.says(".st-key-lesson_dock", "wanted: 146")
    visitor.focus(KERNEL)
    visitor.session.press("ArrowRight", "ArrowRight")
    visitor.says(".st-key-lesson_dock", "✓ Make the map of conv2d 146 columns wide")


def test_a_training_is_started_and_its_curve_drawn_until_it_has_ended(visitor: Visitor) -> None:
    visitor.open("training", "Training")
    visitor.fill(".st-key-image_size input", "24")
    visitor.fill(".st-key-epochs input", "2")
    visitor.session.click(".st-key-start_training button")
    visitor.shows(".st-key-stop_training")
    status = ".st-key-run_status"
    until(lambda: "finished" in visitor.text(status), f"the training did not end: {visitor.text(status)}", LONG)
    drawn = """return [...document.querySelectorAll(".st-key-loss_curve .scatterlayer path.js-line")]
        .map((path) => path.getAttribute("d").split(/[ML]/).length - 1)"""
    until(lambda: max(visitor.session.run(drawn), default=0) >= 2, "no curve with a point an epoch was drawn")
