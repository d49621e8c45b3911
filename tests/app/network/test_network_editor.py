"""The full editor, the doctor, presets, links and files of the architecture page."""

import json

import nbformat
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.exchange.link import MOST_LAYERS, encode
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.edit import NEW
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import check
from cnnlab.core.words import plain
from cnnlab.ui.network import take_along
from cnnlab.ui.network.controls import layer_groups
from cnnlab.ui.session import Shared
from cnnlab.viz.network.notebook import note, notebook
from tests.app.driving import DEADLINE, ROOT, lab, mine, move, open_page, step, text_of, trigger

LAB = "network_lab"


@pytest.fixture
def app() -> AppTest:
    return open_page("architecture")


@pytest.fixture
def editor(app: AppTest) -> AppTest:
    return trigger(app, LAB, "editor", True)


def handles(app: AppTest) -> dict[str, object]:
    groups = lab(app)["controls"]["groups"]
    return {c["handle"]: c["value"] for g in groups for c in (*g["controls"], *g["more"])}


def names(app: AppTest) -> list[str]:
    return [layer.class_name for layer in mine(app).network.layers]


def test_the_stages_come_first_and_the_editor_has_every_argument(app: AppTest) -> None:
    assert "layer0.padding" not in handles(app)
    trigger(app, LAB, "editor", True)
    shown = handles(app)
    for option in ("filters", "kernel_size", "strides", "padding", "dilation_rate", "use_bias", "activation"):
        assert f"layer0.{option}" in shown
    assert {"layer2.pool_size", "layer10.units", "layer12.rate", "layer14.activation"} <= set(shown)
    assert {"input.height", "input.width", "input.channels"} <= set(shown)
    trigger(app, LAB, "editor", False)
    assert "layer0.padding" not in handles(app)


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ({"layer0.padding": "same"}, "150 × 150 × 32"),
        ({"layer0.strides": 2}, "74 × 74 × 32"),
        ({"layer0.dilation_rate": 3}, "144 × 144 × 32"),
        ({"layer0.kernel_size.width": 5}, "148 × 146 × 32"),
        ({"input.height": 100, "input.width": 80}, "98 × 78 × 32"),
    ],
)
def test_every_kind_of_control_changes_the_shape(editor: AppTest, values: dict, first: str) -> None:
    move(editor, LAB, values)
    assert not editor.exception
    assert first in lab(editor)["table"].split("</tr>")[1]


def test_switches_and_menus_change_the_layer(editor: AppTest) -> None:
    move(editor, LAB, {"layer0.use_bias": False, "layer0.activation": "relu"})
    config = mine(editor).network.layers[0].config
    assert (config["use_bias"], config["activation"]) == (False, "relu")


def test_a_square_kernel_stays_square_until_its_width_is_moved(editor: AppTest) -> None:
    move(editor, LAB, {"layer0.kernel_size": 5})
    assert mine(editor).network.layers[0].config["kernel_size"] == (5, 5)
    move(editor, LAB, {"layer0.kernel_size.width": 3})
    move(editor, LAB, {"layer0.kernel_size": 7})
    assert mine(editor).network.layers[0].config["kernel_size"] == (7, 3)


def test_layers_are_added_moved_copied_and_removed_and_all_of_it_can_be_undone(editor: AppTest) -> None:
    seed = names(editor)
    trigger(editor, LAB, "picked", 0)
    trigger(editor, LAB, "edit", {"what": "add", "class_name": "BatchNormalization"})
    assert names(editor) == [seed[0], "BatchNormalization", *seed[1:]]
    trigger(editor, LAB, "edit", {"what": "down", "index": 1})
    assert names(editor)[:3] == ["Conv2D", "Activation", "BatchNormalization"]
    trigger(editor, LAB, "edit", {"what": "up", "index": 2})
    trigger(editor, LAB, "edit", {"what": "duplicate", "index": 0})
    assert names(editor)[:3] == ["Conv2D", "Conv2D", "BatchNormalization"]
    trigger(editor, LAB, "edit", {"what": "remove", "index": 0})
    assert not editor.exception
    for _ in range(5):
        step(editor, "undo")
    assert mine(editor).network == Network.seed()


@pytest.mark.parametrize(
    "action",
    [
        None,
        7,
        "remove",
        {"what": "remove"},
        {"what": "remove", "index": 99},
        {"what": "remove", "index": -1},
        {"what": "remove", "index": "0"},
        {"what": ["remove"], "index": 0},
        {"what": "explode", "index": 0},
        {"what": "add", "class_name": "Lambda"},
        {"what": "add"},
    ],
)
def test_what_no_button_asks_for_is_ignored(editor: AppTest, action: object) -> None:
    trigger(editor, LAB, "edit", action)
    assert not editor.exception
    assert mine(editor).network == Network.seed()


def test_a_network_too_large_for_a_link_is_shown_all_the_same(app: AppTest) -> None:
    network = Network.seed().with_option(0, "filters", 2_000_000)
    app.file_uploader(key="network_file").upload("net.json", json.dumps(network.to_dict()).encode()).run()
    assert not app.exception
    assert "148 × 148 × 2,000,000" in lab(app)["table"]
    assert lab(app)["link"] == ""


def test_no_more_layers_are_added_than_a_page_shows(editor: AppTest) -> None:
    mine(editor).change_network(Network((8, 8, 3), (Layer.make("Flatten"),) * (MOST_LAYERS - 1)))
    for action in ({"what": "add", "class_name": "Dense"}, {"what": "duplicate", "index": 0}):
        trigger(editor, LAB, "edit", action)
        trigger(editor, LAB, "edit", action)
        assert not editor.exception
        assert len(mine(editor).network.layers) == MOST_LAYERS
        assert lab(editor)["full"]
        assert lab(editor)["link"]
        step(editor, "undo")


def test_the_doctor_mends_with_one_click(app: AppTest) -> None:
    move(app, LAB, {"input.size": 21})
    assert "Take a picture of at least 22 × 22" in lab(app)["panel"]
    trigger(app, LAB, "fix", 0)
    assert check(mine(app).network) is None
    step(app, "undo")
    assert mine(app).network.input_shape == (21, 21, 3)


@pytest.mark.parametrize("place", [99, -1, "0", None, {}])
def test_a_fix_that_was_not_offered_changes_nothing(app: AppTest, place: object) -> None:
    trigger(app, LAB, "fix", place)
    assert not app.exception
    assert mine(app).network == Network.seed()


def test_every_preset_is_one_choice_and_says_why(app: AppTest) -> None:
    for preset in PRESETS:
        trigger(app, LAB, "preset", preset.key)
        assert not app.exception
        assert mine(app).network == preset.network
        assert lab(app)["presets"]["why"] == preset.why


def test_a_selected_layer_is_explained(app: AppTest) -> None:
    trigger(app, LAB, "picked", 6)
    assert "18,432 + 64 = 18,496" in lab(app)["panel"]


def test_the_diagram_is_drawn_when_it_is_opened(app: AppTest) -> None:
    assert lab(app)["diagram"]["svg"] == ""
    trigger(app, LAB, "diagram", True)
    assert lab(app)["diagram"]["svg"].count("data-layer") == 16
    trigger(app, LAB, "picked", 3)
    assert "32 kernels of 3 × 3 × 32" in lab(app)["diagram"]["closer"]


def opened_with(text: str, page: str = "architecture") -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=DEADLINE)
    app.query_params["net"] = text
    return app.run()


def test_a_link_restores_the_exact_network_and_leaves_it_to_be_changed() -> None:
    network = PRESETS[3].network
    app = opened_with(encode(network))
    assert mine(app).network == network
    assert lab(app)["link"] == encode(network)
    step(app, "reset")
    assert mine(app).network == Network.seed()


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("page", ["convolution", "feature_maps", "explain"])
def test_a_link_to_another_page_that_shows_the_network_brings_it_along(page: str) -> None:
    network = PRESETS[3].network
    assert mine(opened_with(encode(network), page)).network == network
    damaged = opened_with("1.", page)
    assert not damaged.exception
    assert mine(damaged).network == Network.seed()


@pytest.mark.parametrize("text", ["", "1.", "9.abc", encode(Network.seed())[:-5], "1.<script>", "x" * 5000])
def test_a_damaged_link_is_one_sentence_and_the_page_works(text: str) -> None:
    app = opened_with(text)
    assert not app.exception
    assert mine(app).network == Network.seed()
    assert len(app.error) == (text != "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[1]", "JSON object"),
        (b'{"input_shape": [1], "layers": []}', "input_shape"),
        (json.dumps({"input_shape": [8, 8, 3], "layers": [{"class_name": "Flatten"}] * 201}).encode(), "201 layers"),
    ],
)
def test_a_file_that_is_no_network_is_one_sentence(app: AppTest, content: bytes, said: str) -> None:
    app.file_uploader(key="network_file").upload("net.json", content).run()
    assert not app.exception
    assert plain(said) in app.error[0].value
    assert mine(app).network == Network.seed()


def test_a_saved_network_opens_again(app: AppTest) -> None:
    network = PRESETS[2].network
    app.file_uploader(key="network_file").upload("net.json", json.dumps(network.to_dict()).encode()).run()
    assert mine(app).network == network
    assert "cannot" not in text_of(app)


def test_downloads_hold_the_visitors_network_as_it_is_when_pressed() -> None:
    visitor = Shared()
    written = take_along._now(visitor, take_along._as_json)
    visitor.change_network(PRESETS[1].network)
    assert Network.from_dict(json.loads(written())) == PRESETS[1].network
    visitor.change_network(next(preset for preset in PRESETS if preset.key == "too_deep").network)
    assert "cannot exist" in take_along._now(visitor, take_along.keras_script)()
    told = take_along._now(visitor, notebook, note)()
    assert "cannot exist" in nbformat.reads(told, as_version=4).cells[0].source


def test_every_taught_option_of_every_class_has_a_control_that_holds_its_value() -> None:
    for layer in NEW.values():
        group = layer_groups(Network((8, 8, 3), (layer,)))[1]
        taught = [name for name, option in layer.kind.options.items() if option.is_taught]
        assert [control.label for control in group.controls] == taught
        for control in group.controls:
            if control.choices:
                assert control.value in control.choices
            elif not isinstance(control.value, bool):
                assert control.min <= control.value <= control.max


def test_a_largest_value_of_relu_is_chosen_by_name(editor: AppTest) -> None:
    relu = Network((8, 8, 3), (Layer.make("ReLU"),))
    mine(editor).change_network(relu)
    editor.run()
    assert handles(editor)["layer0.max_value"] == "None"
    move(editor, LAB, {"layer0.max_value": "6.0", "layer0.negative_slope": 0.1})
    assert mine(editor).network.layers[0] == Layer.make("ReLU", max_value=6, negative_slope=0.1)
    move(editor, LAB, {"layer0.max_value": "None"})
    assert mine(editor).network.layers[0].config["max_value"] is None
