"""The feature-map page: it says whose weights it shows, and its numbers are those of the network."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Network
from cnnlab.core.pictures import prepare
from cnnlab.core.shapes import layer_names
from cnnlab.runs import trained
from cnnlab.runs.inference import FileWeights, InferenceClient, RandomWeights
from tests.app.driving import go_to, html_of, keyed, labelled, mine, move, open_page, step, text_of, trigger
from tests.app.material import rotated_jpeg, transparent_png

SPATIAL = 9


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader(key="picture_file").upload(name, content, "image/png").run()


def maps_said(app: AppTest) -> str:
    return text_of(keyed(app, "feature_maps"))


def sheets(app: AppTest) -> list[str]:
    return [image.proto.imgs[0].url for image in keyed(app, "feature_maps").get("image")]


def test_the_first_visitor_sees_the_shipped_trained_network(inference: InferenceClient) -> None:
    app = open_page("feature_maps")
    assert not app.exception
    shipped = trained.demo()
    said = maps_said(app)
    assert "You are looking at the trained network" in said
    assert "64 × 64 × 3" in said
    assert "150 × 150 × 3" in said
    pixels = prepare(mine(app).picture.pixels, 64, 64, 3)
    probability = float(inference.maps(shipped.network, FileWeights(shipped.path), pixels)[-1].ravel()[0])
    assert f"P(dogs) = {probability:.2f}, because class 1 is dogs" in said
    assert "knows nothing about photographs" in said


def test_each_layer_with_maps_has_one_sheet_with_the_statistics_of_its_values(inference: InferenceClient) -> None:
    app = open_page("feature_maps")
    shipped = trained.demo()
    assert len(sheets(app)) == SPATIAL
    assert all(sheets(app))
    pixels = prepare(mine(app).picture.pixels, 64, 64, 3)
    outputs = inference.maps(shipped.network, FileWeights(shipped.path), pixels)
    for index, name in enumerate(layer_names(shipped.network)[:SPATIAL]):
        said, values = text_of(keyed(app, f"maps_layer{index}")), outputs[index]
        assert name in said
        assert " × ".join(map(str, values.shape)) in said
        assert f"{values.min():.2f} to {values.max():.2f}" in said
        assert f"{(values == 0).mean():.0%} zeros" in said


def test_random_weights_are_labelled_random(inference: InferenceClient) -> None:
    app = open_page("feature_maps", weights_source="random")
    assert not app.exception
    assert "Random weights. Nothing has been learned" in maps_said(app)
    assert "P(dogs)" not in maps_said(app)
    pixels = prepare(mine(app).picture.pixels, 150, 150, 3)
    first = inference.maps(Network.seed(), RandomWeights(0), pixels)[0]
    assert f"{first.min():.2f} to {first.max():.2f}" in text_of(keyed(app, "maps_layer0"))


@pytest.mark.usefixtures("no_inference")
def test_weights_of_another_network_are_offered_not_substituted() -> None:
    app = open_page("feature_maps")
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.kernel_size": 5})
    go_to(app, "feature_maps")
    assert "These weights belong to another network" in maps_said(app)
    assert not sheets(app), "maps of one network must not stand under the name of another"
    labelled(app.button, "Show the trained network").click().run()
    assert not app.exception
    assert mine(app).network == trained.demo().network
    assert len(sheets(app)) == SPATIAL
    go_to(app, "architecture")
    step(app, "undo")
    assert mine(app).network.layers[0].config["kernel_size"] == (5, 5)


@pytest.mark.usefixtures("no_inference")
def test_ones_own_network_can_be_shown_with_random_weights_instead() -> None:
    app = open_page("feature_maps")
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.filters": 8})
    go_to(app, "feature_maps")
    labelled(app.button, "Show mine with random weights").click().run()
    assert not app.exception
    assert "Random weights" in maps_said(app)
    assert "The 8 maps of conv2d" in keyed(app, "maps_layer0").get("image")[0].proto.imgs[0].alt
    assert app.selectbox(key="weights_source").value == "random"


@pytest.mark.usefixtures("no_inference")
def test_whoever_built_a_network_first_sees_that_one() -> None:
    app = open_page("architecture")
    move(app, "network_lab", {"layer0.filters": 8})
    assert "Random weights" in maps_said(go_to(app, "feature_maps"))


@pytest.mark.usefixtures("no_inference")
def test_an_impossible_network_has_no_maps_but_a_sentence() -> None:
    app = open_page("architecture")
    move(app, "network_lab", {"layer2.pool_size": 12, "layer5.pool_size": 12})
    go_to(app, "feature_maps")
    assert not app.exception
    assert "There are no maps: the network cannot exist. max_pooling2d_1" in maps_said(app)


def test_a_process_that_cannot_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.runs.inference import InferenceError
    from cnnlab.ui import maps

    class Broken:
        def maps(self, *_: object) -> None:
            raise InferenceError("The process that computes feature maps ended unexpectedly; try again.")

    monkeypatch.setattr(maps, "inference", Broken)
    app = open_page("feature_maps")
    assert not app.exception
    assert [error.value for error in app.error] == [
        "The process that computes feature maps ended unexpectedly; try again."
    ]


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(("scope", "legends"), [("map", 0), ("layer", SPATIAL), ("network", SPATIAL)])
def test_every_scale_is_explained(scope: str, legends: int) -> None:
    app = open_page("feature_maps", map_scope=scope)
    page = html_of(keyed(app, "feature_maps"))
    assert page.count("linear-gradient") == legends
    assert page.count("each map has its own scale") == SPATIAL - legends
    assert len(re.findall(r'class="legend"', page)) == SPATIAL


@pytest.mark.usefixtures("no_inference")
def test_every_sheet_has_words_for_who_cannot_see_it() -> None:
    app = open_page("feature_maps")
    said = [image.proto.imgs[0].alt for image in keyed(app, "feature_maps").get("image")]
    assert len(said) == SPATIAL
    assert all("maps of" in alt for alt in said)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(
    ("name", "content", "size"),
    [("upright.jpg", rotated_jpeg(90, 60), (90, 60, 3)), ("half.png", transparent_png(), (50, 70, 3))],
)
def test_an_uploaded_picture_is_looked_at(name: str, content: bytes, size: tuple[int, ...]) -> None:
    app = upload(open_page("feature_maps"), name, content)
    assert not app.exception
    assert not app.error
    assert mine(app).picture.pixels.shape == size
    assert len(sheets(app)) == SPATIAL


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.png", b"only words"),
        ("empty.png", b""),
        ("cut.jpg", rotated_jpeg()[:200]),
        ("zip.png", b"PK\x03\x04 and so on"),
        ("<script>.png", b"only words"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_the_picture_stays(name: str, content: bytes) -> None:
    app = upload(open_page("feature_maps"), "half.png", transparent_png())
    before = mine(app).picture
    upload(app, name, content)
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.strip().endswith(".")
    assert mine(app).picture is before
    assert len(sheets(app)) == SPATIAL


@pytest.mark.usefixtures("no_inference")
def test_a_gallery_picture_replaces_a_refused_upload() -> None:
    app = upload(open_page("feature_maps"), "notes.png", b"only words")
    trigger(app, "picture_gallery", "picked", "coffee.jpg")
    assert not app.exception
    assert not app.error
    assert mine(app).gallery_file == "coffee.jpg"


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("picked", ["../../etc/passwd", "", None, 3, ["coffee.jpg"]])
def test_a_picture_that_is_not_in_the_gallery_is_ignored(picked: object) -> None:
    app = open_page("feature_maps")
    before = mine(app).gallery_file
    trigger(app, "picture_gallery", "picked", picked)
    assert not app.exception
    assert mine(app).gallery_file == before
