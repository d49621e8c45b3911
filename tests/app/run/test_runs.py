"""What can be done with a run on the training page: steer it, own it, judge it, compare it, follow a picture."""

import io
import json
import time
import zipfile
from dataclasses import fields, replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import RandomLayers, only_rescaled
from cnnlab.core.network import Network
from cnnlab.core.training.answers import Answers
from cnnlab.core.training.schedules import Schedule
from cnnlab.runs.record import RunError, RunSpec, State
from cnnlab.runs.record.control import Mode
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.record.findings import Frame, compact, write_answers, write_frame
from cnnlab.runs.record.ownership import owner_of
from cnnlab.runs.record.settings import SETTINGS
from cnnlab.runs.store import Store
from cnnlab.ui.session import services
from cnnlab.ui.training.run import view
from cnnlab.ui.training.run.probe import probe_png
from tests.app.driving import file_of_run, go_to, html_of, keyed, labelled, mine, open_page, send, text_of, trigger
from tests.app.run.test_training import SPEC, finished, start, started

ME = "a secret of this browser"
VISITOR = {"visitor_token": ME}


def _part(app: AppTest, part: str) -> AppTest:
    app.session_state["run_part"] = part
    return app.run()


def buttons(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def own(store: Store, run_id: str, token: str = ME) -> str:
    with store._cursor() as cursor:
        cursor.execute("UPDATE runs SET owner = ?, nickname = 'Ada' WHERE id = ?", (owner_of(token), run_id))
    return run_id


def test_a_run_carries_its_launchers_mark_nickname_and_picture(store: Store) -> None:
    app = open_page("training", **VISITOR)
    app.text_input(key="nickname").set_value("Ada")
    start(app)
    (run,) = store.in_state(State.QUEUED)
    assert (run.owner, run.nickname) == (owner_of(ME), "Ada")
    assert np.load(store.folder(run.id) / "probe.npy").shape == (64, 64, 3)
    assert "Ada" in app.selectbox(key="run_choice").options[0]


def test_a_picture_that_shall_not_be_followed_is_not_stored(store: Store) -> None:
    app = open_page("training")
    labelled(app.toggle, "Follow my picture").set_value(False)
    start(app)
    assert not (store.folder(store.runs()[0].id) / "probe.npy").exists()


def test_others_watch_and_the_owner_steers(store: Store) -> None:
    run_id = own(store, started(store))
    watching = open_page("training", visitor_token="another browser")
    assert {"Stop", "Pause"}.isdisjoint(buttons(watching))
    assert "You are watching: Ada launched it." in text_of(watching)
    owner = open_page("training", **VISITOR)
    labelled(owner.button, "Pause").click().run()
    assert store.control(run_id).mode == Mode.PAUSE
    store.transition(run_id, State.PAUSED)
    owner.run()
    for label, mode in (("One batch", Mode.BATCH), ("One epoch", Mode.EPOCH), ("Go on", Mode.PLAY)):
        labelled(owner.button, label).click().run()
        assert store.control(run_id).mode == mode
    assert not owner.exception


def test_the_learning_rate_of_a_running_training_is_changed(store: Store) -> None:
    run_id = own(store, started(store))
    app = open_page("training", **VISITOR)
    labelled(app.number_input, "Learning rate from the next batch on").set_value(0.01)
    labelled(app.button, "Change it").click().run()
    assert store.control(run_id).learning_rate == 0.01


def test_a_learning_rate_set_by_hand_is_told_after_a_resume_and_in_the_report(
    store: Store, downloads: dict[str, Any]
) -> None:
    run_id = own(store, started(store, epochs=9))
    writer = EventWriter(store.folder(run_id) / "metrics.jsonl")
    writer.append({"type": "learning_rate", "epoch": 2, "batch": 5, "batches": 10, "value": 0.0003})
    writer.append({"type": "resume", "epoch": 2})
    writer.append({"type": "learning_rate", "epoch": 3, "batch": 1, "batches": 10, "value": 0.5})
    writer.append({"type": "resume", "epoch": 2})
    writer.close()
    app = open_page("training", **VISITOR)
    assert "at 0.001, by hand 0.0003 after batch 5 of epoch 2" in text_of(app)
    assert labelled(app.number_input, "Learning rate from the next batch on").value == 0.0003
    store.transition(run_id, State.STOPPED)
    app.run()
    page = ElementTree.fromstring(downloads["Report (.html)"]().removeprefix("<!DOCTYPE html>\n"))
    said = " ".join("".join(page.itertext()).split())
    assert "learning rate0.001, by hand 0.0003 after batch 5 of epoch 2" in said
    assert "constant until it was set by hand" in said
    assert "The learning rate stays 0.0003, as it was set by hand." in text_of(app)


def test_a_run_that_has_ended_is_extended_renamed_duplicated_and_deleted_by_its_owner(store: Store) -> None:
    run_id = own(store, finished(store))
    other = open_page("training", visitor_token="another browser")
    assert {"Delete it", "Rename it", "Go on from its last epoch"}.isdisjoint(buttons(other))
    app = open_page("training", **VISITOR)
    labelled(app.text_input, "Name of this run").set_value("Better")
    labelled(app.button, "Rename it").click().run()
    assert store.get(run_id).spec.name == "Better"
    labelled(app.number_input, "More epochs").set_value(3)
    labelled(app.button, "Go on from its last epoch").click().run()
    run = store.get(run_id)
    assert (run.state, run.spec.epochs) == (State.QUEUED, 5)
    store.transition(run_id, State.STOPPED)
    app.run()
    labelled(app.button, "Delete it").click().run()
    assert not app.exception
    with pytest.raises(RunError):
        store.get(run_id)


def test_a_stopped_run_resumes_from_its_last_epoch(store: Store) -> None:
    run_id = own(store, started(store, epochs=9))
    store.transition(run_id, State.STOPPED, "Stopped on request.")
    app = open_page("training", **VISITOR)
    labelled(app.button, "Resume from epoch 2").click().run()
    assert not app.exception
    assert store.get(run_id).state == State.QUEUED


OTHER = replace(
    SPEC,
    network=Network.seed().with_image_size(40, 40),
    data="shoes",
    data_name="shoes",
    augmentation=RandomLayers.like_the_post(),
    epochs=7,
    batch_size=11,
    learning_rate=2e-6,
    optimizer="sgd",
    momentum=0.5,
    loss="binary_crossentropy",
    patience=70,
    class_weights=True,
    shuffle_labels=True,
    limit_per_class=30,
    train_per_class=20,
    test_split=True,
    seed=123_456,
    classes=("sneakers", "ankle_boots"),
    schedule=Schedule("ExponentialDecay", 70, decay_rate=0.005, staircase=True),
    l2=0.01,
)
NOT_DUPLICATED = {"threads", "range_test", "series", "minutes", "epochs_at_most", "trunk"}
"""The server sets one, an exercise two; one is what a training is for, with an own button; one has no field."""


def queued(store: Store) -> RunSpec:
    (run,) = store.in_state(State.QUEUED)
    return run.spec


def recorded(store: Store, spec: RunSpec) -> str:
    """Record a finished run that was made from this."""
    run_id = finished(store)
    with store._cursor() as cursor:
        cursor.execute("UPDATE runs SET spec = ? WHERE id = ?", (json.dumps(spec.to_dict()), run_id))
    return run_id


def test_a_duplicate_starts_with_the_settings_of_its_model(store: Store) -> None:
    plain = replace(SPEC, name="silhouettes", epochs=RunSpec.epochs)
    for field in fields(RunSpec):
        assert field.name in NOT_DUPLICATED or getattr(OTHER, field.name) != getattr(plain, field.name), field.name
    recorded(store, OTHER)
    app = open_page("training")
    labelled(app.button, "Duplicate with changes").click().run()
    assert not app.exception
    start(app)
    spec = queued(store)
    assert replace(spec, threads=OTHER.threads) == OTHER


def test_with_and_without_augmentation_are_trained_with_every_setting_of_the_form(store: Store) -> None:
    recorded(store, OTHER)
    app = open_page("training")
    labelled(app.button, "Duplicate with changes").click().run()
    go_to(app, "augmentation")
    app.segmented_control(key="augmentation_view").set_value("with and without").run()
    labelled(app.button, "Train with and without").click().run()
    assert not app.exception
    bare, augmented = (replace(run.spec, name=OTHER.name, threads=OTHER.threads) for run in store.runs(2))
    assert augmented == OTHER
    assert bare == replace(OTHER, augmentation=only_rescaled(OTHER.augmentation))


def test_a_duplicate_drops_what_was_set_before_and_is_not_in_its_model(store: Store) -> None:
    recorded(store, OTHER)
    app = open_page("training")
    labelled(app.button, "Duplicate with changes").click().run()
    app.query_params["run"] = recorded(store, SPEC)
    app.run()
    labelled(app.button, "Duplicate with changes").click().run()
    assert not app.exception
    assert "Shuffled labels" not in text_of(app)
    start(app)
    assert replace(queued(store), threads=SPEC.threads) == SPEC


def test_what_an_experiment_has_set_is_said_and_dropped_with_a_press(store: Store) -> None:
    recorded(store, OTHER)
    app = open_page("training")
    assert "Shuffled labels: yes" not in text_of(app)
    labelled(app.button, "Duplicate with changes").click().run()
    assert "Training examples per class: 20" in text_of(app)
    assert "Shuffled labels: yes" in text_of(app)
    for said in ("training examples per class", "shuffled labels"):
        labelled(app.button, f"Drop {said}").click().run()
        assert f"Drop {said}" not in buttons(app)
    start(app)
    expected = replace(OTHER, train_per_class=None, shuffle_labels=False)
    assert replace(queued(store), threads=OTHER.threads) == expected


@pytest.mark.parametrize("end", ["least", "most"])
def test_a_duplicate_of_a_training_at_the_end_of_every_bound_can_be_started(store: Store, end: str) -> None:
    extreme = {
        s.name: getattr(s, end) for s in SETTINGS if getattr(s, end) is not None and s.name not in NOT_DUPLICATED
    }
    recorded(store, replace(SPEC, optimizer="sgd", **extreme))
    app = open_page("training")
    labelled(app.button, "Duplicate with changes").click().run()
    assert not app.exception
    start(app)
    spec = queued(store)
    assert {name: getattr(spec, name) for name in extreme} == extreme


def test_a_duplicate_of_a_training_that_is_longer_than_this_server_allows_is_as_long_as_it_may_be_by_default(
    store: Store,
) -> None:
    recorded(store, replace(SPEC, epochs=10**6))
    app = open_page("training")
    labelled(app.button, "Duplicate with changes").click().run()
    assert not app.exception
    assert labelled(app.number_input, "Epochs").value == RunSpec.epochs


def test_the_teachers_key_unlocks_everybodys_runs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", "open sesame")
    own(store, started(store))
    app = open_page("training", visitor_token="another browser")
    app.text_input(key="teacher_key").set_value("open barley").run()
    assert "That is not the key." in app.error[0].value
    assert "Stop" not in buttons(app)
    services.teacher_key()._tries._clock = lambda: time.monotonic() + 1
    app.text_input(key="teacher_key").set_value("open sesame").run()
    app.run()
    assert "Stop" in buttons(app)
    assert "Unlocked" in text_of(app)


def test_after_a_wrong_key_the_next_one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", "open sesame")
    app = open_page("training", **VISITOR)
    for text in ("a guess", "open sesame"):
        app.text_input(key="teacher_key").set_value(text).run()
    assert "Too many wrong keys" in app.error[0].value
    assert "Unlocked" not in text_of(app)


def test_without_a_key_no_field_is_offered() -> None:
    assert all(field.label != "The teacher's key" for field in open_page("training").text_input)


def evaluated(store: Store) -> str:
    """Record a finished run with answers to four validation pictures, two of them wrong."""
    run_id = finished(store)
    names = tuple(f"validation/{name}/{i}" for name, i in (("cats", 0), ("cats", 1), ("dogs", 180), ("dogs", 181)))
    outputs = np.array([[0.1], [0.9], [0.8], [0.3]])
    answers = Answers(("cats", "dogs"), np.array([0, 0, 1, 1]), outputs, names)
    write_answers(store.folder(run_id) / "evaluation.json", answers)
    return run_id


def test_mistakes_are_shown_surest_first_and_a_cell_opens_its_pictures(store: Store) -> None:
    evaluated(store)
    app = _part(open_page("training"), "Where is it wrong?")
    assert not app.exception
    assert "Not shown to be better than chance: 50.0% right" in text_of(app)
    data = json.loads(keyed(app, "confusion_matrix").proto.json)[0]
    assert data["steps"][50]["counts"] == [[1, 1], [1, 1]]
    assert data["steps"][95]["precision"] is None
    # Of the four pairs of a cat and a dog, the dog has the higher output in two.
    assert data["curves"]["roc"]["area"] == 0.5
    assert data["curves"]["pr"]["chance"] == 0.5
    assert (data["curves"]["roc"]["across"], data["curves"]["roc"]["up"]) == ("cats given dogs", "recall of dogs")
    shown = json.loads(keyed(app, "answered_pictures").proto.json)[0]["pictures"]
    assert [(picture["file"], picture["truth"], picture["said"]) for picture in shown] == [
        ("1", "is cats", "says dogs, 90%"),
        ("3", "is dogs", "says cats, 70%"),
    ]
    trigger(app, "confusion_matrix", "picked", [1, 0, 0.5])
    assert "1 picture of dogs given cats" in text_of(app)
    shown = json.loads(keyed(app, "answered_pictures").proto.json)[0]["pictures"]
    assert [picture["file"] for picture in shown] == ["3"]


def test_every_mistake_is_reached_page_by_page(store: Store) -> None:
    names = [f"validation/cats/{i}" for i in range(60)]
    run_id = evaluated(store)
    answers = Answers(("cats", "dogs"), np.zeros(60, int), np.linspace(0.99, 0.51, 60)[:, None], tuple(names))
    write_answers(store.folder(run_id) / "evaluation.json", answers)
    app = _part(open_page("training"), "Where is it wrong?")
    seen: list[str] = []
    for page in (1, 2, 3):
        labelled(app.number_input, "Page of 3").set_value(page).run()
        seen += [picture["file"] for picture in json.loads(keyed(app, "answered_pictures").proto.json)[0]["pictures"]]
    assert seen == [str(i) for i in range(60)]


@pytest.mark.parametrize("sent", [[5, 0, 0.5], ["x", 0, 0.5], None, [1], [0, 0, 7]])
def test_a_cell_that_does_not_exist_is_ignored(store: Store, sent: object) -> None:
    evaluated(store)
    app = trigger(_part(open_page("training"), "Where is it wrong?"), "confusion_matrix", "picked", sent)
    assert not app.exception
    assert "Its 2 mistakes, the surest first" in html_of(app)


@pytest.mark.usefixtures("no_inference")
def test_a_mistake_opens_its_maps(store: Store) -> None:
    run_id = evaluated(store)
    app = _part(open_page("training"), "Where is it wrong?")
    trigger(app, "answered_pictures", "picked", "3")
    assert not app.exception
    assert mine(app).picture.held is not None
    assert mine(app).picture.held.name == "181"
    assert app.selectbox(key="weights_source").value == run_id
    assert mine(app).picture.truth == "dogs"
    assert "This picture is dogs" in text_of(app).replace(" .", ".")


def test_a_report_holds_the_runs_numbers_its_mistakes_and_the_students_conclusion(
    store: Store, downloads: dict[str, Any]
) -> None:
    run_id = own(store, evaluated(store))
    app = open_page("training", **VISITOR)
    assert not app.exception
    send(app, "conclusion", json.dumps({"text": {"run": run_id, "text": "Dogs are <hard>."}}))
    for wrong in ({"run": "another", "text": "x"}, {"run": run_id}, "x", None):
        send(app, "conclusion", json.dumps({"text": wrong}))
    assert not app.exception
    page = ElementTree.fromstring(downloads["Report (.html)"]().removeprefix("<!DOCTYPE html>\n"))
    said = " ".join("".join(page.itertext()).split())
    for text in ("a finished one", "Ada, ", "78.2%", "loss 0.513", "is cats, given dogs 0.90", "Dogs are <hard>."):
        assert text in said
    assert f"run{run_id}" in said
    assert "rmsprop" in said
    pictures = [picture.get("src", "") for picture in page.iter("img")]
    assert len(pictures) == 2
    assert all(source.startswith("data:image/jpeg;base64,") for source in pictures)
    go_to(app, "architecture")
    go_to(app, "training")
    assert json.loads(keyed(app, "conclusion").proto.json)[0]["text"] == "Dogs are <hard>."


def test_runs_are_compared_and_what_differs_stands_first(store: Store) -> None:
    first = finished(store)
    second = finished(store, "another")
    with store._cursor() as cursor:
        changed = {**SPEC.to_dict(), "name": "another", "learning_rate": 0.01}
        cursor.execute("UPDATE runs SET spec = ? WHERE id = ?", (json.dumps(changed), second))
    app = _part(open_page("training", compared=[first, second]), "Compare")
    assert not app.exception
    said = text_of(keyed(app, "compare_table"))
    assert "differs a finished one another learning rate 0.001 0.01 parameters" in said
    assert "best validation accuracy 78.2% (epoch 2) 78.2% (epoch 2)" in said
    figure = json.loads(json.loads(keyed(app, "compared_lines").proto.json)[0]["figure"])
    assert {line["name"] for line in figure["data"]} == {"a finished one", "another"}


def test_an_experiment_starts_its_trainings_and_shows_them_side_by_side(store: Store) -> None:
    app = open_page("training")
    labelled(app.button, "Sigmoid or ReLU on the output").click().run()
    assert not app.exception
    runs = store.in_state(State.QUEUED)
    assert [run.spec.name for run in runs] == ["sigmoid on the output", "ReLU on the output"]
    assert set(app.session_state["compared"]) == {run.id for run in runs}
    assert "activation_4 activation sigmoid activation relu" in text_of(keyed(app, "compare_table"))


def test_the_address_names_a_comparison_and_nothing_else_gets_in(store: Store) -> None:
    first, second = finished(store), finished(store, "another")
    app = open_page("training")
    app.query_params["compare"] = f"{second},{first},nobody,{second}," + "x" * 5000
    app.run()
    assert not app.exception
    assert list(app.session_state["compared"]) == [second, first]
    assert "Is this difference real? Choose two kinds of trainings" in text_of(app.main)
    assert app.query_params["compare"] == f"{second},{first}"
    app.query_params["compare"] = "<b>,,"
    app.run()
    assert not app.exception
    assert list(app.session_state["compared"]) == [second, first]


def test_one_press_asks_how_much_data_is_needed_as_one_entry_of_the_list(store: Store) -> None:
    app = open_page("training")
    labelled(app.button, "How much data do you need?").click().run()
    assert not app.exception
    queued = store.in_state(State.QUEUED)
    assert len({run.spec.series for run in queued}) == 1
    assert {(run.spec.train_per_class, run.spec.seed) for run in queued} >= {(10, 0), (10, 2), (200, 1)}
    assert sum(run.spec.trunk is None for run in queued) * 2 == len(queued)
    assert f"0 of {len(queued)} trainings have ended" in text_of(keyed(app, "amounts"))
    assert len(keyed(app, "run_choice").options) == 2, "one for the series, one that ships"
    labelled(app.button, "Stop the series").click().run()
    assert not store.in_state(State.QUEUED)
    store.create(SPEC, owner="somebody else")
    labelled(app.button, "How much data do you need?").click().run()
    others = [run for run in store.in_state(State.QUEUED) if run.spec.series]
    assert len(others) == 6, "three sizes, one seed"


def test_a_comparison_refreshes_itself_until_the_last_of_its_runs_has_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled: list[float | None] = []
    real = st.fragment

    def recorded(function: Any, *, run_every: float | None = None) -> Any:
        if function is view._watch:
            polled.append(run_every)
        return real(function, run_every=run_every)

    monkeypatch.setattr(st, "fragment", recorded)
    first, second = finished(store), store.create(SPEC).id
    app = _part(open_page("training", compared=[first, second]), "Compare")
    app.query_params["run"] = first
    app.run()
    assert polled[-1] == view.POLL_SECONDS
    assert "state finished queued" in text_of(keyed(app, "compare_table"))
    store.transition(second, State.STARTING)
    store.transition(second, State.FAILED)
    app.run()
    assert polled[-1] is None
    assert "state finished failed" in text_of(keyed(app, "compare_table"))


def test_the_runs_chosen_for_a_comparison_stay_chosen_on_the_way_to_the_curves_and_other_pages(store: Store) -> None:
    both = [finished(store), finished(store, "another")]
    app = _part(open_page("training", compared=both), "Compare")
    app.multiselect(key="compared").set_value([*both, finished(store, "third")]).run()
    chosen = app.multiselect(key="compared").value
    assert len(chosen) == 3
    _part(app, "Curves")
    assert _part(app, "Compare").multiselect(key="compared").value == chosen
    go_to(app, "architecture")
    assert _part(go_to(app, "training"), "Compare").multiselect(key="compared").value == chosen


def test_the_followed_picture_is_shown_at_every_moment(store: Store) -> None:
    run_id = finished(store)
    folder = store.folder(run_id) / "probe"
    maps, limit = compact(np.linspace(-2, 2, 62 * 62 * 32, dtype=np.float32).reshape(62, 62, 32))
    for moment, output in (((0, 0), 0.5), ((1, 3), 0.6), ((1, 0), 0.7)):
        kernel = np.ones((3, 3, 3, 32), np.float32)
        write_frame(folder, Frame(*moment, {0: maps}, {0: limit}, {0: 32}, kernel, np.array([output], np.float32)))
    app = _part(open_page("training"), "My picture")
    assert not app.exception
    data = json.loads(keyed(app, "probe_scrubber").proto.json)[0]
    assert [frame["label"] for frame in data["frames"]] == ["before training", "batch 3 of epoch 1", "epoch 1"]
    assert [frame["said"] for frame in data["frames"]][-1] == "output for dogs: 0.70"
    assert data["frames"][0]["limits"] == {"0": 2.0, "kernel": 1.0}
    assert [layer["title"] for layer in data["layers"]] == ["conv2d, 62 × 62 × 32", "filters of the first convolution"]
    for layer in ("0", "kernel"):
        assert probe_png(run_id, layer, "1-3").startswith(b"\x89PNG")
    for wrong in (("7", "1-3"), ("0", "9-9"), ("0", "x"), ("../0", "1-3")):
        with pytest.raises((RunError, ValueError)):
            probe_png(run_id, *wrong)
    with pytest.raises(RunError):
        probe_png("../../etc", "0", "1-3")


def test_health_is_remarked_beside_the_curves(store: Store) -> None:
    run_id = started(store)
    writer = EventWriter(store.folder(run_id) / "metrics.jsonl")
    writer.append({"type": "look", "epoch": 2, "dead": {"activation_1": 0.9}, "predicted": [16, 16]})
    writer.close()
    assert "90% of the channels of activation_1 are zero" in text_of(open_page("training"))


def test_the_health_of_a_run_shows_each_layers_gradient_and_units(store: Store) -> None:
    run_id = started(store)
    writer = EventWriter(store.folder(run_id) / "metrics.jsonl")
    for number, norm in ((0, 0.5), (1, 0.0), (2, 1e-5)):
        norms = {"conv2d": norm, "dense_1": 0.25}
        writer.append({"type": "gradients", "epoch": number, "pictures": 16, "loss": 0.6, "norms": norms})
    writer.append({"type": "look", "epoch": 2, "dead": {"activation_1": 0.25}, "saturated": {}, "predicted": [16, 16]})
    writer.close()
    app = _part(open_page("training"), "Health")
    assert not app.exception
    assert "The gradient of conv2d is 25,000 times weaker than that of dense_1." in text_of(app)
    table = text_of(keyed(app, "layer_health"))
    assert "conv2d 0.5 1e-05 activation_1 25% dense_1 0.25 0.25" in table
    figure = json.loads(json.loads(keyed(app, "gradient_lines").proto.json)[0]["figure"])
    assert [line["name"] for line in figure["data"]] == ["conv2d", "dense_1"]
    assert figure["data"][0]["x"] == [0, 1, 2]
    assert figure["data"][0]["y"] == [0.5, None, 1e-5]


def test_a_run_of_an_older_version_has_a_health_part_too(store: Store) -> None:
    finished(store)
    app = _part(open_page("training"), "Health")
    assert not app.exception
    assert "This run has no measured gradients." in text_of(app)


def test_an_output_that_fits_no_loss_is_said_before_the_start(store: Store) -> None:
    app = open_page("training")
    mine(app).change_network(Network.seed().with_option(13, "units", 3))
    app.run()
    assert labelled(app.button, "Start training").disabled
    assert "must end in 1 unit with sigmoid or 2 units with softmax" in text_of(app)
    assert not store.runs()


def test_a_run_that_was_trained_longer_is_judged_anew(store: Store) -> None:
    run_id = evaluated(store)
    app = _part(open_page("training"), "Where is it wrong?")
    assert "50.0% right" in text_of(app)
    store.reopen(run_id)
    store.transition(run_id, State.STARTING)
    store.transition(run_id, State.RUNNING)
    names = ("validation/cats/0", "validation/dogs/180")
    answers = Answers(("cats", "dogs"), np.array([0, 1]), np.array([[0.1], [0.9]]), names)
    write_answers(store.folder(run_id) / "evaluation.json", answers)
    store.transition(run_id, State.FINISHED)
    app.run()
    assert "100.0% right" in text_of(app)


def test_the_whole_folder_is_handed_out_without_whose_it_is_and_what_only_this_server_needs(
    store: Store,
) -> None:
    run_id = own(store, finished(store))
    store.rename(run_id, "renamed")
    with zipfile.ZipFile(io.BytesIO(file_of_run(run_id, ".zip")[1])) as archive:
        told = archive.read(f"{run_id}/run.json").decode()
        assert archive.read(f"{run_id}/model.keras") == store.model_path(run_id).read_bytes()
    assert json.loads(told)["spec"]["name"] == "renamed"
    assert owner_of(ME) not in told
    assert owner_of(ME) in (store.folder(run_id) / "run.json").read_text()
