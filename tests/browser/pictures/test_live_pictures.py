"""Pictures in a real browser: an uploaded one reaches the maps and the samples, a bad one gets a sentence."""

import pytest
from playwright.sync_api import expect

from tests.app.material import rotated_jpeg, transparent_png
from tests.browser.support.watching import SHEETS, Watched


def test_an_uploaded_picture_is_seen_by_every_layer_and_a_bad_file_changes_nothing(visitor: Watched) -> None:
    visitor.open("feature_maps", "Feature maps")
    seen = [visitor.sheets()]
    for name, content, size in (
        ("upright.jpg", rotated_jpeg(), "60 × 90 pixels"),
        ("half.png", transparent_png(), "70 × 50 pixels"),
    ):
        visitor.upload("picture_upload", name, content)
        expect(visitor.page.get_by_test_id("stImageCaption")).to_contain_text(f"{name}, {size}")
        visitor.page.wait_for_function(
            "old => ![...document.querySelectorAll('.st-key-feature_maps img')].some(i => old.includes(i.src))",
            arg=seen[-1],
        )
        seen.append(visitor.sheets())
    visitor.upload("picture_upload", "notes.png", b"These are only words.")
    alert = visitor.keyed("picture_upload").get_by_test_id("stAlert")
    expect(alert).to_contain_text("notes.png is not a picture that can be read here")
    expect(alert).to_have_count(1)
    assert visitor.sheets() == seen[-1]


def test_a_gallery_picture_is_one_click_away(visitor: Watched) -> None:
    visitor.open("feature_maps", "Feature maps")
    before = visitor.sheets()
    visitor.keyed("picture_gallery").get_by_role("button").nth(3).click()
    visitor.page.wait_for_function(
        "old => ![...document.querySelectorAll('.st-key-feature_maps img')].some(i => old.includes(i.src))", arg=before
    )
    assert len(visitor.sheets()) == SHEETS


def test_samples_carry_what_was_drawn_and_follow_the_zoom(visitor: Watched) -> None:
    visitor.open("augmentation", "Augmentation")
    samples = visitor.keyed("augmented_samples")
    captions = samples.locator("figcaption")
    expect(captions).to_have_count(8)
    before = captions.all_inner_texts()
    assert all(caption.startswith("shear ") and " zoom " in caption for caption in before)
    zoom = visitor.control("augmentation.zoom_range")
    zoom.focus()
    zoom.press("ArrowRight")
    for caption, old in zip(captions.all(), before, strict=True):
        expect(caption).not_to_have_text(old)
    count = visitor.control("samples.count")
    count.focus()
    count.press("ArrowRight")
    expect(captions).to_have_count(9)
    expect(samples.locator("img")).to_have_count(9)


@pytest.mark.parametrize("scope", ["map", "network"])
def test_another_scale_paints_other_sheets(visitor: Watched, scope: str) -> None:
    visitor.open("feature_maps", "Feature maps")
    visitor.sheets()
    visitor.keyed("map_scope").get_by_role("radio", name=scope, exact=True).click()
    said = visitor.keyed("feature_maps").get_by_text("each map has its own scale")
    expect(said).to_have_count(SHEETS if scope == "map" else 0)
    visitor.sheets()
