"""The augmentation page: what is written under a sample is what was drawn for it, and what training would draw."""

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import Augmentation, describe, draw_many
from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from tests.app.driving import html_of, keyed, labelled, mine, move, open_page, text_of
from tests.app.material import rotated_jpeg

CONTROLS = "augmentation_controls"


def captions(app: AppTest) -> list[str]:
    return re.findall(r"<figcaption>(.*?)</figcaption>", html_of(keyed(app, "augmented_samples")))


def code(app: AppTest) -> str:
    """Return the code for the settings, and come back to the samples."""
    app.segmented_control(key="augmentation_view").set_value("as code").run()
    assert not app.exception
    written = app.code[0].value
    app.segmented_control(key="augmentation_view").set_value("samples").run()
    return written


def expected(augmentation: Augmentation, count: int, seed: int) -> list[str]:
    return [describe(transform) for transform in draw_many(augmentation, count, seed)]


@pytest.fixture
def app() -> AppTest:
    return open_page("augmentation")


def test_the_first_samples_are_drawn_with_the_posts_settings(app: AppTest) -> None:
    assert captions(app) == expected(Augmentation.post(), 8, 0)
    assert mine(app).augment.augmentation == Augmentation.post()


def test_moving_the_settings_draws_others_and_says_so(app: AppTest) -> None:
    values = {
        "augmentation.shear_range": 20.5,
        "augmentation.zoom_range": 0.5,
        "samples.count": 5,
        "samples.seed": 7,
    }
    move(app, CONTROLS, values)
    assert not app.exception
    settings = Augmentation(shear_range=20.5, zoom_range=(0.5, 1.5), horizontal_flip=True)
    assert captions(app) == expected(settings, 5, 7)
    assert "shear_range=20.5" in code(app)
    assert "zoom_range=0.5" in code(app)


def test_without_flip_no_sample_is_flipped(app: AppTest) -> None:
    assert any("flipped" in caption for caption in captions(app))
    move(app, CONTROLS, {"augmentation.horizontal_flip": False})
    assert not any("flipped" in caption for caption in captions(app))
    assert captions(app) == expected(mine(app).augment.augmentation, 8, 0)
    assert "horizontal_flip=False" in code(app)


def test_without_rescale_training_would_receive_0_to_255(app: AppTest) -> None:
    largest = re.compile(r"from [\d.]+ to ([\d.]+)\. ")
    assert 0.5 < float(largest.findall(text_of(app))[0]) <= 1
    move(app, CONTROLS, {"augmentation.rescale": False})
    assert not app.exception
    assert 128 < float(largest.findall(text_of(app))[0]) <= 255
    assert mine(app).augment.augmentation.rescale == 1.0
    assert "rescale=None" in code(app)


def test_the_samples_have_the_size_of_the_network(app: AppTest) -> None:
    assert "8 × 150 × 150 × 3" in text_of(app)


def test_the_settings_hold_on_the_training_page(app: AppTest) -> None:
    move(app, CONTROLS, {"augmentation.shear_range": 11.0})
    app.switch_page("../../pages/training.py").run()
    app.switch_page("../../pages/augmentation.py").run()
    assert captions(app) == expected(mine(app).augment.augmentation, 8, 0)
    assert mine(app).augment.augmentation.shear_range == 11.0


@pytest.mark.parametrize(
    "values",
    [
        {"augmentation.shear_range": 46},
        {"augmentation.shear_range": -1},
        {"augmentation.shear_range": float("nan")},
        {"augmentation.zoom_range": 1.0},
        {"augmentation.zoom_range": "0.5"},
        {"augmentation.rotation_range": 500},
        {"augmentation.fill_mode": "mirror"},
        {"augmentation.vertical_flip": 1},
        {"augmentation.featurewise_center": True},
        {"samples.count": 0},
        {"samples.count": 25},
        {"samples.count": 2.5},
        {"samples.seed": -1},
    ],
)
def test_hostile_values_are_ignored(app: AppTest, values: dict[str, object]) -> None:
    move(app, CONTROLS, values)
    assert not app.exception
    assert captions(app) == expected(Augmentation.post(), 8, 0)


def test_an_uploaded_picture_is_the_one_that_is_augmented(app: AppTest) -> None:
    app.file_uploader(key="picture_file").upload("upright.jpg", rotated_jpeg(), "image/jpeg").run()
    assert not app.error
    assert mine(app).picture.held.facts.shape == (90, 60)
    assert mine(app).picture.held.name == "upright.jpg"


def test_a_file_that_is_no_picture_gets_one_sentence_and_the_picture_stays(app: AppTest) -> None:
    before = mine(app).picture.held
    app.file_uploader(key="picture_file").upload("notes.png", b"only words", "image/png").run()
    assert len(app.error) == 1
    assert "notes.png is not a picture" in app.error[0].value
    assert mine(app).picture.held is before
    assert len(captions(app)) == 8


def test_every_setting_can_be_moved_and_is_told(app: AppTest) -> None:
    values = {
        "augmentation.rotation_range": 40.0,
        "augmentation.width_shift_range": 0.2,
        "augmentation.height_shift_range": 0.1,
        "augmentation.vertical_flip": True,
        "augmentation.fill_mode": "reflect",
        "augmentation.brightness": True,
        "augmentation.channel_shift_range": 30.0,
    }
    move(app, CONTROLS, values)
    assert not app.exception
    settings = replace(
        Augmentation.post(),
        rotation_range=40.0,
        width_shift_range=0.2,
        height_shift_range=0.1,
        vertical_flip=True,
        fill_mode="reflect",
        brightness_range=(0.5, 1.5),
        channel_shift_range=30.0,
    )
    assert mine(app).augment.augmentation == settings
    assert captions(app) == [describe(t) for t in draw_many(settings, 8, 0, (150, 150))]
    written = code(app)
    for line in ("rotation_range=40.0", "fill_mode='reflect'", "brightness_range=[0.5, 1.5]", "vertical_flip=True"):
        assert line in written


def test_cval_is_offered_with_a_constant_edge_only(app: AppTest) -> None:
    move(app, CONTROLS, {"augmentation.cval": 99.0})
    assert mine(app).augment.augmentation.cval == 0
    move(app, CONTROLS, {"augmentation.fill_mode": "constant"})
    move(app, CONTROLS, {"augmentation.cval": 99.0})
    assert mine(app).augment.augmentation.cval == 99


def test_the_same_shear_number_in_radians_moves_fifty_times_further(app: AppTest) -> None:
    assert "0.26 px as degrees, 15 px as radians" in keyed(app, CONTROLS).proto.json
    move(app, CONTROLS, {"augmentation.shear_range": 0.2, "augmentation.shear_radians": True})
    assert not app.exception
    assert mine(app).augment.augmentation.shear_range == pytest.approx(11.459, abs=0.001)
    assert "0.26 px as degrees, 15 px as radians" in keyed(app, CONTROLS).proto.json
    assert captions(app) == expected(mine(app).augment.augmentation, 8, 0)
    move(app, CONTROLS, {"augmentation.shear_range": 0.2, "augmentation.shear_radians": False})
    assert mine(app).augment.augmentation.shear_range == pytest.approx(0.2)


def test_zoom_can_be_a_pair(app: AppTest) -> None:
    move(app, CONTROLS, {"augmentation.zoom_pair": True})
    assert mine(app).augment.augmentation.zoom_range == Augmentation.post().zoom_range
    move(app, CONTROLS, {"augmentation.zoom_low": 0.5, "augmentation.zoom_high": 0.9})
    assert mine(app).augment.augmentation.zoom_range == (0.5, 0.9)
    assert "zoom_range=[0.5, 0.9]" in code(app)
    move(app, CONTROLS, {"augmentation.zoom_pair": False})
    assert mine(app).augment.augmentation.zoom_range == (0.5, 1.5)


def test_one_press_brings_the_posts_settings_back(app: AppTest) -> None:
    move(app, CONTROLS, {"augmentation.rotation_range": 90.0, "augmentation.shear_radians": True})
    labelled(app.button, "The post's settings").click().run()
    assert mine(app).augment.augmentation == Augmentation.post()
    labelled(app.button, "None").click().run()
    assert mine(app).augment.augmentation == Augmentation.none()
    app.segmented_control(key="augmentation_view").set_value("both ends of each range").run()
    assert "every sample is the picture itself" in text_of(app)


@pytest.mark.parametrize("shown", ["grid", "difference"])
def test_samples_can_be_seen_as_grid_and_as_difference(shown: str, app: AppTest) -> None:
    before = html_of(keyed(app, "augmented_samples"))
    app.segmented_control(key="samples_shown").set_value(shown).run()
    assert not app.exception
    after = html_of(keyed(app, "augmented_samples"))
    assert captions(app) == expected(Augmentation.post(), 8, 0)
    assert after.count('<table class="matrix"') == 8
    assert re.findall(r'src="(.*?)"', after) != re.findall(r'src="(.*?)"', before)


def test_both_ends_of_each_range_stand_in_one_row(app: AppTest) -> None:
    move(app, CONTROLS, {"augmentation.rotation_range": 40.0, "augmentation.height_shift_range": 0.1})
    app.segmented_control(key="augmentation_view").set_value("both ends of each range").run()
    assert not app.exception
    table = html_of(keyed(app, "augmentation_ends"))
    assert re.findall(r'<th scope="row">(.*?)</th>', table) == [
        "rotation_range",
        "height_shift_range",
        "shear_range",
        "zoom_range",
        "zoom_range, mixed",
        "horizontal_flip",
    ]
    assert "−40°" in table
    assert "+15 px" in table
    assert "swaps the two axes" in text_of(app)


def test_one_press_launches_two_trainings_that_differ_in_augmentation_only(app: AppTest, store: Store) -> None:
    move(app, CONTROLS, {"augmentation.rotation_range": 20.0})
    app.segmented_control(key="augmentation_view").set_value("with and without").run()
    labelled(app.button, "Train with and without").click().run()
    assert not app.exception
    bare, augmented = store.runs(10)
    assert augmented.spec.augmentation == mine(app).augment.augmentation
    assert bare.spec == replace(augmented.spec, name=bare.spec.name, augmentation=Augmentation.none())
    assert [run.state for run in (bare, augmented)] == [State.QUEUED] * 2
    assert "<h1>Training</h1>" in html_of(app)
    assert app.session_state["compared"] == [augmented.id, bare.id]
    assert "silhouettes, not augmented" in text_of(keyed(app, "compare_table"))


def test_without_any_augmentation_there_is_nothing_to_compare(app: AppTest) -> None:
    labelled(app.button, "None").click().run()
    app.segmented_control(key="augmentation_view").set_value("with and without").run()
    assert labelled(app.button, "Train with and without").disabled
    assert "now both would be the same training" in text_of(app)
