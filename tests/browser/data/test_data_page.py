"""The data page in a real browser: a picture taken from a set, the classes turned, and archives of every fate."""

import io
import secrets
import zipfile

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.app.material import data_zip
from tests.browser.support.serving import Server
from tests.browser.support.watching import WAIT, Watched


def large_zip(seed: int) -> bytes:
    """Return an archive that is over the size of what is unpacked at once: photographs as noise."""
    out = io.BytesIO()
    noise = np.random.default_rng(0)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("pets/readme.bin", noise.bytes(9 << 20))
        with zipfile.ZipFile(io.BytesIO(data_zip(seed=seed))) as small:
            for name in small.namelist():
                archive.writestr(f"pets/{name}", small.read(name))
    return out.getvalue()


def test_a_click_on_a_sample_takes_it_to_the_other_pages(visitor: Watched) -> None:
    page = visitor.open("data", "Data")
    samples = visitor.keyed("data_samples").get_by_role("button")
    samples.nth(4).click()
    expect(visitor.keyed("data_samples").locator('button[aria-pressed="true"]')).to_have_count(1)
    expect(page.get_by_test_id("stMain")).to_contain_text("Your picture is now")
    visitor.go_to("Augmentation")
    expect(visitor.keyed("augmented_samples").locator("figure")).to_have_count(8)


def test_one_class_is_refused_in_one_sentence(visitor: Watched) -> None:
    page = visitor.open("data", "Data")
    visitor.upload("data_upload", "trap.zip", data_zip({"train/data": 6, "validation/data": 3}))
    expect(page.get_by_role("alert")).to_contain_text("nothing to learn")
    expect(visitor.keyed("data_counts")).to_contain_text("1,600")


@pytest.mark.parametrize(("way", "seed"), [pytest.param("data_upload", 5, marks=pytest.mark.slow), ("large_upload", 6)])
def test_a_large_archive_is_unpacked_beside_the_page(way: str, seed: int, visitor: Watched, server: Server) -> None:
    page = visitor.open("data", "Data")
    if way == "large_upload":
        page.get_by_text("A larger archive", exact=True).click()
    visitor.upload(way, f"{way}.zip", large_zip(seed))
    expect(page.get_by_test_id("stMain")).to_contain_text(f"{way} (uploaded)", timeout=WAIT)
    expect(visitor.keyed("data_counts").locator("tbody tr").first).to_have_text("training121022")
    assert not [path.name for path in (server.home / "data").iterdir() if path.name.startswith(".")]


def test_an_archive_from_another_site_is_not_taken(visitor: Watched, server: Server) -> None:
    page = visitor.open("data", "Data")
    ours = server.url("").rstrip("/")
    for headers, status in (({}, 403), ({"Origin": "http://evil.example"}, 403), ({"Origin": ours}, 200)):
        answer = page.request.post(f"{ours}/cnnlab/upload", data=b"x" * 100, headers=headers)
        assert answer.status == status
    (file,) = (server.home / "data").glob(f".upload-*-{answer.json()['token']}")
    assert file.read_bytes() == b"x" * 100
    file.unlink()


def test_the_current_set_is_written_beside_the_page_and_sent_as_a_zip(visitor: Watched) -> None:
    page = visitor.open("data", "Data")
    visitor.upload("data_upload", "taken.zip", data_zip(seed=secrets.randbelow(1 << 30)))
    expect(visitor.keyed("data_counts").locator("tbody tr").first).to_have_text("training121022")
    visitor.settle()
    page.get_by_role("button", name="Export this set").click()
    link = visitor.keyed("data_export").get_by_role("link", name="Download the zip")
    expect(link).to_be_visible(timeout=WAIT)
    with page.expect_download(timeout=WAIT) as waiting:
        link.click()
    assert waiting.value.suggested_filename == "taken.zip"
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert sum(name.startswith("train/cats/") for name in names) == 12
    assert len(names) == 33


def test_exports_are_found_by_their_own_key_only(visitor: Watched) -> None:
    page = visitor.open("data", "Data")
    for key in ("0123456789abcdef", "..%2F..%2Frun", "x"):
        assert page.request.get(visitor.server.url(f"cnnlab/exports/{key}/a.zip")).status in (400, 404)


def test_the_layers_of_keras_are_switched_on_and_redraw_the_samples(visitor: Watched) -> None:
    visitor.open("augmentation", "Augmentation")
    visitor.page.get_by_text("Keras 3 layers", exact=True).click()
    captions = visitor.keyed("augmented_samples").locator("figcaption")
    switch = visitor.control("RandomRotation.on")
    expect(switch).to_be_visible()
    visitor.settle()
    switch.click()
    expect(captions.first).to_contain_text("angle")
    expect(switch).to_be_checked()
    control = visitor.control("RandomRotation.factor")
    expect(control).to_have_value("0.1")
    control.focus()
    control.press("ArrowRight")
    expect(visitor.keyed("layer_controls")).to_contain_text("-39.6° to +39.6°")
    expect(control).to_have_value("0.11")
    expect(control).to_be_focused()


def test_a_moved_augmentation_control_redraws_the_samples(visitor: Watched) -> None:
    visitor.open("augmentation", "Augmentation")
    captions = visitor.keyed("augmented_samples").locator("figcaption")
    expect(captions).to_have_count(8)
    before = captions.all_inner_texts()
    control = visitor.control("augmentation.rotation_range")
    control.focus()
    for _ in range(5):
        control.press("ArrowRight")
    expect(captions.first).to_contain_text("rotation")
    assert captions.all_inner_texts() != before
    assert control.evaluate("e => e === e.getRootNode().activeElement"), "the control kept the focus"
