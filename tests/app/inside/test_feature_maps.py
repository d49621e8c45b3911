"""The feature-map page: it says whose weights it shows, and its numbers are those of the network."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import Augmentation
from cnnlab.core.data.bundled import silhouettes
from cnnlab.core.data.held import Measure
from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.core.pictures import prepare
from cnnlab.core.pictures.reference import FromGallery
from cnnlab.core.shapes import layer_names
from cnnlab.core.words.numbers import percent
from cnnlab.processes.inference import Inside, Look
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.record.epoch_weights import keep_epoch, weights_path
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store import Store, trained
from cnnlab.ui.session import services
from tests.app.driving import go_to, keyed, labelled, mine, move, open_page, step, text_of, trigger, unpacked
from tests.app.material import encoded, rotated_jpeg, transparent_png

SPATIAL = 9


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader(key="picture_file").upload(name, content, "image/png").run()


def view(app: AppTest) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return what the page sends to the component that draws the maps; nothing if there is none."""
    if not any(getattr(node, "key", None) == "maps_view" for node in app.main):
        return {"layers": []}, {}
    return unpacked(app, "maps_view")


def layers_of(app: AppTest, kind: str = "maps") -> dict[int, dict[str, Any]]:
    return {layer["index"]: layer for layer in view(app)[0]["layers"] if layer["kind"] == kind}


def head(app: AppTest, index: int) -> str:
    """Return the words above the maps of a layer."""
    layer = {**layers_of(app), **layers_of(app, "vector")}[index]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", layer["head"]))


def maps_said(app: AppTest) -> str:
    return text_of(keyed(app, "feature_maps"))


def sheets(app: AppTest) -> list[bytes]:
    blobs = view(app)[1]
    return [blobs[layer["sheets"][0]].tobytes() for layer in layers_of(app).values()]


def test_the_first_visitor_sees_the_shipped_trained_network(inference: Inside) -> None:
    app = open_page("feature_maps")
    assert not app.exception
    shipped = trained.demo()
    said = maps_said(app)
    assert shipped.network == mine(app).network == Network.seed(), "there is one network, not two"
    assert "Shown: your network , trained on silhouettes (shipped)" in text_of(app)
    assert "another network" not in text_of(app)
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    probability = float(
        inference.look(Weighted(shipped.network, FileWeights(shipped.path)), pixels).outputs[-1].ravel()[0]
    )
    assert f"P(dogs) = {probability:.2f}, because class 1 is dogs" in said
    assert "knows nothing about photographs" in said


def test_each_layer_with_maps_has_one_sheet_with_the_statistics_of_its_values(inference: Inside) -> None:
    app = open_page("feature_maps")
    shipped = trained.demo()
    assert len(sheets(app)) == SPATIAL
    assert all(sheets(app))
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    outputs = inference.look(Weighted(shipped.network, FileWeights(shipped.path)), pixels).outputs
    for index, name in enumerate(layer_names(shipped.network)[:SPATIAL]):
        said, values = head(app, index), outputs[index]
        assert name in said
        assert " × ".join(map(str, values.shape)) in said
        assert f"{values.min():.2f} to {values.max():.2f}".replace("-", "−") in said
        assert f"{(values == 0).mean():.0%} zeros" in said


def test_random_weights_are_labelled_random(inference: Inside) -> None:
    app = open_page("feature_maps", weights_source="random")
    assert not app.exception
    assert "Random weights. Nothing has been learned" in maps_said(app)
    assert "P(dogs)" not in maps_said(app)
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    first = inference.look(Weighted(Network.seed(), RandomWeights(0)), pixels).outputs[0]
    assert f"{first.min():.2f} to {first.max():.2f}".replace("-", "−") in head(app, 0)


@pytest.mark.usefixtures("no_inference")
def test_a_changed_network_is_shown_and_the_trained_one_offered_which_changes_nothing() -> None:
    app = open_page("feature_maps")
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.kernel_size": 5, "layer0.filters": 8})
    go_to(app, "feature_maps")
    own = mine(app).network
    assert "Shown: your network , with random weights. The weights" in text_of(app)
    assert "The 8 maps of conv2d" in layers_of(app)[0]["alt"]
    labelled(app.button, "Show the trained network").click().run()
    assert not app.exception
    assert "Shown: another network , trained on silhouettes (shipped)" in text_of(app)
    assert "The 32 maps of conv2d" in layers_of(app)[0]["alt"]
    assert mine(app).network == own
    labelled(app.button, "Show mine with random weights").click().run()
    assert "The 8 maps of conv2d" in layers_of(app)[0]["alt"]
    assert app.selectbox(key="weights_source").value == "random"


@pytest.mark.usefixtures("no_inference")
def test_a_wish_for_other_weights_holds_until_the_own_network_changes() -> None:
    app = open_page("feature_maps")
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.filters": 8})
    go_to(app, "feature_maps")
    app.selectbox(key="weights_source").set_value("demo").run()
    assert "The 32 maps of conv2d" in layers_of(app)[0]["alt"]
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.filters": 4})
    go_to(app, "feature_maps")
    assert "The 4 maps of conv2d" in layers_of(app)[0]["alt"]
    assert "belong to another network" in text_of(app)


@pytest.mark.usefixtures("no_inference")
def test_a_reloaded_page_shows_the_network_that_the_tab_kept() -> None:
    app = open_page("feature_maps")
    kept = Network.seed().with_option(0, "filters", 8)
    trigger(app, "network_strip", "kept", encode(kept))
    assert mine(app).network == kept
    assert "The 8 maps of conv2d" in layers_of(app)[0]["alt"]


@pytest.mark.usefixtures("no_inference")
def test_the_trained_network_becomes_ones_own_when_that_is_asked_for_and_undo_brings_ones_own_back() -> None:
    app = open_page("architecture")
    move(app, "network_lab", {"layer0.filters": 8})
    own = mine(app).network
    labelled(go_to(app, "feature_maps").button, "Show the trained network").click().run()
    labelled(app.button, "Make it my network").click().run()
    assert not app.exception
    assert mine(app).network == trained.demo().network
    assert len(sheets(app)) == SPATIAL
    go_to(app, "architecture")
    step(app, "undo")
    assert mine(app).network == own


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
    from cnnlab.processes.inference import InferenceError

    class Broken:
        def look(self, *_: object) -> None:
            raise InferenceError("The process that computes feature maps ended unexpectedly; try again.")

    monkeypatch.setattr(services, "inference", Broken)
    app = open_page("feature_maps")
    assert not app.exception
    assert [error.value for error in app.error] == [
        "The process that computes feature maps ended unexpectedly; try again."
    ]


def decoded(app: AppTest, index: int, side: int = 0) -> np.ndarray:
    """Return the maps of a layer as its sheet shows them, (height, width, channels) in the order of the channels."""
    header, blobs = view(app)
    layer = next(layer for layer in header["layers"] if layer["index"] == index)
    sheet = np.array(Image.open(io.BytesIO(blobs[layer["sheets"][side]].tobytes()))).astype(float)
    height, width = layer["height"], layer["width"]
    out = np.zeros((height, width, layer["count"]))
    for tile, channel in enumerate(layer["order"]):
        top = tile // layer["columns"] * (height + layer["gap"])
        left = tile % layer["columns"] * (width + layer["gap"])
        limit = layer["limits"][tile] if layer["limit"] is None else layer["limit"]
        out[:, :, channel] = (sheet[top : top + height, left : left + width] - 127) * limit / 127
    return out


@pytest.mark.parametrize("sort", ["channel", "mean", "maximum", "sparsity"])
@pytest.mark.parametrize("scope", ["map", "layer", "network"])
def test_what_is_painted_are_the_values_within_half_a_step(scope: str, sort: str, inference: Inside) -> None:
    app = open_page("feature_maps", map_scope=scope, map_sort=sort)
    shipped = trained.demo()
    outputs = inference.look(
        Weighted(shipped.network, FileWeights(shipped.path)), mine(app).picture.held.prepared(Measure(150, 150, 3))
    ).outputs
    everywhere = max(np.abs(values).max() for values in outputs[:SPATIAL])
    for index, layer in layers_of(app).items():
        values = outputs[index]
        ends = np.abs(values).max((0, 1)) if scope == "map" else np.abs(values).max()
        step = (everywhere if scope == "network" else ends) / 127
        assert (np.abs(decoded(app, index) - values) <= step / 2 + 1e-3 * everywhere).all()
        facts = layer["statistics"][0]
        for name, expected in {
            "minimum": values.min((0, 1)),
            "maximum": values.max((0, 1)),
            "mean": values.mean((0, 1)),
            "zeros": (values == 0).mean((0, 1)),
        }.items():
            np.testing.assert_allclose(facts[name], expected[layer["order"]], rtol=1e-3, atol=1e-6)
        key = {"channel": [-channel for channel in layer["order"]], "sparsity": facts["zeros"]}.get(sort) or facts[sort]
        assert (np.diff(key) <= 1e-6).all(), "the largest first"


def test_vectors_are_there_as_numbers_and_flatten_knows_where_they_were(inference: Inside) -> None:
    app = open_page("feature_maps")
    shipped = trained.demo()
    outputs = inference.look(
        Weighted(shipped.network, FileWeights(shipped.path)), mine(app).picture.held.prepared(Measure(150, 150, 3))
    ).outputs
    header, blobs = view(app)
    vectors = layers_of(app, "vector")
    assert sorted(vectors) == [9, 10, 11, 12, 13, 14]
    for index, layer in vectors.items():
        np.testing.assert_array_equal(blobs[layer["values"][0]], outputs[index])
    assert vectors[9]["flattened"] == [17, 17, 64]
    # A bar of the sigmoid is as long as its share of what a sigmoid can give, however small the value.
    assert (vectors[14]["low"], vectors[14]["high"]) == (0, 1)
    assert vectors[10]["high"] == outputs[10].max()
    assert len(header["layers"]) == 15


def test_the_output_is_a_logit_an_activation_and_a_meaning(inference: Inside) -> None:
    app = open_page("feature_maps")
    shipped = trained.demo()
    outputs = inference.look(
        Weighted(shipped.network, FileWeights(shipped.path)), mine(app).picture.held.prepared(Measure(150, 150, 3))
    ).outputs
    logit = float(outputs[-2][0])
    assert f"from the logit {logit:.2f}".replace("-", "−") in maps_said(app)
    assert f"{1 / (1 + np.exp(-logit)):.2f}, because class 1 is dogs" in maps_said(app)


def test_trained_stands_beside_random_with_one_scale_and_one_order(inference: Inside) -> None:
    app = open_page("feature_maps", maps_beside="random weights", map_sort="mean")
    assert not app.exception
    shipped = trained.demo()
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    both = [
        inference.look(Weighted(shipped.network, w), pixels).outputs
        for w in (FileWeights(shipped.path), RandomWeights(0))
    ]
    assert [side["title"] for side in view(app)[0]["sides"]] == ["trained", "random weights, nothing learned"]
    for index, layer in layers_of(app).items():
        limit = max(np.abs(outputs[index]).max() for outputs in both)
        assert layer["limit"] == pytest.approx(limit)
        for side, outputs in enumerate(both):
            assert np.abs(decoded(app, index, side) - outputs[index]).max() <= limit / 254 + 1e-6
    assert maps_said(app).count("P(dogs)") == 1, "a random network's output means nothing"


def test_two_pictures_stand_side_by_side(inference: Inside) -> None:
    app = open_page("feature_maps", maps_beside="another picture")
    app.selectbox(key="maps_other").set_value(FromGallery("coffee.jpg")).run()
    assert not app.exception
    assert [side["title"] for side in view(app)[0]["sides"]] == ["your picture", "Coffee"]
    assert maps_said(app).count("P(dogs)") == 2
    assert not np.array_equal(decoded(app, 0, 0), decoded(app, 0, 1))


def test_each_of_several_pictures_with_one_name_can_stand_beside(inference: Inside) -> None:
    app = open_page("feature_maps", maps_beside="another picture")
    for color in ("red", "white"):
        upload(app, "photo.png", encoded(Image.new("RGB", (64, 64), color), "PNG"))
    assert app.selectbox(key="maps_other").options[:2] == ["photo.png", "photo.png (2)"]
    seen = []
    for place in (0, 1):
        app.selectbox(key="maps_other").select_index(place).run()
        assert not app.exception
        seen.append(decoded(app, 0, 1))
    assert not np.array_equal(*seen), "the second one can be seen too"


def test_dead_channels_are_those_that_no_picture_of_the_batch_excites(inference: Inside) -> None:
    app = open_page("feature_maps", map_dead=True)
    assert not app.exception
    shipped = trained.demo()
    images = silhouettes.load("validation")[0]
    batch = images[np.linspace(0, len(images) - 1, 32).astype(int)]
    excited = [np.zeros(row["count"], bool) for row in layers_of(app).values()]
    for picture in batch:
        pixels = prepare(picture, *shipped.network.input_shape)
        outputs = inference.look(Weighted(shipped.network, FileWeights(shipped.path)), pixels).outputs
        for index in range(SPATIAL):
            excited[index] |= outputs[index].any((0, 1))
    for index, layer in layers_of(app).items():
        assert layer["dead"] == np.flatnonzero(~excited[index]).tolist()
    assert any(layer["dead"] for layer in layers_of(app).values()), "else this proves nothing"


@pytest.mark.parametrize("scope", ["map", "layer", "network"])
def test_a_clipped_scale_ends_at_the_percentile_and_says_what_lies_beyond(scope: str, inference: Inside) -> None:
    app = open_page("feature_maps", map_scope=scope, map_clip="at the 95th percentile")
    assert not app.exception
    shipped = trained.demo()
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    outputs = [
        np.abs(v)
        for v in inference.look(Weighted(shipped.network, FileWeights(shipped.path)), pixels).outputs[:SPATIAL]
    ]
    everything = np.concatenate([values.ravel() for values in outputs])
    for index, layer in layers_of(app).items():
        values = outputs[index]
        whole = {"map": values.reshape(-1, values.shape[2]), "layer": values.ravel(), "network": everything}[scope]
        ends = np.percentile(whole, 95, axis=0, method="inverted_cdf")
        ends = np.where(ends > 0, ends, whole.max(axis=0))
        np.testing.assert_allclose(layer["limits"], np.broadcast_to(ends, (values.shape[2],)), rtol=1e-3)
        beyond = (values > ends).mean()
        said = f"{percent(beyond)} beyond, to ±{values.max():.2g}" if beyond else " "
        assert said in head(app, index)


def test_duplicate_channels_are_those_whose_maps_correlate(inference: Inside) -> None:
    app = open_page("feature_maps", map_twins="in this picture", map_least=0.9)
    assert not app.exception
    shipped = trained.demo()
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    outputs = inference.look(Weighted(shipped.network, FileWeights(shipped.path)), pixels).outputs
    marked = 0
    for index, layer in layers_of(app).items():
        flat = outputs[index].reshape(-1, outputs[index].shape[2]).astype(np.float64)
        for channel in range(1, flat.shape[1]):
            with np.errstate(invalid="ignore"):
                r = [np.corrcoef(flat[:, channel], flat[:, other])[0, 1] for other in range(channel)]
            first = next((i for i, each in enumerate(r) if each >= 0.9), None)
            found = layer["twins"].get(str(channel))
            assert (first is None) == (found is None)
            if found is not None:
                marked += 1
                assert (found[0], found[1]) == (first, pytest.approx(r[first], abs=1e-4))
    assert marked, "the shipped network has some"
    app.number_input(key="map_least").set_value(1.0).run()
    assert sum(len(layer["twins"]) for layer in layers_of(app).values()) < marked
    app.selectbox(key="map_twins").set_value("in 32 pictures").run()
    assert not app.exception


def test_rolling_again_draws_other_weights(inference: Inside) -> None:
    app = open_page("feature_maps", weights_source="random")
    before = sheets(app)[0]
    labelled(app.button, "Roll again").click().run()
    assert app.number_input(key="random_seed").value == 1
    assert sheets(app)[0] != before


def test_every_convolution_shows_its_filters_with_their_numbers(inference: Inside) -> None:
    app = open_page("feature_maps", map_kind="filters")
    assert not app.exception
    header, blobs = unpacked(app, "maps_view_kernels")
    assert [layer["index"] for layer in header["layers"]] == [0, 3, 6]
    shipped = trained.demo()
    found = inference.kernels(Weighted(shipped.network, FileWeights(shipped.path)))
    for layer, kernel in zip(header["layers"], found, strict=True):
        height, width, inputs, filters = kernel.values.shape
        numbers = blobs[layer["numbers"]].reshape(filters, inputs, height, width)
        np.testing.assert_array_equal(numbers, kernel.values.transpose(3, 2, 0, 1))
        assert layer["bias"] == pytest.approx(kernel.bias)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("sent", [{"layer": 99, "channel": 0}, {"layer": "0"}, [1], None, {"layer": -1, "channel": 2}])
def test_nonsense_sent_to_the_convolution_view_changes_nothing(sent: object) -> None:
    app = open_page("feature_maps")
    trigger(app, "maps_view", "send", sent)
    assert not app.exception
    assert mine(app).layer.selected is None


@pytest.mark.usefixtures("no_inference")
def test_a_map_is_sent_as_the_selected_layer_and_channel() -> None:
    app = open_page("feature_maps")
    trigger(app, "maps_view", "send", {"layer": 3, "channel": 7})
    assert not app.exception
    assert (mine(app).layer.selected, mine(app).layer.channel) == (3, 7)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(("scope", "legends"), [("map", 0), ("layer", SPATIAL), ("network", SPATIAL)])
def test_every_scale_is_explained(scope: str, legends: int) -> None:
    app = open_page("feature_maps", map_scope=scope)
    page = "".join(layer["head"] for layer in layers_of(app).values())
    assert page.count("linear-gradient") == legends
    assert page.count("each map has its own scale") == SPATIAL - legends
    assert len(re.findall(r'class="legend"', page)) == SPATIAL


@pytest.mark.usefixtures("no_inference")
def test_every_sheet_has_words_for_who_cannot_see_it() -> None:
    app = open_page("feature_maps")
    said = [layer["alt"] for layer in layers_of(app).values()]
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
    assert mine(app).picture.held.facts.shape == size[:2]
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
    before = mine(app).picture.held
    upload(app, name, content)
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.strip().endswith(".")
    assert mine(app).picture.held is before
    assert len(sheets(app)) == SPATIAL


@pytest.mark.usefixtures("no_inference")
def test_a_gallery_picture_replaces_a_refused_upload() -> None:
    app = upload(open_page("feature_maps"), "notes.png", b"only words")
    trigger(app, "picture_gallery", "picked", str(FromGallery("coffee.jpg")))
    assert not app.exception
    assert not app.error
    assert mine(app).picture.reference == FromGallery("coffee.jpg")


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("picked", ["../../etc/passwd", "coffee.jpg", "", None, 3, [str(FromGallery("coffee.jpg"))]])
def test_a_picture_that_is_not_in_the_gallery_is_ignored(picked: object) -> None:
    app = open_page("feature_maps")
    before = mine(app).picture.reference
    trigger(app, "picture_gallery", "picked", picked)
    assert not app.exception
    assert mine(app).picture.reference == before


def test_the_weights_of_every_epoch_that_a_run_kept_can_be_shown(
    store: Store, no_inference: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    fake = services.inference()
    answer = fake.look

    def recorded(self: object, subject: Weighted, pixels: np.ndarray) -> Look:
        assert isinstance(subject.weights, FileWeights)
        shown.append(subject.weights.path)
        return answer(subject, pixels)

    monkeypatch.setattr(type(fake), "look", recorded)
    network = Network.seed().with_image_size(24, 24)
    spec = RunSpec(
        name="mine",
        network=network,
        data="silhouettes",
        data_name="silhouettes",
        augmentation=Augmentation.none(),
    )
    run = store.create(spec)
    shipped = trained.demo().path
    for epoch in (1, 2):
        keep_epoch(shipped, store.epochs_folder(run.id), epoch)
    store.model_path(run.id).write_bytes(shipped.read_bytes())
    EventWriter(store.folder(run.id) / "metrics.jsonl").append({"type": "start", "classes": ["cats", "dogs"]})
    for state in (State.STARTING, State.RUNNING, State.FINISHED):
        store.transition(run.id, state)
    app = open_page("feature_maps", weights_source=run.id)
    assert shown[-1] == store.model_path(run.id)
    slider = labelled(app.select_slider, "Weights after epoch")
    assert slider.options == ["1", "2", "the end"]
    slider.set_value(2).run()
    assert shown[-1] == weights_path(store.epochs_folder(run.id), 2)
    assert not app.exception
    app.selectbox(key="maps_beside").set_value("another epoch").run()
    assert app.selectbox(key="maps_epoch").options == ["after epoch 1", "at the end"]
    assert shown[-2:] == [weights_path(store.epochs_folder(run.id), epoch) for epoch in (2, 1)]
    app.selectbox(key="maps_epoch").set_value("at the end").run()
    assert not app.exception
    assert shown[-1] == store.model_path(run.id)
    assert [side["title"] for side in view(app)[0]["sides"]] == ["after epoch 2", "at the end"]
    assert all(len(layer["sheets"]) == 2 for layer in layers_of(app).values()), "with one scale"
    labelled(app.select_slider, "Weights after epoch").set_value("the end").run()
    assert not app.exception
    assert app.selectbox(key="maps_epoch").options == ["after epoch 1", "after epoch 2"]
    app.selectbox(key="weights_source").set_value("demo").run()
    assert not app.exception
    assert app.selectbox(key="maps_beside").value == "nothing", "the shipped weights have no epochs"
