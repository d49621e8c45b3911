"""What an exercise keeps as it is stays so on the server, whatever a browser sends, and the page shows it."""

import json
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Network
from cnnlab.core.pictures.reference import FromGallery
from tests.app.classroom.conftest import Opened, answered, begun, link_to, press
from tests.app.driving import go_to, keyed, lab, mine, move, text_of, trigger
from tests.unit.classroom.exercise_files import lasting as exercise

NETWORK = Network.seed()
SET = {"epochs": 2, "learning_rate": 0.01, "image_size": 32}


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


def hiding(**pages: tuple[str, ...]) -> str:
    """Return a link to an exercise that hides these controls, and locks none."""
    return link_to(replace(exercise(), only={}, hidden=pages))


def test_a_hidden_control_of_the_network_is_not_sent_and_no_message_moves_it(opened: Opened) -> None:
    app = begun(opened(hiding(architecture=("layer0.filters", "input.size", "layer2.*"))))
    sent = controls(app)
    assert "layer0.kernel_size" in sent
    assert not {"layer0.filters", "input.size", "layer2.pool_size"} & set(sent)
    move(app, "network_lab", {"layer0.filters": 8, "input.size": 20, "layer2.pool_size": 3})
    assert mine(app).network == NETWORK
    trigger(app, "network_lab", "editor", True)
    move(app, "network_lab", {"layer0.filters": 8, "layer2.strides.width": 3, "layer0.kernel_size.width": 5})
    assert "layer0.filters" not in controls(app)
    assert mine(app).network == NETWORK.with_option(0, "kernel_size", (3, 5))


def test_which_layers_there_are_is_hidden_with_every_way_to_change_it(opened: Opened) -> None:
    app = begun(opened(hiding(architecture=("layers",))))
    trigger(app, "network_lab", "editor", True)
    sent = lab(app)
    assert (sent["bare"], sent["presets"]["names"], list(sent["classes"]), sent["head"]) == (True, [], [], "")
    assert {group["index"] for group in sent["controls"]["groups"]} == {None}
    assert "network_file" not in [field.key for field in app.file_uploader]
    move(app, "network_lab", {"layer0.kernel_size": 5})
    trigger(app, "network_lab", "history", "reset")
    assert mine(app).network == NETWORK.with_option(0, "kernel_size", (5, 5))
    trigger(app, "network_lab", "history", "undo")
    for event, value in (("edit", {"what": "remove", "index": 0}), ("preset", "one"), ("head", "softmax")):
        trigger(app, "network_lab", event, value)
        assert mine(app).network == NETWORK, event


def test_picture_weights_and_data_are_not_shown_where_they_are_hidden(opened: Opened) -> None:
    app = begun(opened(hiding(feature_maps=("picture", "weights"), data=("data",))))
    go_to(answered(app, "148"), "feature_maps")
    assert not app.exception
    keys = {field.key for field in (*app.selectbox, *app.number_input, *app.file_uploader, *app.radio)}
    assert not {"weights_source", "random_seed", "picture_file"} & keys
    assert "keeps the picture" not in text_of(app.main)
    app.session_state["weights_source"], app.session_state["random_seed"] = "demo", 3
    app.run()
    assert app.session_state["weights_source"] == "random"
    go_to(app, "data")
    assert not app.exception
    assert {field.key for field in (*app.radio, *app.file_uploader)}.isdisjoint({"data_choice", "data_file"})
    assert "Number them the other way" not in [toggle.label for toggle in app.toggle]
    mine(app).data = mine(app).data.chosen("shapes")
    assert mine(app).data.reference == "silhouettes"


def test_hidden_augmentation_is_not_sent_and_no_message_moves_it(opened: Opened) -> None:
    app = go_to(begun(opened(hiding(augmentation=("rotation_range", "layers")))), "augmentation")
    before = mine(app).augment.generator
    sent = json.loads(keyed(app, "augmentation_controls").proto.json)[0]
    handles = {one["handle"] for group in sent["groups"] for one in group["controls"]}
    assert "augmentation.rotation_range" not in handles
    assert "augmentation.horizontal_flip" in handles
    move(
        app,
        "augmentation_controls",
        {"augmentation.rotation_range": 9.0, "augmentation.horizontal_flip": not before.horizontal_flip},
    )
    assert mine(app).augment.generator == replace(before, horizontal_flip=not before.horizontal_flip)
    labels = [button.label for button in app.button]
    assert "None" not in labels
    assert "augmentation_family" not in app.session_state


def test_hidden_settings_of_a_training_are_as_the_exercise_says(opened: Opened) -> None:
    hidden = ("epochs", "learning_rate", "augment", "image_size", "schedule", "start")
    made = replace(exercise(), only={}, hidden={"training": hidden}, begin=replace(exercise().begin, training=SET))
    app = go_to(begun(opened(link_to(made))), "training")
    assert not app.exception
    keys = {field.key for field in (*app.number_input, *app.selectbox, *app.toggle)}
    assert "batch_size" in keys
    assert not set(hidden) & keys
    labels = [button.label for button in app.button]
    assert "Start training" not in labels
    assert "Find a learning rate" not in labels
    assert "Start training" not in text_of(keyed(app, "no_run_yet"))
    app.session_state["epochs"], app.session_state["learning_rate"] = 9, 0.5
    app.run()
    assert "epochs" not in {field.key for field in app.number_input}
