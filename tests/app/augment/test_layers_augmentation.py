"""The second family on the augmentation page: what is written under a sample is what was drawn, and is trained."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import Augmentation, RandomLayers, describe, draw_many
from cnnlab.core.augment.layer_settings import RandomLayer
from cnnlab.runs.store import Store
from cnnlab.ui.augment.lab import FAMILIES
from tests.app.driving import html_of, keyed, labelled, mine, move, open_page, text_of

CONTROLS = "layer_controls"


@pytest.fixture
def app() -> AppTest:
    app = open_page("augmentation")
    return app.segmented_control(key="augmentation_family").set_value(FAMILIES[1]).run()


def captions(app: AppTest) -> list[str]:
    return re.findall(r"<figcaption>(.*?)</figcaption>", html_of(keyed(app, "augmented_samples")))


def layers(app: AppTest) -> dict[str, RandomLayer]:
    return {layer.class_name: layer for layer in mine(app).augment.augmentation.layers}


def switched(app: AppTest, *names: str) -> AppTest:
    return move(app, CONTROLS, {f"{name}.on": True for name in names})


def test_the_switch_shows_the_layers_and_each_family_keeps_its_own_settings(app: AppTest) -> None:
    assert not app.exception
    assert mine(app).augment.augmentation == RandomLayers.like_the_post()
    assert captions(app) == [describe(t) for t in draw_many(RandomLayers.like_the_post(), 8, 0, (150, 150))]
    move(app, CONTROLS, {"RandomZoom.height_factor": 0.5})
    app.segmented_control(key="augmentation_family").set_value(FAMILIES[0]).run()
    assert mine(app).augment.augmentation == Augmentation.post()
    app.segmented_control(key="augmentation_family").set_value(FAMILIES[1]).run()
    assert layers(app)["RandomZoom"]["height_factor"] == 0.5


def test_a_layer_is_put_in_its_place_and_keeps_its_arguments_while_it_is_out(app: AppTest) -> None:
    switched(app, "RandomRotation", "RandomErasing")
    assert list(layers(app)) == ["RandomFlip", "RandomRotation", "RandomZoom", "RandomShear", "RandomErasing"]
    move(app, CONTROLS, {"RandomRotation.factor": 0.25})
    move(app, CONTROLS, {"RandomRotation.on": False})
    assert "RandomRotation" not in layers(app)
    switched(app, "RandomRotation")
    assert layers(app)["RandomRotation"]["factor"] == 0.25
    assert captions(app) == [describe(t) for t in draw_many(mine(app).augment.augmentation, 8, 0, (150, 150))]
    (shown,) = (g for g in json.loads(keyed(app, CONTROLS).proto.json)[0]["groups"] if g["title"] == "RandomRotation")
    assert shown["note"] == "of a full turn: -90° to +90°"


def test_factors_can_be_pairs_and_become_numbers_again(app: AppTest) -> None:
    switched(app, "RandomContrast", "RandomRotation")
    move(app, CONTROLS, {"layers.pairs": True})
    assert layers(app)["RandomContrast"].range("factor") == (0, 0.5)
    assert '"text": "-0"' not in keyed(app, CONTROLS).proto.json
    move(app, CONTROLS, {"RandomContrast.factor.low": 0.4, "RandomRotation.factor.low": 0.3})
    assert layers(app)["RandomContrast"]["factor"] == (0.4, 0.5)
    assert layers(app)["RandomRotation"]["factor"] == (0.1, 0.3)
    move(app, CONTROLS, {"layers.pairs": False})
    assert layers(app)["RandomRotation"]["factor"] == 0.3


def test_edges_and_value_range_hold_for_all_layers_that_take_them(app: AppTest) -> None:
    switched(app, "RandomRotation", "RandomBrightness", "RandomErasing")
    move(app, CONTROLS, {"layers.fill_mode": "constant", "layers.value_range": "0 to 1"})
    move(app, CONTROLS, {"layers.fill_value": 99.0, "layers.interpolation": "nearest"})
    for name in ("RandomRotation", "RandomZoom", "RandomShear"):
        config = dict(layers(app)[name].config)
        assert (config["fill_mode"], config["fill_value"], config["interpolation"]) == ("constant", 99, "nearest")
    assert layers(app)["RandomBrightness"]["value_range"] == (0, 1)
    assert layers(app)["RandomErasing"]["fill_value"] is None
    move(app, CONTROLS, {"RandomErasing.fill_value.noise": False})
    move(app, CONTROLS, {"RandomErasing.fill_value": 40.0, "RandomErasing.scale.high": 0.5})
    assert layers(app)["RandomErasing"]["fill_value"] == 40
    move(app, CONTROLS, {"layers.fill_value": 12.0})
    assert layers(app)["RandomRotation"]["fill_value"] == 12
    assert layers(app)["RandomErasing"]["fill_value"] == 40
    assert layers(app)["RandomErasing"]["scale"] == (0.02, 0.5)


def test_settings_from_elsewhere_keep_their_order_and_their_own_value_range(app: AppTest) -> None:
    settings = RandomLayers(
        (
            RandomLayer.of("RandomContrast", factor=(0.1, 0.2), value_range=(20, 200)),
            RandomLayer.of("RandomFlip", mode="vertical"),
        )
    )
    mine(app).augment = mine(app).augment.using(settings)
    app.run()
    assert '"20 to 200"' in keyed(app, CONTROLS).proto.json
    move(app, CONTROLS, {"RandomContrast.factor.high": 0.4, "layers.value_range": "20 to 200"})
    assert not app.exception
    assert list(layers(app)) == ["RandomContrast", "RandomFlip"]
    assert layers(app)["RandomContrast"]["value_range"] == (20, 200)
    switched(app, "RandomRotation")
    assert list(layers(app)) == ["RandomContrast", "RandomFlip", "RandomRotation"]


def test_the_width_of_a_zoom_may_follow_its_height(app: AppTest) -> None:
    move(app, CONTROLS, {"RandomZoom.width_factor.given": False})
    assert layers(app)["RandomZoom"]["width_factor"] is None
    move(app, CONTROLS, {"RandomZoom.width_factor.given": True})
    assert layers(app)["RandomZoom"]["width_factor"] == 0.2


@pytest.mark.parametrize(
    "values",
    [
        {"RandomZoom.height_factor": 5.0},
        {"RandomZoom.height_factor": "0.5"},
        {"RandomFlip.mode": "sideways"},
        {"RandomSepia.on": True},
        {"layers.fill_mode": "mirror"},
        {"RandomErasing.factor": 0.5},
        {"RandomZoom.height_factor": float("nan")},
    ],
)
def test_hostile_values_are_ignored(app: AppTest, values: dict[str, Any]) -> None:
    move(app, CONTROLS, values)
    assert not app.exception
    assert mine(app).augment.augmentation == RandomLayers.like_the_post()


def test_ends_code_grid_and_difference_are_shown_for_layers_too(app: AppTest) -> None:
    switched(app, "RandomTranslation")
    for shown in ("grid", "difference"):
        app.segmented_control(key="samples_shown").set_value(shown).run()
        assert not app.exception
        assert html_of(keyed(app, "augmented_samples")).count('<table class="matrix"') == 8
    app.segmented_control(key="augmentation_view").set_value("both ends of each range").run()
    assert "RandomTranslation width_factor" in html_of(keyed(app, "augmentation_ends"))
    app.segmented_control(key="augmentation_view").set_value("as code").run()
    assert "layers.RandomTranslation(height_factor=0.1, width_factor=0.1)" in app.code[0].value
    assert not app.exception


def test_layers_are_trained_with_and_without_and_come_back_from_the_run(app: AppTest, store: Store) -> None:
    switched(app, "RandomErasing")
    app.segmented_control(key="augmentation_view").set_value("with and without").run()
    labelled(app.button, "Train with and without").click().run()
    assert not app.exception
    bare, augmented = store.runs(10)
    assert [layer.class_name for layer in augmented.spec.augmentation.layers][-1] == "RandomErasing"
    assert bare.spec.augmentation == Augmentation.none()
    assert "RandomErasing(factor=1)" in text_of(keyed(app, "compare_table"))
    app.switch_page("../../pages/augmentation.py").run()
    labelled(app.button, "None").click().run()
    assert mine(app).augment.augmentation == RandomLayers()
    assert "every sample is the picture itself" in text_of(
        app.segmented_control(key="augmentation_view").set_value("both ends of each range").run()
    )
