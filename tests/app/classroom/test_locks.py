"""What an exercise keeps as it is stays so on the server, whatever a browser sends, and the page shows it."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Network
from cnnlab.core.pictures.reference import FromGallery
from tests.app.classroom.conftest import Opened, answered, begun, link_to, press
from tests.app.driving import go_to, keyed, lab, mine, move, text_of, trigger
from tests.unit.classroom.exercise_files import lasting as exercise

NETWORK = Network.seed()


def controls(app: AppTest) -> dict[str, bool]:
    """Return of every control of the architecture page whether it is locked."""
    return {one["handle"]: one["locked"] for group in lab(app)["controls"]["groups"] for one in group["controls"]}


def only(**pages: tuple[str, ...]) -> str:
    """Return a link to an exercise where nothing but this may be touched."""
    return link_to(replace(exercise(), only=pages))


def test_only_what_may_be_touched_moves(opened: Opened) -> None:
    app = begun(opened())
    assert {handle for handle, locked in controls(app).items() if not locked} == {
        "layer0.kernel_size",
        "layer2.pool_size",
    }
    move(app, "network_lab", {"layer0.filters": 8, "input.size": 20})
    assert mine(app).network == NETWORK
    move(app, "network_lab", {"layer0.kernel_size": 5})
    move(app, "network_lab", {"layer2.pool_size": 3})
    changed = NETWORK.with_option(0, "kernel_size", (5, 5)).with_option(2, "pool_size", (3, 3))
    assert mine(app).network == changed


def test_no_button_and_no_message_changes_which_layers_there_are(opened: Opened) -> None:
    app = begun(opened())
    assert lab(app)["frozen"]
    for event, value in (
        ("edit", {"what": "remove", "index": 0}),
        ("edit", {"what": "add", "class_name": "Dense"}),
        ("head", "softmax"),
        ("preset", "one"),
    ):
        trigger(app, "network_lab", event, value)
        assert mine(app).network == NETWORK, event
    app.run()
    assert "on the page architecture as it is, so nothing has changed." in text_of(keyed(app, "lesson_dock"))


def test_a_network_of_another_link_is_not_taken(opened: Opened) -> None:
    app = begun(opened())
    mine(app).change_network(NETWORK.with_image_size(20, 20))
    assert mine(app).network == NETWORK


def test_picture_weights_and_data_stay(opened: Opened) -> None:
    app = begun(opened(only(feature_maps=(), data=())))
    held = mine(app).picture
    assert held.reference == FromGallery("cat-chelsea.jpg")
    go_to(answered(app, "148"), "feature_maps")
    assert "keeps the picture as it is" in text_of(app.main)
    assert app.selectbox(key="weights_source").disabled
    assert app.selectbox(key="weights_source").value == "random"
    assert app.number_input(key="random_seed").disabled
    assert app.number_input(key="random_seed").value == 7
    app.session_state["weights_source"], app.session_state["random_seed"] = "demo", 3
    app.run()
    assert app.selectbox(key="weights_source").value == "random"
    mine(app).picture = mine(app).picture.chosen(held.held, FromGallery("another"))
    mine(app).data = mine(app).data.chosen("shapes")
    assert mine(app).data.reference == "silhouettes"
    go_to(app, "data")
    assert app.radio(key="data_choice").disabled


def test_augmentation_stays_by_its_settings(opened: Opened) -> None:
    app = go_to(begun(opened(only(augmentation=("rotation_range",)))), "augmentation")
    before = mine(app).augment.generator
    move(
        app,
        "augmentation_controls",
        {"augmentation.rotation_range": 9.0, "augmentation.horizontal_flip": not before.horizontal_flip},
    )
    assert mine(app).augment.generator == replace(before, rotation_range=9.0)
    press(app, "None")
    assert mine(app).augment.generator == replace(before, rotation_range=9.0)


def test_what_is_not_named_is_free_and_leaving_frees_everything(opened: Opened) -> None:
    app = begun(opened())
    mine(app).data = mine(app).data.chosen("shapes")
    assert mine(app).data.reference == "shapes"
    press(app, "Leave the exercise")
    mine(app).change_network(NETWORK.with_image_size(20, 20))
    assert mine(app).network.input_shape == (20, 20, 3)
