"""A training that was interrupted goes on to the same result as one that was not."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.data.datasets import load
from cnnlab.core.settings import Settings
from cnnlab.core.training.range_test import advise, rising_rates
from cnnlab.core.training.schedules import Schedule
from cnnlab.processes import marks
from cnnlab.runs.engine.local import LocalEngine, hold_server_lock
from cnnlab.runs.judge.experiments import without_dropout
from cnnlab.runs.record import Run, RunSpec, State
from cnnlab.runs.record.control import Mode
from cnnlab.runs.record.findings import read_answers
from cnnlab.tf.training.train import compiled_model, make_batches
from tests.tf.training.test_worker import curve, folder, small_network, spec, wait_until  # noqa: F401  fixtures

EPOCHS = 4


class School:
    """A home with a server's lock and an engine with a waiting worker, for all tests of this file."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home)
        self.engine = LocalEngine(self.settings)
        self.store = self.engine.store
        self.lock = hold_server_lock(home)
        self.engine.start()

    def until(self, run_id: str, *states: State) -> Run:
        def there() -> bool:
            self.engine.state(run_id)
            run = self.store.get(run_id)
            assert run.state in states or not run.is_terminal, run
            return run.state in states

        wait_until(there)
        return self.store.get(run_id)

    def weights(self, run_id: str) -> list[np.ndarray]:
        with np.load(self.store.checkpoint_path(run_id)) as kept:
            return [kept[name] for name in sorted(kept.files)]

    def close(self) -> None:
        for run in self.store.runs():
            self.engine.stop(run.id)
        self.lock.close()
        wait_until(lambda: not marks.is_locked(self.settings.home / "supervisor.lock", exclusively=True))
        self.store.close()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    school = School(tmp_path_factory.mktemp("school"))
    yield school
    school.close()


@pytest.fixture(scope="module")
def asked(spec: RunSpec) -> RunSpec:  # noqa: F811
    return replace(spec, epochs=EPOCHS, optimizer="adam")


@pytest.fixture(scope="module")
def whole(school: School, asked: RunSpec) -> str:
    run_id = school.engine.submit(asked)
    school.until(run_id, State.FINISHED)
    return run_id


def expect_same(school: School, run_id: str, whole: str) -> None:
    """Bit by bit: every weight, every average of the optimizer, every seed of dropout, and the curve."""
    for ours, theirs in zip(school.weights(run_id), school.weights(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert curve(school.store.story(run_id)) == curve(school.store.story(whole))
    assert [e["epoch"] for e in school.store.story(run_id).epochs] == list(range(1, EPOCHS + 1))


def step_to(school: School, run_id: str, epochs: int, batches: int = 0) -> None:
    """Go on by single epochs and batches, each time until the run stands still again."""
    for mode in (Mode.EPOCH,) * epochs + (Mode.BATCH,) * batches:
        control = school.store.control(run_id)
        school.until(run_id, State.PAUSED)
        school.store.command(run_id, mode)
        assert school.store.control(run_id).serial == control.serial + 1
        done = len(school.store.story(run_id).epochs), len(school.store.story(run_id).batches)

        def moved(before: tuple[int, int] = done, kind: int = mode == Mode.BATCH) -> bool:
            now = len(school.store.story(run_id).epochs), len(school.store.story(run_id).batches)
            return now[kind] > before[kind]

        if mode == Mode.EPOCH:
            wait_until(moved)
        else:
            time.sleep(0.3)


def test_a_training_stopped_within_an_epoch_resumes_to_the_same_result(
    school: School, asked: RunSpec, whole: str
) -> None:
    run_id = school.engine.submit(asked, mode=Mode.PAUSE)
    step_to(school, run_id, epochs=2, batches=2)
    school.until(run_id, State.PAUSED)
    school.engine.stop(run_id)
    assert school.until(run_id, State.STOPPED).message == "Stopped on request in epoch 3 after batch 2 of 5."
    school.engine.resume(run_id)
    school.until(run_id, State.FINISHED)
    expect_same(school, run_id, whole)
    assert [e["epoch"] for e in school.store.read_events(run_id, 0)[0] if e["type"] == "resume"] == [2]


@pytest.mark.slow
def test_a_killed_training_resumes_to_the_same_result_and_a_torn_line_hides_nothing(
    school: School, asked: RunSpec, whole: str
) -> None:
    run_id = school.engine.submit(asked, mode=Mode.PAUSE)
    step_to(school, run_id, epochs=1, batches=1)
    process = school.until(run_id, State.PAUSED).process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: school.store.get(run_id).state == State.FAILED)
    with (school.store.folder(run_id) / "metrics.jsonl").open("a") as file:
        file.write('{"type": "epoch", "epo')
    school.engine.resume(run_id)
    school.until(run_id, State.FINISHED)
    expect_same(school, run_id, whole)


@pytest.mark.slow
def test_more_epochs_give_what_a_longer_training_would_have_given(school: School, asked: RunSpec, whole: str) -> None:
    run_id = school.engine.submit(replace(asked, epochs=2))
    school.until(run_id, State.FINISHED)
    school.engine.resume(run_id, epochs=EPOCHS)
    assert school.store.get(run_id).spec.epochs == EPOCHS
    school.until(run_id, State.FINISHED)
    expect_same(school, run_id, whole)
    files = sorted((school.store.folder(run_id) / "tensorboard" / "validation").iterdir())
    assert scalars(files, "epoch_loss") == pytest.approx([row[2] for row in curve(school.store.story(whole))])


def scalars(files: list[Path], tag: str) -> list[float]:
    """Read the values of one curve as TensorBoard does."""
    from tensorflow.core.util import event_pb2

    found = []
    for file in files:
        for record in tf.data.TFRecordDataset(str(file)):
            event = event_pb2.Event.FromString(record.numpy())
            found += [(event.step, value.simple_value) for value in event.summary.value if value.tag == tag]
    return [value for _, value in sorted(found)]


@pytest.mark.slow
def test_the_learning_rate_changes_while_a_training_stands_still(school: School, asked: RunSpec, whole: str) -> None:
    run_id = school.engine.submit(asked, mode=Mode.PAUSE)
    step_to(school, run_id, epochs=1)
    school.until(run_id, State.PAUSED)
    school.store.command(run_id, learning_rate=0.05)
    school.store.command(run_id, Mode.PLAY)
    school.until(run_id, State.FINISHED)
    ended = school.store.story(run_id).epochs
    assert [e["learning_rate"] for e in ended] == pytest.approx([0.001, 0.05, 0.05, 0.05])
    (changed,) = school.store.story(run_id).rates
    assert (changed["epoch"], changed["batch"], changed["value"]) == (1, 5, 0.05)
    assert curve(school.store.story(run_id))[0] == curve(school.store.story(whole))[0]
    assert curve(school.store.story(run_id))[1:] != curve(school.store.story(whole))[1:]


@pytest.mark.slow
def test_early_stopping_ends_a_training_that_no_longer_learns_and_keeps_the_best_weights(
    school: School, asked: RunSpec
) -> None:
    frozen = replace(asked, epochs=20, patience=2, optimizer="sgd", learning_rate=1e-12)
    run_id = school.engine.submit(frozen)
    run = school.until(run_id, State.FINISHED)
    assert run.message is not None
    assert run.message.startswith("Stopped early after epoch 3; the weights kept are those of epoch 1")
    assert len(school.store.story(run_id).epochs) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": "sgd", "momentum": 0.9},
        {"class_weights": True},
        {"shuffle_labels": True, "train_per_class": 5},
        {"loss": "binary_crossentropy", "network": small_network(1, "relu")},
    ],
)
def test_every_setting_reaches_the_training(school: School, asked: RunSpec, whole: str, change: dict) -> None:
    run_id = school.engine.submit(replace(asked, epochs=1, **change))
    school.until(run_id, State.FINISHED)
    (start,) = school.store.story(run_id).starts
    if "train_per_class" in change:
        assert (start["samples"], start["counts"], start["validation_counts"]) == (10, [5, 5], [8, 8])
    if "class_weights" in change:
        # Both classes have as many pictures, so weighing them changes nothing.
        assert curve(school.store.story(run_id))[0] == pytest.approx(curve(school.store.story(whole))[0])
    else:
        assert curve(school.store.story(run_id))[0] != curve(school.store.story(whole))[0]
    if "loss" in change:
        assert "although it expects probabilities from sigmoid" in start["reason"]


@pytest.mark.slow
def test_a_learning_rate_test_raises_the_rate_with_every_batch_and_keeps_no_weights(
    school: School,
    asked: RunSpec,
) -> None:
    calm = replace(asked, network=without_dropout(asked.network), optimizer="sgd", epochs=1, range_test=True)
    run_id = school.engine.submit(calm)
    run = school.until(run_id, State.FINISHED)
    batches = school.store.story(run_id).batches
    rates = [e["learning_rate"] for e in batches]
    assert rates == list(rising_rates()[: len(rates)])
    assert [e["batch"] for e in batches] == list(range(1, len(batches) + 1))
    # Each loss is that of its batch alone. Without dropout and while the rate is tiny, plain Keras gives the same.
    data = load(run.spec.data, school.settings.max_pixels, None, run.spec.seed)
    training, _ = make_batches(run.spec, data, "binary_crossentropy")
    model = compiled_model(run.spec, "binary_crossentropy", school.settings.home)
    for event, (pictures, labels) in zip(batches[:4], training, strict=False):
        assert event["loss"] == pytest.approx(model.evaluate(pictures, labels, verbose=0)[0], rel=1e-3)
    assert not school.store.model_path(run_id).exists()
    assert not school.store.story(run_id).epochs
    assert advise(rates, [e["loss"] for e in batches if e["loss"] is not None]).rate is not None


@pytest.mark.slow
def test_a_training_with_a_schedule_and_l2_resumes_to_the_same_result(school: School, asked: RunSpec) -> None:
    falling = replace(asked, schedule=Schedule("CosineDecay", 20, alpha=0.1), l2=0.01)
    whole, run_id = school.engine.submit(falling), school.engine.submit(falling, mode=Mode.PAUSE)
    step_to(school, run_id, epochs=1, batches=1)
    school.until(run_id, State.PAUSED)
    school.engine.stop(run_id)
    school.until(run_id, State.STOPPED)
    school.engine.resume(run_id)
    school.until(run_id, State.FINISHED)
    school.until(whole, State.FINISHED)
    expect_same(school, run_id, whole)
    for event in school.store.story(run_id).epochs:
        # Keras tells the rate of the step that would come next.
        assert event["learning_rate"] == pytest.approx(
            Schedule("CosineDecay", 20, alpha=0.1).rate_at(0.001, 5 * event["epoch"]), rel=1e-5
        )
    # What is left of the validation loss without the penalty is the cross-entropy of the answers.
    answers = read_answers(school.store.folder(run_id) / "evaluation.json")
    assert answers is not None
    of_data = -np.mean(np.log(answers.probabilities()[np.arange(len(answers.labels)), answers.labels]))
    last = school.store.story(run_id).epochs[-1]
    assert last["val_loss"] - last["penalty"] == pytest.approx(of_data, rel=1e-3)
    assert last["penalty"] > 0.01


@pytest.mark.slow
def test_a_rate_set_by_hand_ends_a_schedule_and_is_kept_when_the_training_resumes(
    school: School, asked: RunSpec
) -> None:
    run_id = school.engine.submit(replace(asked, schedule=Schedule("ExponentialDecay", 5, 0.5)), mode=Mode.PAUSE)
    step_to(school, run_id, epochs=1)
    school.until(run_id, State.PAUSED)
    school.store.command(run_id, learning_rate=0.004)
    step_to(school, run_id, epochs=1, batches=1)
    school.until(run_id, State.PAUSED)
    school.engine.stop(run_id)
    school.until(run_id, State.STOPPED)
    school.engine.resume(run_id)
    school.until(run_id, State.FINISHED)
    rates = [e["learning_rate"] for e in school.store.story(run_id).epochs]
    assert rates == pytest.approx([0.0005, 0.004, 0.004, 0.004])
    assert keras.models.load_model(school.store.model_path(run_id)).count_params() > 0
