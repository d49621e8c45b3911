"""Training in a real browser and real processes: start, watch, leave, come back, stop, lose the server."""

import re

import pytest
from playwright.sync_api import Page, expect

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from tests.app.material import data_zip
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server, until
from tests.browser.support.watching import WAIT, Watched

SIZE = 24  # pixels; the post's network needs 22
LONG = 2 * WAIT


def start(visitor: Watched, epochs: int) -> None:
    visitor.number("image_size", SIZE)
    visitor.number("epochs", epochs)
    visitor.keyed("start_training").get_by_role("button").click()
    # An earlier run may be shown until the new one is taken; only the new one can be stopped.
    expect(visitor.keyed("stop_training")).to_be_visible(timeout=WAIT)


def choose_batch_size(page: Page, size: int) -> None:
    page.get_by_role("combobox", name="Batch size").click()
    page.get_by_role("option", name=str(size), exact=True).click()


def expect_curve(visitor: Watched) -> None:
    expect(visitor.keyed("loss_curve").locator(".main-svg").first).to_be_visible(timeout=LONG)


def stop(visitor: Watched) -> None:
    visitor.keyed("stop_training").get_by_role("button").click()
    expect(visitor.keyed("run_status")).to_contain_text("stopped", timeout=WAIT)
    expect(visitor.keyed("stop_training")).to_have_count(0)


@pytest.mark.student
def test_ones_own_zip_is_counted_trained_on_and_its_maps_are_shown(visitor: Watched) -> None:
    page = visitor.open("data", "Data")
    visitor.upload("data_upload", "pets.zip", data_zip())
    counts = visitor.keyed("data_counts").locator("tbody tr")
    expect(counts.nth(0)).to_have_text("training121022")
    expect(counts.nth(1)).to_have_text("validation4610")
    visitor.go_to("Training")
    expect(page.get_by_test_id("stMain")).to_contain_text("pets (uploaded)")
    choose_batch_size(page, 8)
    start(visitor, epochs=2)
    expect_curve(visitor)
    status = visitor.keyed("run_status")
    expect(status).to_contain_text("finished", timeout=LONG)
    expect(status).to_contain_text("batch size 8")
    expect(status).to_contain_text("validation accuracy")
    page.get_by_role("button", name="See its feature maps").click()
    expect(page.locator(".heading h1")).to_have_text("Feature maps")
    visitor.sheets()
    expect(visitor.keyed("maps_layer0")).to_contain_text("22 × 22 × 32")
    expect(visitor.keyed("feature_maps")).to_contain_text("P(dogs)")


def test_a_run_goes_on_while_the_page_is_left_and_reloaded_and_stops_when_asked(visitor: Watched) -> None:
    page = visitor.open("training", "Training")
    start(visitor, epochs=200)
    expect_curve(visitor)
    address = page.url
    assert "run=" in address
    visitor.go_to("Architecture")
    visitor.go_to("Training")
    expect(visitor.keyed("run_status")).to_contain_text("running")
    page.goto(address)
    expect_curve(visitor)
    stop(visitor)
    expect_curve(visitor)


@pytest.mark.slow
def test_a_run_goes_on_when_the_server_is_killed_and_is_shown_after_its_restart(
    fresh_server: Server, visit: Visit
) -> None:
    visitor = visit(fresh_server)
    visitor.open("training", "Training")
    start(visitor, epochs=200)
    expect_curve(visitor)
    visitor.page.close()
    fresh_server.kill()
    store = Store(fresh_server.home)
    (run,) = store.in_state(State.RUNNING)
    known = len(store.story(run.id).records)
    until(lambda: len(store.story(run.id).records) > known, "the training wrote nothing after the server was killed")
    fresh_server.start()
    stranger = visit(fresh_server)
    stranger.open("training", "Training")
    expect(stranger.keyed("run_status")).to_contain_text("running")
    expect(stranger.page.get_by_test_id("stMain")).to_contain_text("You are watching")
    expect(stranger.keyed("stop_training")).to_have_count(0)
    after = visit(fresh_server)
    # The same browser as before, known by its cookie.
    after.page.context.add_cookies(visitor.page.context.cookies())
    after.open("training", "Training")
    expect_curve(after)
    stop(after)
    assert store.get(run.id).state == State.STOPPED
    store.close()


def test_two_visitors_see_the_same_runs(server: Server, visit: Visit) -> None:
    network = Network.seed().with_image_size(SIZE, SIZE)
    spec = RunSpec(
        name="Seen by both",
        network=network,
        data="silhouettes",
        data_name="silhouettes",
        augmentation=Augmentation.none(),
    )
    store = Store(server.home)
    run = store.create(spec, State.STARTING)
    store.transition(run.id, State.FAILED, "It was made by a test.")
    store.close()
    for visitor in (visit(server), visit(server)):
        visitor.open(f"training?run={run.id}", "Training")
        expect(visitor.keyed("run_status")).to_contain_text("Seen by both")
        expect(visitor.keyed("run_status")).to_contain_text("failed It was made by a test.")


@pytest.mark.slow
def test_a_training_is_stepped_resumed_and_looked_into_in_the_browser(visitor: Watched) -> None:
    page = visitor.open("training", "Training")
    page.get_by_text("More settings").click()
    # By keyboard: a click may miss while the settings still unfold.
    page.get_by_role("switch", name="Start paused").press("Space")
    expect(page.get_by_role("switch", name="Start paused")).to_be_checked()
    visitor.settle()
    start(visitor, epochs=2)
    status = visitor.keyed("run_status")
    expect(status).to_contain_text("paused", timeout=LONG)
    expect(status).to_be_in_viewport()
    page.get_by_role("button", name="One batch").click()
    expect_curve(visitor)
    expect(page.get_by_test_id("stProgress")).to_contain_text("epoch 1 of 2, batch 1 of 100", timeout=WAIT)
    stop(visitor)
    page.get_by_role("button", name="Start it again").click()
    expect(status).to_contain_text("finished", timeout=LONG)
    page.get_by_role("radio", name="My picture").click()
    sheet = page.locator(".probe img")
    expect(sheet).to_have_attribute("alt", re.compile("epoch 2"), timeout=WAIT)
    page.get_by_label("Moment of the training").press("Home")
    expect(sheet).to_have_attribute("alt", re.compile("before training"))
    assert sheet.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("button", name="Replay").click()
    expect(sheet).to_have_attribute("alt", re.compile("epoch 2"))
    page.get_by_role("radio", name="Where is it wrong?").click()
    counts = page.locator(".confusion td button")
    expect(counts).to_have_count(4, timeout=WAIT)
    assert sum(int(count) for count in counts.all_inner_texts()) == 360
    page.get_by_role("slider", name="Threshold").press("End")
    expect(counts.nth(0)).to_have_text("180")
    counts.nth(2).click()
    expect(page.get_by_test_id("stMain")).to_contain_text("180 pictures of dogs given cats")
