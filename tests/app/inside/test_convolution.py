"""The convolution page: which layer and channel it shows, and that what it sends is Keras' own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.held import Measure
from cnnlab.core.exchange.imported import ImportedModel
from cnnlab.core.network import Layer, Network
from cnnlab.processes.inference import InferenceError, Inside
from cnnlab.processes.subjects import FileWeights, Weighted
from cnnlab.runs.store import trained
from cnnlab.ui.session import services
from cnnlab.ui.session.choices import LayerChoice
from tests.app.driving import go_to, keyed, labelled, mine, move, open_page, text_of, trigger

VIEW = "convolution_view"


def sent(app: AppTest, key: str = VIEW) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the facts and arrays that the page sends to a component."""
    data = keyed(app, key).proto.bytes
    size = int.from_bytes(data[:4], "little")
    head, body = json.loads(data[4 : 4 + size]), data[4 + size :]
    read = {k: np.frombuffer(body, v["dtype"], v["count"], v["offset"]) for k, v in head["arrays"].items()}
    return head["facts"], read


def with_network(*layers: Layer, shape: tuple[int, int, int] = (16, 16, 3)) -> AppTest:
    """Open the page with a network of one's own."""
    app = open_page("home")
    mine(app).change_network(Network(shape, layers))
    return go_to(app, "convolution")


def test_the_first_visitor_sees_the_first_convolution_of_the_trained_network(inference: Inside) -> None:
    app = open_page("convolution")
    assert not app.exception
    facts, arrays = sent(app)
    demo = trained.demo()
    assert (facts["name"], facts["channel"], facts["total"]) == ("conv2d", 0, 3)
    pixels = mine(app).picture.held.prepared(Measure(*demo.network.input_shape))
    subjects = inference.look(Weighted(demo.network, FileWeights(demo.path)), pixels).outputs
    np.testing.assert_allclose(arrays["before"], subjects[0][:, :, 0].ravel(), atol=1e-6)
    np.testing.assert_allclose(arrays["after0"], subjects[1][:, :, 0].ravel(), atol=1e-6)
    np.testing.assert_allclose(arrays["pooled"], subjects[2][:, :, 0].ravel(), atol=1e-6)
    np.testing.assert_array_equal(arrays["picture"], pixels.ravel())
    assert "Shown: your network , trained on silhouettes (shipped)" in text_of(app)


@pytest.mark.usefixtures("no_inference")
def test_a_layer_selected_in_the_strip_is_the_one_shown() -> None:
    app = trigger(open_page("convolution"), "network_strip", "picked", 6)
    assert sent(app)[0]["layer"] == "6 conv2d_2"
    app = trigger(app, "network_strip", "picked", 7)
    assert sent(app)[0]["layer"] == "6 conv2d_2", "an activation is looked at together with its convolution"
    assert sent(app)[0]["stages"][sent(app)[0]["shown"]]["label"] == "relu"
    assert "has no window" not in text_of(app)
    app = trigger(app, "network_strip", "picked", 10)
    assert sent(app)[0]["layer"] == "8 max_pooling2d_2"
    assert "dense has no window that slides; you see max_pooling2d_2" in text_of(app)


@pytest.mark.usefixtures("no_inference")
def test_layer_and_channel_are_chosen_and_stay_on_the_next_visit() -> None:
    app = open_page("convolution")
    app.selectbox(key="convolution_layer").select(3).run()
    app.number_input(key="convolution_channel").set_value(31).run()
    assert (mine(app).layer.selected, mine(app).layer.channel) == (3, 31)
    go_to(app, "home")
    facts, _ = sent(go_to(app, "convolution"))
    assert (facts["layer"], facts["channel"]) == ("3 conv2d_1", 31)


@pytest.mark.usefixtures("no_inference")
def test_another_page_can_send_a_layer_and_a_channel_here() -> None:
    app = open_page("home")
    mine(app).layer = LayerChoice(6, channel=63)
    facts, _ = sent(go_to(app, "convolution"))
    assert (facts["layer"], facts["channel"]) == ("6 conv2d_2", 63)


@pytest.mark.usefixtures("no_inference")
def test_a_channel_that_the_layer_does_not_have_becomes_its_last() -> None:
    app = open_page("home")
    mine(app).layer = LayerChoice(0, channel=500)
    assert sent(go_to(app, "convolution"))[0]["channel"] == 31


@pytest.mark.parametrize("first", [7, -3, "2", None, 10**9])
def test_the_browser_may_ask_for_later_input_channels_and_for_nonsense(inference: Inside, first: Any) -> None:
    app = open_page("home")
    mine(app).layer = LayerChoice(3, channel=0)
    app = trigger(go_to(app, "convolution"), VIEW, "first", first)
    assert not app.exception
    facts, arrays = sent(app)
    assert arrays["inputs"].size == facts["held"] * 74 * 74
    assert 0 <= facts["first"] <= facts["total"] - facts["held"]


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Layer.make("Conv2D", filters=2, kernel_size=3, strides=2, padding="same"), ""),
        (Layer.make("Conv2D", filters=2, kernel_size=(5, 2), dilation_rate=2), ""),
        (Layer.make("Conv2D", filters=3, kernel_size=3, activation="softmax"), "softmax also divides"),
        (Layer.make("DepthwiseConv2D", kernel_size=3, depth_multiplier=2), "one input channel only"),
        (
            Layer.make("SeparableConv2D", filters=2, kernel_size=3, strides=2, dilation_rate=2),
            "multiplied to one kernel",
        ),
        (Layer.make("MaxPooling2D", pool_size=3, padding="same"), ""),
        (Layer.make("AveragePooling2D", pool_size=2), ""),
    ],
)
def test_every_kind_of_window_is_shown(inference: Inside, layer: Layer, said: str) -> None:
    app = with_network(layer)
    assert not app.exception
    assert not app.error
    facts, _ = sent(app)
    assert said in facts["note"]
    assert bool(said) == bool(facts["note"])


@pytest.mark.usefixtures("no_inference")
def test_a_network_without_a_window_and_an_impossible_one_get_a_sentence() -> None:
    app = with_network(Layer.make("Flatten"), Layer.make("Dense", units=1))
    assert "This network has no convolution and no pooling layer" in text_of(app)
    app = with_network(Layer.make("Conv2D", filters=1, kernel_size=20))
    assert not app.exception
    assert "the network cannot exist. conv2d: the kernel" in text_of(app)


@pytest.mark.usefixtures("no_inference")
def test_weights_of_another_network_are_offered_here_too() -> None:
    app = open_page("convolution")
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.kernel_size": 5})
    go_to(app, "convolution")
    assert "Shown: your network , with random weights. The weights" in text_of(app)
    assert len(sent(app)[0]["rows"]["taps"]) == 5
    labelled(app.button, "Show the trained network").click().run()
    assert len(sent(app)[0]["rows"]["taps"]) == 3


def test_a_process_that_cannot_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def window(self, *_: object) -> None:
            raise InferenceError("The process that computes feature maps ended unexpectedly; try again.")

    monkeypatch.setattr(services, "inference", Broken)
    app = open_page("convolution")
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.usefixtures("no_inference")
def test_the_kernel_bench_has_the_picture_in_grey_as_large_as_the_network_takes_it() -> None:
    app = open_page("convolution", convolution_show="Kernel bench")
    assert not app.exception
    facts, arrays = sent(app, "kernel_bench")
    grey = mine(app).picture.held.prepared(Measure(150, 150, 1))
    np.testing.assert_allclose(arrays["grey"], grey.ravel() / 255, atol=1e-6)
    assert [preset["key"] for preset in facts["presets"]][:3] == ["identity", "blur", "sharpen"]


def test_the_kernel_bench_offers_the_kernel_of_the_chosen_channel(inference: Inside) -> None:
    app = open_page("home", convolution_show="Kernel bench")
    mine(app).layer = LayerChoice(3, channel=5)
    facts, _ = sent(go_to(app, "convolution"), "kernel_bench")
    own = [preset for preset in facts["presets"] if preset["key"].startswith("own")]
    assert [preset["title"] for preset in own] == [f"conv2d_1[:, :, {i}, 5]" for i in range(8)]
    demo = trained.demo()
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    kernel = inference.window(Weighted(demo.network, FileWeights(demo.path)), pixels, 3, 5).kernel
    np.testing.assert_allclose(own[2]["values"]["3"], kernel[:, :, 2].ravel())


def test_the_activation_bench_has_the_chosen_map_before_any_activation(inference: Inside) -> None:
    app = open_page("convolution", convolution_show="Activation bench")
    assert not app.exception
    facts, arrays = sent(app, "activation_bench")
    assert (facts["name"], facts["height"], facts["width"]) == ("conv2d", 148, 148)
    demo = trained.demo()
    pixels = mine(app).picture.held.prepared(Measure(150, 150, 3))
    expected = inference.look(Weighted(demo.network, FileWeights(demo.path)), pixels).outputs[0][:, :, 0]
    np.testing.assert_allclose(arrays["before"], expected.ravel(), atol=1e-6)


@pytest.mark.usefixtures("no_inference")
def test_the_kernel_bench_needs_no_network_that_works() -> None:
    app = with_network(Layer.make("Conv2D", filters=1, kernel_size=20))
    app.segmented_control(key="convolution_show").set_value("Kernel bench").run()
    assert not app.exception
    assert "cannot exist" not in text_of(app)
    assert sent(app, "kernel_bench")[0]["sizes"]


@pytest.mark.usefixtures("no_inference")
def test_a_model_that_is_no_plain_sequence_is_not_replaced_by_another_network() -> None:
    app = open_page("home", weights_source="model")
    name = "<residual>.keras"
    model = ImportedModel(name, Path(name), "0" * 64, (64, 64, 3), False, (), (), 0, None, "It branches.")
    mine(app).models["model"] = model
    go_to(app, "convolution")
    assert not app.exception
    assert "<residual>.keras has no two-dimensional convolution and no pooling layer" in text_of(app)
    assert app.selectbox(key="weights_source").value == "model"
    assert not [node for node in app.main if getattr(node, "key", None) == VIEW]
