"""The augmentation page: what is written under a sample is what was drawn for it, and what training would draw."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import Augmentation, describe, draw_many
from tests.app.driving import keyed, mine, move, open_page, text_of
from tests.app.material import rotated_jpeg

CONTROLS = "augmentation_controls"


def captions(app: AppTest) -> list[str]:
    return [image.caption for image in keyed(app, "augmented_samples").get("image")[0].proto.imgs]


def expected(augmentation: Augmentation, count: int, seed: int) -> list[str]:
    return [describe(transform) for transform in draw_many(augmentation, count, seed)]


@pytest.fixture
def app() -> AppTest:
    return open_page("augmentation")


def test_the_first_samples_are_drawn_with_the_posts_settings(app: AppTest) -> None:
    assert captions(app) == expected(Augmentation.post(), 8, 0)
    assert mine(app).augmentation == Augmentation.post()


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
    assert "shear_range=20.5" in app.code[0].value
    assert "zoom_range=0.5" in app.code[0].value


def test_without_flip_no_sample_is_flipped(app: AppTest) -> None:
    assert any("flipped" in caption for caption in captions(app))
    app.toggle(key="horizontal_flip").set_value(False).run()
    assert not any("flipped" in caption for caption in captions(app))
    assert captions(app) == expected(mine(app).augmentation, 8, 0)
    assert "horizontal_flip=False" in app.code[0].value


def test_without_rescale_training_would_receive_0_to_255(app: AppTest) -> None:
    largest = re.compile(r"from [\d.]+ to ([\d.]+)\. ")
    assert 0.5 < float(largest.findall(text_of(app))[0]) <= 1
    app.toggle(key="rescale").set_value(False).run()
    assert not app.exception
    assert 128 < float(largest.findall(text_of(app))[0]) <= 255
    assert mine(app).augmentation.rescale == 1.0
    assert "rescale=None" in app.code[0].value


def test_the_samples_have_the_size_of_the_network(app: AppTest) -> None:
    assert "8 × 150 × 150 × 3" in text_of(app)


def test_the_settings_hold_on_the_training_page(app: AppTest) -> None:
    move(app, CONTROLS, {"augmentation.shear_range": 11.0})
    app.switch_page("../../pages/training.py").run()
    app.switch_page("../../pages/augmentation.py").run()
    assert captions(app) == expected(mine(app).augmentation, 8, 0)
    assert mine(app).augmentation.shear_range == 11.0


@pytest.mark.parametrize(
    "values",
    [
        {"augmentation.shear_range": 46},
        {"augmentation.shear_range": -1},
        {"augmentation.shear_range": float("nan")},
        {"augmentation.zoom_range": 1.0},
        {"augmentation.zoom_range": "0.5"},
        {"augmentation.rotation_range": 5},
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
    assert mine(app).picture.pixels.shape == (90, 60, 3)
    assert mine(app).picture.name == "upright.jpg"


def test_a_file_that_is_no_picture_gets_one_sentence_and_the_picture_stays(app: AppTest) -> None:
    before = mine(app).picture
    app.file_uploader(key="picture_file").upload("notes.png", b"only words", "image/png").run()
    assert len(app.error) == 1
    assert "notes.png is not a picture" in app.error[0].value
    assert mine(app).picture is before
    assert len(captions(app)) == 8
