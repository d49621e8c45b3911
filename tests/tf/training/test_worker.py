"""Real training processes on a tiny data set of bright and dark pictures."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from cnnlab.commands.foreground import train_in_foreground
from cnnlab.core.augment import Augmentation, apply
from cnnlab.core.data.datasets import load
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.training.story import Event, Story
from cnnlab.core.training.subset import kept_apart
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import shipped
from cnnlab.processes import environment, marks
from cnnlab.runs.engine.local import LocalEngine, hold_server_lock
from cnnlab.runs.record import Run, RunSpec, State
from cnnlab.runs.record.epoch_weights import kept_epochs, weights_path
from cnnlab.runs.record.test_split import is_sealed, open_test, opened_answers
from cnnlab.runs.store import Store
from cnnlab.tf.data.batches import Batches, order, transforms

SIZE = 12
PER_CLASS = 24
FAR_TOO_LARGE = {"learning_rate": 100.0, "optimizer": "sgd", "augmentation": Augmentation(rescale=1e30)}


def small_network(units: int = 1, activation: str = "sigmoid") -> Network:
    return Network(
        (SIZE, SIZE, 3),
        (
            Layer.make("Conv2D", filters=4, kernel_size=3, activation="relu"),
            Layer.make("MaxPooling2D"),
            Layer.make("Flatten"),
            Layer.make("Dropout", rate=0.2),
            Layer.make("Dense", units=units, activation=activation),
        ),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for split, count in (("train", PER_CLASS), ("validation", 8)):
        for name, low in (("bright", 120), ("dark", 0)):
            (root / split / name).mkdir(parents=True)
            for i in range(count):
                pixels = rng.integers(low, low + 130, (16, 20, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(root / split / name / f"{i}.png")
    return root


@pytest.fixture(scope="module")
def spec(folder: Path) -> RunSpec:
    return RunSpec(
        name="tiny",
        network=small_network(),
        data=str(folder),
        data_name="pictures",
        augmentation=Augmentation.post(),
        epochs=3,
        batch_size=10,
        seed=7,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(tmp_path / "home")
    yield settings
    store = Store(settings.home)
    for run in store.runs():
        if run.process and marks.is_alive(run.process):
            marks.signal_group(run.process.pid, signal.SIGKILL)
    store.close()


def trained(spec: RunSpec, settings: Settings) -> tuple[Run, Story]:
    told: list[Event] = []
    run = train_in_foreground(spec, settings, told.append)
    store = Store(settings.home)
    story = store.story(run.id)
    store.close()
    assert told == story.epochs
    return run, story


def curve(story: Story) -> list[tuple[float, ...]]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return [tuple(event[name] for name in names) for event in story.epochs]


def wait_until(true: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def first(spec: RunSpec, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Run, Story]:
    settings = Settings(tmp_path_factory.mktemp("home"))
    return settings, *trained(spec, settings)


def test_a_training_writes_its_events_and_a_model_whose_predictions_are_those_of_the_last_epoch(
    spec: RunSpec, first: tuple[Settings, Run, Story]
) -> None:
    settings, run, story = first
    assert (run.state, run.message) == (State.FINISHED, None)
    (start,), end = story.starts, story.end
    assert (start["samples"], start["batches"], start["classes"]) == (2 * PER_CLASS, 5, ["bright", "dark"])
    assert end is not None
    assert end["state"] == "finished"
    assert [event["epoch"] for event in story.epochs] == [1, 2, 3]
    for epoch in (1, 2, 3):
        batches = [event for event in story.batches if event["epoch"] == epoch]
        assert batches[-1]["batch"] == batches[-1]["batches"] == 5
        assert all(a["seconds"] <= b["seconds"] for a, b in pairwise(batches))
    folder = settings.home / "runs" / run.id
    model = keras.models.load_model(folder / "model.keras")
    validation = load(spec.data, settings.max_pixels, None, spec.seed).validation
    pictures = validation.arrays(SIZE, SIZE, 3).astype(np.float32) / 255
    predictions = model.predict(pictures, verbose=0)[:, 0]
    assert np.mean((predictions > 0.5) == validation.labels) == pytest.approx(curve(story)[-1][3])
    losses = -np.log(np.where(validation.labels == 1, predictions, 1 - predictions))
    assert np.mean(losses) == pytest.approx(curve(story)[-1][2], rel=1e-4)
    assert kept_epochs(folder / "epochs") == (1, 2, 3)
    for epoch in (1, 2, 3):
        kept = keras.models.load_model(weights_path(folder / "epochs", epoch)).predict(pictures, verbose=0)[:, 0]
        assert np.mean((kept > 0.5) == validation.labels) == pytest.approx(curve(story)[epoch - 1][3])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_curve(
    spec: RunSpec, settings: Settings, first: tuple[Settings, Run, Story]
) -> None:
    again = trained(spec, settings)[1]
    assert len(curve(again)) == 3
    assert curve(again) == curve(first[2])


def test_another_seed_shuffles_and_augments_differently(spec: RunSpec) -> None:
    assert order(48, 7, 0).tolist() != order(48, 8, 0).tolist()
    assert transforms(spec.augmentation, 7, 0, [5]) != transforms(spec.augmentation, 8, 0, [5])
    assert transforms(spec.augmentation, 7, 0, [4, 5])[1] == transforms(spec.augmentation, 7, 0, [5])[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {"network": small_network(3, "softmax")},
            "The data has 2 classes, so the network must end in 1 unit",
            marks=pytest.mark.slow,
        ),
        pytest.param({"data": "/no/such/folder"}, "", marks=pytest.mark.slow),
        ({**FAR_TOO_LARGE, "network": small_network(2, "softmax")}, "no longer a number"),
    ],
)
def test_a_training_that_cannot_go_on_fails_with_one_sentence(
    spec: RunSpec, settings: Settings, change: dict, said: str
) -> None:
    run, story = trained(replace(spec, **change), settings)
    assert run.state == State.FAILED
    assert run.message is not None
    assert said in run.message
    assert run.message.endswith(".")
    assert "\n" not in run.message
    assert story.end is not None
    assert story.end["message"] == run.message


def test_a_stop_is_obeyed_within_a_batch_and_keeps_the_weights(spec: RunSpec, settings: Settings) -> None:
    store = Store(settings.home)
    engine = LocalEngine(settings, store)
    seen: list[int] = []

    def stop_in_the_second_epoch(event: Event) -> None:
        if not seen:
            seen.append(event["epoch"])
            engine.stop(store.in_state(State.RUNNING)[0].id)

    run = train_in_foreground(replace(spec, epochs=200), settings, stop_in_the_second_epoch)
    assert run.state == State.STOPPED
    assert run.message is not None
    assert run.message.startswith("Stopped on request")
    flag = (store.folder(run.id) / "stop").stat().st_mtime
    assert run.finished is not None
    assert run.finished - flag < 5
    assert keras.models.load_model(store.model_path(run.id)).count_params() > 0
    store.close()


@pytest.mark.slow
def test_sigterm_stops_a_training_in_order(spec: RunSpec, settings: Settings) -> None:
    sent: list[int] = []

    def terminate(event: Event) -> None:
        if not sent:
            store = Store(settings.home)
            process = store.in_state(State.RUNNING)[0].process
            store.close()
            assert process is not None
            sent.append(process.pid)
            os.kill(process.pid, signal.SIGTERM)

    assert train_in_foreground(replace(spec, epochs=200), settings, terminate).state == State.STOPPED


def test_a_killed_training_is_failed_and_its_last_weights_are_whole(spec: RunSpec, settings: Settings) -> None:
    killed: list[int] = []

    def kill(event: Event) -> None:
        if not killed:
            store = Store(settings.home)
            process = store.in_state(State.RUNNING)[0].process
            store.close()
            assert process is not None
            killed.append(process.pid)
            os.kill(process.pid, signal.SIGKILL)

    run = train_in_foreground(replace(spec, epochs=200), settings, kill)
    assert run.state == State.FAILED
    assert run.message == "The training process was ended by signal 9 (killed, perhaps out of memory)."
    assert keras.models.load_model(settings.home / "runs" / run.id / "model.keras").count_params() > 0


def test_a_second_worker_leaves_a_run_that_has_one_alone(spec: RunSpec, settings: Settings) -> None:
    store = Store(settings.home)
    run = store.create(spec, State.STARTING)
    me = marks.mark(os.getpid())
    assert me is not None
    assert store.claim(run.id, me)
    folder = store.folder(run.id)
    second = subprocess.run(
        environment.worker_command(folder), env=environment.child_environment(settings), timeout=60, check=False
    )
    assert second.returncode == 0
    assert store.get(run.id).state == State.STARTING
    store.transition(run.id, State.STOPPED)
    store.close()


@pytest.mark.slow
def test_a_submitted_training_with_softmax_is_taken_by_the_waiting_worker(spec: RunSpec, settings: Settings) -> None:
    engine = LocalEngine(settings)
    server = hold_server_lock(settings.home)
    try:
        engine.expect()
        engine.start()
        log = settings.home / "warm-worker.log"
        wait_until(log.exists)
        run_id = engine.submit(replace(spec, network=small_network(2, "softmax"), optimizer="adam"))
        wait_until(lambda: engine.state(run_id) == State.FINISHED)
        assert (engine.store.folder(run_id) / "worker.log").exists()
        assert len(curve(engine.store.story(run_id))) == 3
    finally:
        server.close()
        assert engine._supervisor is not None
        assert engine._supervisor.wait(30) == 0
        engine.store.close()


def test_training_pictures_are_made_by_the_function_that_the_preview_uses(spec: RunSpec) -> None:
    split = load(spec.data, Settings.max_pixels, None, spec.seed).train
    images = split.arrays(SIZE, SIZE, 3)
    labels = np.arange(len(images))
    batches = Batches(images, labels, spec.augmentation, batch_size=10, epochs=2, seed=7)
    made = list(batches)
    assert len(made) == 2 * len(batches)
    for epoch in (0, 1):
        served = made[epoch * len(batches) : (epoch + 1) * len(batches)]
        order = np.concatenate([numbers for _, numbers in served])
        assert sorted(order) == list(labels)
        drawn = transforms(spec.augmentation, 7, epoch, order.tolist())
        expected = apply(images[order], drawn, spec.augmentation)
        np.testing.assert_array_equal(np.concatenate([pictures for pictures, _ in served]), expected)
    assert not np.array_equal(made[0][1], made[len(batches)][1])


@pytest.mark.parametrize("on_trunk", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_is_kept_apart_is_not_learned_from_and_the_kept_model_is_tested_on_it(
    spec: RunSpec, settings: Settings, on_trunk: bool
) -> None:
    asked = replace(spec, test_split=True, epochs=1, augmentation=Augmentation.none())
    if on_trunk:
        asked = replace(asked, trunk=shipped(96), network=smallest_head(shipped(96), 2))
    run, story = trained(asked, settings)
    assert run.state == State.FINISHED
    assert story.first_start["samples"] == 2 * (PER_CLASS - 5)
    where = settings.home / "runs" / run.id
    assert is_sealed(where)
    assert opened_answers(where) is None
    open_test(where)
    answers = opened_answers(where)
    assert answers is not None
    data = load(asked.data, settings.max_pixels)
    apart = kept_apart(data.train.labels)
    assert set(apart).isdisjoint(asked.learned(data.train.labels))
    assert answers.names == tuple(data.train.names[i] for i in apart)
    np.testing.assert_array_equal(answers.labels, data.train.labels[apart])
    model = keras.models.load_model(where / "model.keras")
    pictures = data.train.arrays(*asked.picture_shape)[apart].astype(np.float32) / 255
    np.testing.assert_allclose(answers.outputs, model.predict(pictures, verbose=0), atol=1e-5)
