"""The training page: it queues what its settings say, and shows every state of a run truly."""

import csv
import importlib.util
import io
import json
import shutil
from dataclasses import replace
from importlib.machinery import ModuleSpec
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.edit import dropout_rates, inserted, removed
from cnnlab.core.training.range_test import advise, rising_rates
from cnnlab.core.training.schedules import Schedule
from cnnlab.runs.far.store import Cluster, write_cluster
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.record.control import Mode
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.record.ownership import owner_of
from cnnlab.runs.store import Store, trained
from tests.app.driving import DEADLINE, ROOT, file_of_run, go_to, keyed, labelled, mine, move, open_page, text_of

SPEC = RunSpec(
    name="a finished one",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.post(),
    epochs=2,
)
EPOCHS = (
    {"type": "epoch", "epoch": 1, "loss": 0.7, "accuracy": 0.5, "val_loss": 0.6931, "val_accuracy": 0.55, "seconds": 2},
    {
        "type": "epoch",
        "epoch": 2,
        "loss": 0.6,
        "accuracy": 0.71,
        "val_loss": 0.513,
        "val_accuracy": 0.782,
        "seconds": 4,
    },
)


def started(store: Store, name: str = SPEC.name, epochs: int = SPEC.epochs) -> str:
    """Record a run that trains and has written both epochs."""
    run = store.create(RunSpec.from_dict({**SPEC.to_dict(), "name": name, "epochs": epochs}), State.STARTING)
    store.transition(run.id, State.RUNNING)
    writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
    classes = {"classes": ["cats", "dogs"], "epochs": 2, "batches": 10, "validation_batches": 3}
    writer.append({"type": "start", **classes})
    for epoch in EPOCHS:
        for batch in (5, 10):
            record = {"type": "batch", "epoch": epoch["epoch"], "batch": batch, "batches": 10, "seconds": batch / 10}
            writer.append({**record, "loss": epoch["loss"], "accuracy": epoch["accuracy"]})
        writer.append(epoch)
    writer.close()
    return run.id


def finished(store: Store, name: str = SPEC.name) -> str:
    """Record a run that has finished, with a model."""
    run_id = started(store, name)
    shutil.copy(trained.demo().path, store.model_path(run_id))
    store.transition(run_id, State.FINISHED)
    return run_id


def start(app: AppTest) -> AppTest:
    return labelled(keyed(app, "start_training").get("button"), "Start training").click().run()


def after_a_test(store: Store, losses: list[float | None]) -> str:
    """Record a learning-rate test that has ended after these losses."""
    run = store.create(replace(SPEC, range_test=True, epochs=1), State.STARTING)
    store.transition(run.id, State.RUNNING)
    writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
    writer.append(
        {"type": "start", "classes": ["cats", "dogs"], "batches": 3, "device": "CPU", "loss": "binary_crossentropy"}
    )
    for i, (rate, loss) in enumerate(zip(rising_rates(), losses, strict=False)):
        place = {"epoch": 1, "batch": i + 1, "batches": 200, "seconds": i / 50}
        writer.append({"type": "batch", **place, "learning_rate": rate, "loss": loss, "accuracy": 0.5})
    writer.close()
    store.transition(run.id, State.FINISHED)
    return run.id


def test_one_click_queues_a_learning_rate_test_with_the_settings_of_the_form(store: Store) -> None:
    app = open_page("training")
    labelled(app.selectbox, "Optimizer").set_value("adam")
    labelled(app.selectbox, "Learning rate over time").set_value("cosine").run()
    labelled(app.button, "Find a learning rate").click().run()
    assert not app.exception
    (run,) = store.in_state(State.QUEUED)
    assert (run.spec.range_test, run.spec.epochs, run.spec.optimizer) == (True, 1, "adam")
    assert run.spec.schedule is None
    assert not (store.folder(run.id) / "probe.npy").exists()
    assert "adam with a rising learning rate" in text_of(keyed(app, "run_status"))


def test_an_advised_learning_rate_goes_into_the_form(store: Store) -> None:
    losses = [0.7 + 0.01 * (-1) ** i - max(0, i - 40) * 0.005 for i in range(140)]
    after_a_test(store, [*losses, *(3.0 + i for i in range(10))])
    app = open_page("training")
    assert not app.exception
    advice = advise(rising_rates(), [*losses, *(3.0 + i for i in range(10))])
    assert advice.rate is not None
    assert f"Advised learning rate: {advice.rate:g}" in text_of(app)
    figure = json.loads(json.loads(keyed(app, "range_test_line").proto.json)[0]["figure"])
    assert figure["data"][0]["y"][:140] == losses
    labelled(app.button, f"Use {advice.rate:g}").click().run()
    assert not app.exception
    assert labelled(app.number_input, "Learning rate").value == advice.rate
    assert "Notebook" not in {button.label for button in app.get("download_button")}


def test_a_learning_rate_test_without_a_fall_advises_nothing(store: Store) -> None:
    after_a_test(store, [0.7 + 0.05 * (-1) ** i for i in range(30)] + [None])
    app = open_page("training")
    assert not app.exception
    assert "the test advises none" in text_of(app)
    assert all(not button.label.startswith("Use ") for button in app.button)


def test_an_empty_page_says_what_to_do() -> None:
    app = open_page("training")
    assert "No training yet" in text_of(app)
    assert not labelled(app.button, "Start training").disabled


def test_start_queues_one_run_with_the_pages_defaults(store: Store) -> None:
    app = start(open_page("training"))
    assert not app.exception
    assert not app.error
    (run,) = store.in_state(State.QUEUED)
    assert run.spec.network == Network.seed().with_image_size(64, 64)
    assert (run.spec.data, run.spec.epochs, run.spec.batch_size) == ("silhouettes", 15, 16)
    assert (run.spec.optimizer, run.spec.learning_rate) == ("rmsprop", 0.001)
    assert run.spec.augmentation == Augmentation.post()
    assert app.query_params["run"] in (run.id, [run.id])
    assert "Place 1 in the queue" in text_of(app)


def test_start_queues_exactly_what_was_set(store: Store) -> None:
    app = open_page("augmentation")
    move(app, "augmentation_controls", {"augmentation.shear_range": 9.0})
    go_to(app, "architecture")
    move(app, "network_lab", {"layer0.filters": 8})
    go_to(app, "training")
    app.number_input(key="image_size").set_value(48)
    app.number_input(key="epochs").set_value(3)
    labelled(app.selectbox, "Batch size").set_value(32)
    labelled(app.selectbox, "Optimizer").set_value("adam")
    labelled(app.text_input, "Name of the run").set_value("My first")
    labelled(app.number_input, "Learning rate").set_value(0.01)
    labelled(app.number_input, "Examples per class at most").set_value(40)
    labelled(app.number_input, "Seed").set_value(5)
    start(app)
    (run,) = store.in_state(State.QUEUED)
    spec = run.spec
    assert spec.network == Network.seed().with_option(0, "filters", 8).with_image_size(48, 48)
    assert (spec.name, spec.epochs, spec.batch_size, spec.optimizer) == ("My first", 3, 32, "adam")
    assert (spec.learning_rate, spec.limit_per_class, spec.seed) == (0.01, 40, 5)
    assert spec.augmentation.shear_range == 9.0
    assert "My first" in text_of(keyed(app, "run_status"))


def test_a_schedule_and_l2_are_queued_with_keras_names(store: Store) -> None:
    app = open_page("training")
    labelled(app.selectbox, "Learning rate over time").set_value("steps").run()
    labelled(app.number_input, "decay_rate").set_value(0.5)
    labelled(app.number_input, "L2").set_value(0.002).run()
    # 1,600 training pictures in batches of 16 are 100; a third of 15 epochs is one step.
    assert "From 0.001 to 0.00025 in 15 epochs of 100 batches." in text_of(app)
    labelled(app.number_input, "decay_steps (batches)").set_value(135)
    start(app)
    (run,) = store.in_state(State.QUEUED)
    assert (run.spec.schedule, run.spec.l2) == (Schedule("ExponentialDecay", 135, 0.5, staircase=True), 0.002)
    said = text_of(keyed(app, "run_status"))
    assert "at 0.001 with ExponentialDecay(decay_steps=135, decay_rate=0.5, staircase=True), L2 0.002" in said


def test_a_cosine_falls_over_the_whole_training_unless_told_otherwise(store: Store) -> None:
    app = open_page("training")
    labelled(app.selectbox, "Learning rate over time").set_value("cosine").run()
    labelled(app.number_input, "Examples per class at most").set_value(40)
    app.number_input(key="epochs").set_value(4).run()
    start(app)
    assert store.in_state(State.QUEUED)[0].spec.schedule == Schedule("CosineDecay", 4 * 5)


def test_to_train_longer_than_a_cosine_says_where_the_rate_is_then(store: Store) -> None:
    run = store.create(replace(SPEC, schedule=Schedule("CosineDecay", 20)), State.STARTING, owner=owner_of("me"))
    store.transition(run.id, State.RUNNING)
    writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
    for event in EPOCHS:
        writer.append(event)
    writer.close()
    store.transition(run.id, State.FINISHED)
    app = open_page("training", visitor_token="me")
    assert not app.exception
    assert "after 20 batches the learning rate is 0, and nothing more is learned until a rate is set" in text_of(app)


def test_the_dropout_rate_is_set_in_the_network_itself(store: Store) -> None:
    app = open_page("training")
    assert labelled(app.number_input, "Dropout rate").value == 0.5
    labelled(app.number_input, "Dropout rate").set_value(0.2).run()
    assert mine(app).network == Network.seed().with_option(12, "rate", 0.2)
    start(app)
    assert store.in_state(State.QUEUED)[0].spec.network == mine(app).network.with_image_size(64, 64)
    mine(app).undo()
    app.run()
    assert labelled(app.number_input, "Dropout rate").value == 0.5


def test_a_network_without_dropout_says_so_and_gets_one_on_request() -> None:
    app = open_page("training")
    mine(app).change_network(removed(Network.seed(), 12))
    app.run()
    assert "the network has no Dropout layer" in text_of(app)
    assert all(field.label != "Dropout rate" for field in app.number_input)
    labelled(app.button, "Add one before its last Dense layer").click().run()
    assert mine(app).network == Network.seed()
    mine(app).change_network(inserted(Network.seed(), 3, Layer.make("Dropout", rate=0.1)))
    app.run()
    assert "They differ now (dropout 0.1, dropout_1 0.5)" in text_of(app)
    labelled(app.number_input, "Dropout rate").set_value(0.3).run()
    assert dropout_rates(mine(app).network) == (0.3, 0.3)
    assert not app.exception


def test_without_augmentation_the_pictures_are_only_rescaled(store: Store) -> None:
    app = open_page("training")
    labelled(app.toggle, "Augment the training pictures").set_value(False)
    start(app)
    assert store.in_state(State.QUEUED)[0].spec.augmentation == Augmentation.none()


def test_an_image_too_small_for_the_network_cannot_be_started() -> None:
    app = open_page("training")
    app.number_input(key="image_size").set_value(21).run()
    assert not app.exception
    assert labelled(app.button, "Start training").disabled
    assert "At this size it cannot exist" in text_of(app)


def test_another_image_size_than_the_networks_is_said_first() -> None:
    app = open_page("training")
    assert "Your network takes 150 × 150 pixels; this training runs it at 64 × 64" in text_of(app)


def test_a_network_that_is_not_square_trains_at_its_own_size(store: Store) -> None:
    app = open_page("architecture")
    network = Network.seed().to_dict() | {"input_shape": [96, 64, 3]}
    mine(app).change_network(Network.from_dict(network))
    go_to(app, "training")
    assert "not square, so this training runs it at 96 × 64 pixels" in text_of(app)
    start(app)
    assert store.in_state(State.QUEUED)[0].spec.network.input_shape == (96, 64, 3)
    mine(app).change_network(Network.from_dict(network | {"input_shape": [600, 300, 3]}))
    start(app.run())
    assert store.in_state(State.QUEUED)[-1].spec.network.input_shape == (256, 128, 3)


def test_a_start_that_is_paused_says_so_at_its_button_and_beside_its_bar(store: Store) -> None:
    app = open_page("training")
    labelled(app.toggle, "Start paused").set_value(True).run()
    labelled(app.button, "Start training, paused").click().run()
    (run,) = store.runs()
    assert store.control(run.id).mode == Mode.PAUSE
    store.transition(run.id, State.STARTING)
    store.transition(run.id, State.RUNNING)
    store.transition(run.id, State.PAUSED)
    app.run()
    bar = app.get("progress")[0].proto.text
    assert bar == "Paused before the first batch; it goes on when you say so."


def test_runs_of_one_name_are_listed_with_what_differs(store: Store) -> None:
    for rate in (0.001, 0.01):
        store.create(replace(SPEC, learning_rate=rate), State.STARTING, nickname="Ada")
    store.create(replace(SPEC, name="alone"), State.STARTING)
    listed = open_page("training").selectbox(key="run_choice").options
    assert [each.split(", ")[:3] for each in listed[1:-1]] == [
        ["a finished one", f"learning rate {rate}", "Ada"] for rate in ("0.01", "0.001")
    ]
    assert listed[0].startswith("alone, ")
    assert "learning rate" not in listed[0]


def test_a_network_over_the_limit_is_refused_with_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_MAX_PARAMS", "1000")
    app = start(open_page("training"))
    assert not app.exception
    assert "at most 1,000 are allowed" in app.error[0].value
    assert not store.runs()


def test_the_epochs_offered_keep_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_MAX_EPOCHS", "4")
    field = open_page("training").number_input(key="epochs")
    assert (field.value, field.max) == (4, 4)


def test_two_started_runs_stand_in_the_queue_in_order(store: Store) -> None:
    app = start(start(open_page("training")))
    second, first = store.runs()
    assert "Place 2 in the queue" in text_of(app)
    app.selectbox(key="run_choice").set_value(first.id).run()
    assert "Place 1 in the queue" in text_of(app)
    assert second.state == first.state == State.QUEUED


def test_stopping_a_waiting_run_ends_it(store: Store) -> None:
    app = start(open_page("training"))
    labelled(keyed(app, "stop_training").get("button"), "Stop").click().run()
    assert not app.exception
    assert store.runs()[0].state == State.STOPPED
    assert "Stopped before it began." in text_of(keyed(app, "run_status"))


def test_stop_asks_a_running_training_to_stop_and_says_so(store: Store) -> None:
    run_id = started(store)
    app = open_page("training")
    assert "running" in text_of(keyed(app, "run_status"))
    labelled(keyed(app, "stop_training").get("button"), "Stop").click().run()
    assert store.stop_requested(run_id) is not None
    assert labelled(keyed(app, "stop_training").get("button"), "Stopping…").disabled


def test_a_finished_run_shows_its_numbers_and_its_curve(store: Store) -> None:
    finished(store)
    app = open_page("training")
    assert not app.exception
    said = text_of(keyed(app, "run_status"))
    assert "a finished one finished" in said
    for number in ("78.2%", "71.0%", "0.513", "0.600"):
        assert number in said
    alt = keyed(app, "learning_curves").proto.json
    assert "Learning curves after epoch 2" in alt
    assert "validation accuracy 78.2%" in alt
    assert keyed(app, "loss_curve") is not None
    assert all(button.label not in ("Stop", "Stopping…") for button in app.button)


def test_the_csv_of_a_run_holds_its_epochs(store: Store, downloads: dict[str, Any]) -> None:
    run_id = finished(store)
    open_page("training")
    rows = list(csv.DictReader(io.StringIO(downloads["Curves as CSV"])))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [float(row["val_accuracy"]) for row in rows] == [0.55, 0.782]
    assert [float(row["loss"]) for row in rows] == [0.7, 0.6]
    status, model = file_of_run(run_id, ".keras")
    assert (status, model[:2]) == (200, b"PK")


@pytest.mark.usefixtures("no_inference")
def test_a_finished_runs_maps_are_one_click_away(store: Store) -> None:
    run_id = finished(store)
    app = open_page("training")
    labelled(app.button, "See its feature maps").click().run()
    assert not app.exception
    assert app.selectbox(key="weights_source").value == run_id
    assert "P(dogs) = 0.25" in text_of(keyed(app, "feature_maps"))


@pytest.mark.parametrize("state", [State.FAILED, State.LOST, State.STOPPED])
def test_a_run_that_ended_otherwise_says_why(store: Store, state: State) -> None:
    run_id = started(store)
    store.transition(run_id, state, "The disk & the <memory> were full.")
    app = open_page("training")
    assert not app.exception
    assert f"{state} The disk & the <memory> were full." in text_of(keyed(app, "run_status")).replace("  ", " ")


def test_a_failed_run_without_numbers_shows_the_end_of_its_log(store: Store) -> None:
    run = store.create(SPEC, State.STARTING)
    (store.folder(run.id) / "worker.log").write_text("first line\nlast line\n")
    store.transition(run.id, State.FAILED, "The training process ended early with exit code 3: last line")
    app = open_page("training")
    assert "ended early with exit code 3" in text_of(keyed(app, "run_status"))
    assert "last line" in app.code[0].value


@pytest.mark.parametrize("wished", ["20200101-000000-dead", "../../etc/passwd", "", "%00"])
def test_an_unknown_run_in_the_address_falls_back_to_the_newest(store: Store, wished: str) -> None:
    started(store, "older")
    newest = finished(store, "newest")
    app = AppTest.from_file(str(ROOT / "pages" / "training.py"), default_timeout=DEADLINE)
    app.query_params["run"] = wished
    app.run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="run_choice").value == newest


def test_the_run_in_the_address_is_the_one_shown(store: Store) -> None:
    older = started(store, "older")
    finished(store, "newest")
    app = AppTest.from_file(str(ROOT / "pages" / "training.py"), default_timeout=DEADLINE)
    app.query_params["run"] = older
    app.run()
    assert app.selectbox(key="run_choice").value == older
    assert "older" in text_of(keyed(app, "run_status"))


def test_a_runs_name_never_becomes_html(store: Store) -> None:
    finished(store, "<img src=x onerror=alert(1)>")
    app = open_page("training")
    assert all("<img src=x" not in node.proto.body for node in app.get("html"))


def test_metrics_with_a_torn_last_line_are_still_shown(store: Store) -> None:
    run_id = started(store)
    with (store.folder(run_id) / "metrics.jsonl").open("a") as file:
        file.write('{"type": "batch", "epo')
    app = open_page("training")
    assert not app.exception
    assert "78.2%" in text_of(keyed(app, "run_status"))


def test_a_validation_loss_that_was_not_finite_is_shown_without_a_fault(store: Store) -> None:
    run_id = started(store)
    writer = EventWriter(store.folder(run_id) / "metrics.jsonl")
    writer.append({**EPOCHS[1], "epoch": 3, "val_loss": float("inf")})
    writer.close()
    app = open_page("training")
    assert not app.exception
    assert "78.2%" in text_of(keyed(app, "run_status"))


def test_a_run_says_on_which_device_of_which_machine_it_trains(store: Store) -> None:
    run = store.create(SPEC, State.STARTING)
    store.send(run.id, "cnnlab-job")
    store.locate(run.id, "desk two")
    assert "Trains on desk two." in text_of(keyed(open_page("training"), "run_status"))
    writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
    writer.append({"type": "start", "loss": "binary_crossentropy", "classes": ["cats", "dogs"], "device": "CPU"})
    writer.close()
    store.transition(run.id, State.RUNNING)
    said = text_of(keyed(open_page("training"), "run_status"))
    assert "binary_crossentropy. Trains on the processor of desk two: 1 thread." in said
    store.transition(run.id, State.FINISHED)
    assert "Trained on the processor" in text_of(keyed(open_page("training"), "run_status"))


@pytest.fixture
def _on_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_ENGINE", "ray")
    monkeypatch.setenv("CNNLAB_RAY_ADDRESS", "http://127.0.0.1:8265")
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: ModuleSpec(name, None) if name == "ray" else find(name, *more)
    )


@pytest.mark.usefixtures("_on_ray")
def test_an_unreachable_cluster_is_one_sentence_and_the_page_works_on(store: Store) -> None:
    problem = "The Ray cluster at http://127.0.0.1:8265 does not answer."
    write_cluster(store.home, Cluster(slots=None, problem=problem))
    app = open_page("training")
    assert problem in text_of(app)
    start(app)
    assert not app.exception
    assert len(store.in_state(State.QUEUED)) == 1
    assert "Place 1 in the queue. It starts by itself" in text_of(app)
    write_cluster(store.home, Cluster(slots=4))
    st.cache_data.clear()
    app.run()
    assert problem not in text_of(app)
    assert "The Ray cluster trains 4 at a time" in text_of(app)
