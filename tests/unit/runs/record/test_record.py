import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.training.schedules import Schedule
from cnnlab.processes import environment
from cnnlab.processes.environment import child_environment, needs_onednn_off
from cnnlab.runs.record import TERMINAL, TRANSITIONS, RunError, RunSpec, State, loss_for, pick_loss, problems

SETTINGS = Settings(home=Path("/nowhere"), max_epochs=20, max_params=2_000_000)
SPEC = RunSpec(
    name="first",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.post(),
)


def ending_in(units: int, *activation: str) -> Network:
    layers = [Layer.make("Flatten"), Layer.make("Dense", units=units)]
    return Network((8, 8, 3), (*layers, *(Layer.make("Activation", activation=name) for name in activation)))


def test_a_spec_survives_json() -> None:
    falling = replace(SPEC, schedule=Schedule("CosineDecay", 40, alpha=0.1), l2=0.001)
    for spec in (
        SPEC,
        falling,
        replace(SPEC, range_test=True),
        replace(SPEC, schedule=Schedule("ExponentialDecay", 9, 0.5, staircase=True)),
    ):
        assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 3},
        {**SPEC.to_dict(), "colour": "blue"},
        {**SPEC.to_dict(), "schedule": {"class_name": "CosineDecay"}},
        {**SPEC.to_dict(), "network": {}},
    ],
)
def test_a_description_that_is_no_spec_is_refused_in_a_sentence(wrong: dict) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        RunSpec.from_dict(wrong)


def test_a_sound_spec_has_no_problem() -> None:
    assert problems(SPEC, SETTINGS) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epochs": 21}, "between 1 and 20, but is 21"),
        ({"epochs": 0}, "but is 0"),
        ({"batch_size": 0}, "at least 1, but is 0"),
        ({"learning_rate": float("nan")}, "between 1e-12 and 100, but is nan"),
        ({"optimizer": "magic"}, "rmsprop, adam, sgd, not 'magic'"),
        ({"limit_per_class": 0}, "at least 1, but is 0"),
        ({"seed": -1}, "but is -1"),
        ({"threads": 0}, "at least 1, but is 0"),
        ({"network": Network.seed().with_image_size(21, 21)}, "max_pooling2d_2: the pool"),
        ({"network": Network.seed().with_image_size(300, 300)}, "parameters, and at most 2,000,000"),
    ],
)
def test_a_problem_is_one_sentence_with_the_number_received(change: dict, said: str) -> None:
    problem = problems(replace(SPEC, **change), SETTINGS)
    assert problem is not None
    assert said in problem
    assert problem.endswith(".")


def test_the_loss_follows_the_output_and_the_classes() -> None:
    assert loss_for(ending_in(1, "sigmoid"), 2) == "binary_crossentropy"
    assert loss_for(ending_in(2, "softmax"), 2) == "sparse_categorical_crossentropy"
    assert loss_for(ending_in(5, "softmax"), 5) == "sparse_categorical_crossentropy"
    in_the_layer = Network((8, 8, 3), (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="sigmoid")))
    assert loss_for(in_the_layer, 2) == "binary_crossentropy"


@pytest.mark.parametrize(
    ("network", "classes", "said"),
    [
        (ending_in(1, "sigmoid"), 1, "only one class"),
        (ending_in(1, "sigmoid"), 3, "3 units with softmax, but it ends in 1 unit with sigmoid"),
        (ending_in(1, "relu"), 2, "1 unit with sigmoid or 2 units with softmax, but it ends in 1 unit with relu"),
        (ending_in(1, "softmax"), 2, "1 unit with softmax"),
        (ending_in(3, "softmax"), 2, "it ends in 3 units with softmax"),
        (ending_in(2), 2, "it ends in 2 units with linear"),
        (Network((8, 8, 3), (Layer.make("Activation", activation="sigmoid"),)), 2, "the shape (8, 8, 3)"),
    ],
)
def test_an_output_that_does_not_fit_the_classes_is_refused(network: Network, classes: int, said: str) -> None:
    with pytest.raises(RunError) as refused:
        loss_for(network, classes)
    assert said in str(refused.value)


def test_nothing_leaves_a_terminal_state_and_every_state_can_be_left_otherwise() -> None:
    assert set(TERMINAL) == {State.FINISHED, State.STOPPED, State.FAILED, State.LOST}
    assert all(TRANSITIONS[state] for state in State if state not in TERMINAL)


@pytest.mark.parametrize(
    ("kernel_size", "strides", "needed"),
    [(1, 2, True), (1, (1, 2), True), (1, 1, False), (3, 2, False), ((1, 3), 2, False)],
)
def test_onednn_is_off_only_for_a_pointwise_convolution_with_strides(
    kernel_size: object, strides: object, needed: bool
) -> None:
    for class_name in ("Conv2D", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D"):
        filters = {} if class_name == "DepthwiseConv2D" else {"filters": 2}
        layer = Layer.make(class_name, kernel_size=kernel_size, strides=strides, **filters)
        network = Network((8, 8, 3), (layer,))
        assert needs_onednn_off(network) is needed
        assert child_environment(SETTINGS, network)["TF_ENABLE_ONEDNN_OPTS"] == ("0" if needed else "1")


def test_tensorflow_has_a_thread_for_each_core_that_may_be_used_unless_the_operator_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setattr(environment, "usable_cores", lambda: 3)
    assert child_environment(SETTINGS)["TF_NUM_INTRAOP_THREADS"] == "3"
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "5")
    assert child_environment(SETTINGS)["TF_NUM_INTRAOP_THREADS"] == "5"


def test_a_child_reads_the_same_settings() -> None:
    settings = replace(SETTINGS, slots=3, max_pixels=123, max_upload_mb=200)
    read = Settings.from_env(child_environment(settings))
    assert replace(read, threads=settings.threads) == settings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"momentum": 1.0, "optimizer": "sgd"}, "between 0 and 0.999, but is 1.0"),
        ({"momentum": 0.9}, "Only sgd takes a momentum, and the optimizer is rmsprop"),
        ({"loss": "hinge"}, "not 'hinge'"),
        ({"patience": 0}, "at least 1, but is 0"),
        ({"train_per_class": 0}, "at least 1, but is 0"),
        ({"l2": -0.1}, "L2 must lie between 0 and 1, but is -0.1"),
        ({"l2": float("nan")}, "but is nan"),
        ({"schedule": Schedule("Fast", 3)}, "ExponentialDecay, CosineDecay, not 'Fast'"),
        ({"schedule": Schedule("CosineDecay", 0)}, "at least 1, but is 0"),
        ({"schedule": Schedule("ExponentialDecay", 5, decay_rate=0)}, "at most 1, but is 0"),
        ({"schedule": Schedule("CosineDecay", 5, alpha=2)}, "between 0 and 1, but is 2"),
        ({"schedule": Schedule("CosineDecay", 5), "range_test": True}, "leave the schedule constant"),
    ],
)
def test_settings_of_learning_are_checked_too(change: dict, said: str) -> None:
    problem = problems(replace(SPEC, **change), SETTINGS)
    assert problem is not None
    assert said in problem
    assert problem.endswith(".")


def test_a_spec_of_an_older_version_gets_the_defaults() -> None:
    later = ("momentum", "loss", "patience", "class_weights", "schedule", "l2", "range_test")
    old = {k: v for k, v in SPEC.to_dict().items() if k not in later}
    assert RunSpec.from_dict(old) == SPEC


def test_a_loss_asked_for_by_name_only_needs_as_many_outputs_as_it_takes() -> None:
    assert "fits" in pick_loss(ending_in(1, "sigmoid"), 2, "binary_crossentropy").reason
    relu = pick_loss(ending_in(1, "relu"), 2, "binary_crossentropy")
    assert relu.name == "binary_crossentropy"
    assert "relu on the output, although it expects probabilities from sigmoid" in relu.reason
    with pytest.raises(RunError, match="needs two classes and 1 unit, but the network ends in 2 units"):
        pick_loss(ending_in(2, "softmax"), 2, "binary_crossentropy")
    with pytest.raises(RunError, match="needs 3 units for 3 classes, but the network ends in 1 unit"):
        pick_loss(ending_in(1, "sigmoid"), 3, "sparse_categorical_crossentropy")


def test_no_child_allocates_as_the_server_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONMALLOC", "malloc")
    assert "PYTHONMALLOC" not in child_environment(SETTINGS)


def test_no_child_is_told_the_teachers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", "open sesame")
    assert "open sesame" not in child_environment(replace(SETTINGS, teacher_key="open sesame")).values()
