"""The home page lets a picture flow: true numbers at the end, shapes at once, maps when they are wanted."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.bundled import silhouettes
from cnnlab.core.data.held import Measure
from cnnlab.core.network import Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.pictures import INTERPOLATIONS
from cnnlab.core.pictures.reference import FromData
from cnnlab.core.words.numbers import percent
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import FileWeights, Weighted
from cnnlab.runs.store.trained import demo
from cnnlab.ui.home.answer import OUTLINES, RANDOM
from cnnlab.ui.home.shipped import FILE
from cnnlab.ui.home.steps import STEPS
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.pictures.first import first_picture
from cnnlab.ui.session import services
from cnnlab.viz.inside.flow import flow
from cnnlab.viz.inside.flow_file import read_flow
from tests.app.driving import go_to, html_of, keyed, mine, move, open_page, text_of, trigger, unpacked
from tests.app.material import encoded

KEY = "living_network"
KERNEL = "layer0.kernel_size"


def flowing(app: AppTest) -> dict[str, Any]:
    return unpacked(app, KEY)[0]


def look(app: AppTest) -> AppTest:
    return trigger(app, KEY, "look", True)


def upload(app: AppTest, content: bytes) -> AppTest:
    return app.file_uploader(key="picture_file").upload("mine.png", content, "image/png").run()


@pytest.mark.usefixtures("no_inference")
def test_the_first_visitor_sees_a_silhouette_flow_before_anything_is_computed() -> None:
    app = open_page("home")
    shown = flowing(app)
    assert not shown["pending"]
    assert len(shown["columns"]) == len(shown["heads"]) == len(Network.seed().layers) + 1
    assert shown["answer"]["bars"][0]["name"] == "dogs"
    assert "This picture is <b>dogs</b>." in shown["answer"]["said"]
    assert shown["answer"]["caution"] == ""


def test_the_flow_that_ships_is_what_keras_computes_now() -> None:
    trained = demo()
    pixels = first_picture().picture.prepared(Measure(*trained.network.input_shape))
    seen = services.inference().look(Weighted(trained.network, FileWeights(trained.path, trained.rescale)), pixels)
    now, shipped = flow(trained.network, seen.outputs, seen.logits), read_flow(FILE)[0]
    assert np.allclose(now.output, shipped.output, atol=1e-4)
    for here, there in zip(now.columns, shipped.columns, strict=True):
        assert (here.channels, here.scale, here.each) == (there.channels, there.scale, there.each)
        assert here.limit == pytest.approx(there.limit, rel=1e-3)
        one, other = (np.array(Image.open(io.BytesIO(each.image))).astype(int) for each in (here, there))
        assert np.abs(one - other).max() <= 1


def test_the_first_picture_is_the_one_of_the_data_set() -> None:
    first = first_picture()
    pixels, labels = silhouettes.load("validation")
    assert isinstance(first.reference, FromData)
    shown = first.picture.prepared(Measure(*pixels.shape[1:]))
    assert np.array_equal(shown, pixels[first.reference.index])
    assert first.truth == silhouettes.CLASSES[labels[first.reference.index]]
    assert first.reference.fingerprint == silhouettes.fingerprint()


@pytest.mark.usefixtures("no_inference")
def test_the_next_page_shows_the_same_picture() -> None:
    app = open_page("home")
    go_to(app, "architecture")
    assert mine(app).picture.reference == first_picture().reference


def test_shapes_follow_a_kernel_at_once_and_maps_when_they_are_wanted() -> None:
    app = move(open_page("home"), KEY, {KERNEL: 5})
    assert mine(app).network.layers[0].config["kernel_size"] == (5, 5)
    shown = flowing(app)
    assert shown["heads"][1]["shape"] == "146×146×32"
    assert shown["pending"]
    assert not unpacked(app, KEY)[1], "a kernel that moves sends no picture each time"
    shown, images = unpacked(look(app), KEY)
    assert not shown["pending"]
    assert {"picture", "column0"} <= images.keys()
    assert shown["columns"][1]["said"][0].startswith("conv2d, channel ")
    assert "146 × 146 numbers" in shown["columns"][1]["said"][0]
    assert shown["answer"]["caution"].startswith(RANDOM)
    app = trigger(app, KEY, "undo", True)
    assert mine(app).network == Network.seed()
    assert not flowing(app)["undo"]


@pytest.mark.usefixtures("no_inference")
def test_a_flow_that_was_wanted_once_is_there_at_once_the_next_time() -> None:
    app = look(move(open_page("home"), KEY, {KERNEL: 4}))
    assert not flowing(app)["pending"]
    app = move(app, KEY, {KERNEL: 5})
    assert flowing(app)["pending"]
    assert not flowing(move(app, KEY, {KERNEL: 4}))["pending"]


def test_the_answer_to_a_photograph_says_what_the_network_was_made_for() -> None:
    app = look(upload(open_page("home"), encoded(Image.new("RGB", (80, 60), (90, 120, 30)), "PNG")))
    shown = flowing(app)
    assert shown["answer"]["caution"] == OUTLINES
    shares = [bar["share"] for bar in shown["answer"]["bars"]]
    trained = demo()
    pixels = mine(app).picture.held.prepared(Measure(*trained.network.input_shape))
    seen = services.inference().look(Weighted(trained.network, FileWeights(trained.path, trained.rescale)), pixels)
    probability = float(seen.outputs[-1][0])
    assert shares == sorted([probability, 1 - probability], reverse=True)
    assert shown["answer"]["bars"][0]["text"] == percent(max(shares), 0)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_it_works_for_every_network_that_is_offered(preset: Any) -> None:
    app = open_page("home")
    mine(app).change_network(preset.network)
    shown = flowing(look(app.run()))
    assert not app.exception
    assert len(shown["heads"]) == len(preset.network.layers) + 1
    assert bool(shown["refused"]) == (len(shown["columns"]) == 0)
    for before, column in zip(shown["columns"], shown["columns"][1:], strict=False):
        assert all(tile < before["tiles"] for tiles in column["reads"] for tile in tiles)
        assert len(column["said"]) == len(column["reads"]) == column["tiles"]


@pytest.mark.usefixtures("no_inference")
def test_a_network_that_cannot_exist_says_so_in_a_sentence_and_undo_leads_out() -> None:
    app = open_page("home")
    mine(app).change_network(Network.seed().with_image_size(8, 8))
    shown = flowing(app.run())
    assert shown["refused"].startswith("This network cannot exist.")
    assert shown["columns"] == []
    assert not shown["pending"]
    app = trigger(app, KEY, "undo", True)
    assert flowing(app)["refused"] == ""


def test_a_look_that_fails_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def look(self, *_: object) -> None:
            raise InferenceError("There is no memory left; try again.")

    monkeypatch.setattr(services, "inference", Broken)
    app = look(move(open_page("home"), KEY, {KERNEL: 6}))
    assert flowing(app)["refused"] == "There is no memory left; try again."


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(
    ("event", "value", "layer", "channel", "title"),
    [
        ("picked", 0, 0, 0, "Convolution"),
        ("tile", {"layer": 3, "channel": 7}, 3, 7, "Convolution"),
        ("tile", {"layer": 1, "channel": 7}, 1, 7, "Feature maps"),
        ("tile", {"layer": 3, "channel": 32}, 3, 0, "Convolution"),
        ("picked", 10, 10, 0, "Feature maps"),
    ],
)
def test_a_click_opens_the_page_of_the_layer(event: str, value: object, layer: int, channel: int, title: str) -> None:
    app = trigger(open_page("home"), KEY, event, value)
    assert not app.exception
    assert (mine(app).layer.selected, mine(app).layer.channel) == (layer, channel)
    assert title in text_of(app.main)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("event", ["picked", "tile", "undo", "look", "kept"])
@pytest.mark.parametrize("value", [99, -1, "3", None, [2], {"layer": 99, "channel": 0}, {"layer": "x"}, 1.5, "<b>"])
def test_nonsense_changes_nothing(event: str, value: object) -> None:
    app = trigger(open_page("home"), KEY, event, value)
    assert not app.exception
    assert mine(app).network == Network.seed()
    assert mine(app).layer.selected is None
    assert keyed(app, KEY)


@pytest.mark.usefixtures("no_inference")
def test_other_weights_or_pixels_are_never_shown_as_those_that_ship() -> None:
    app = open_page("home")
    own = mine(app)
    before = own.picture.preparation
    other = next(name for name in INTERPOLATIONS if name != before.interpolation)
    own.picture = replace(own.picture, preparation=replace(before, interpolation=other))
    assert flowing(app.run())["pending"]


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", [name for _, _, name in STEPS])
def test_a_step_opens_its_page(name: str) -> None:
    app = trigger(open_page("home"), "home_steps", "opened", name)
    assert not app.exception
    assert f"<h1>{TITLES[name]}</h1>" in html_of(app)
