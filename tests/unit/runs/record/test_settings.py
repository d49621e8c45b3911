"""Every setting of a training is one row, and what asks, refuses, compares and reports is made from it."""

import argparse
from dataclasses import fields, replace
from typing import Any

import pytest

from cnnlab.commands.train_options import add_learning_options, learning_from
from cnnlab.core.augment import Augmentation
from cnnlab.core.lessons.lesson import TRAINING
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.training.schedules import Schedule
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.compare import described, differences
from cnnlab.runs.record import RunSpec, problems
from cnnlab.runs.record.settings import ASKED, BY_NAME, SETTINGS, Setting, problem_of_form, same_pictures

WHAT = {"name", "network", "data", "data_name", "augmentation", "range_test", "series"}
"""What is trained on what, and what for; everything else in a spec is a setting."""
OTHERWISE: dict[str, Any] = {
    "schedule": Schedule("CosineDecay", 7),
    "classes": ("dogs", "cats"),
    "threads": 3,
    "minutes": 7,
    "epochs_at_most": 17,
    "trunk": shipped(96),
}
"""Other values of what has no option of its own name: others, `--class-order`, `CNNLAB_THREADS`, an exercise."""
SPEC = RunSpec(
    name="a training",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.post(),
)
SERVER = Settings.from_env({})


def other(setting: Setting) -> Any:
    """Return an allowed value that is not the default."""
    if setting.name in OTHERWISE:
        return OTHERWISE[setting.name]
    if setting.choices:
        return next(choice for choice in setting.choices if choice != setting.default)
    if setting.kind is bool:
        return not setting.default
    return setting.kind(setting.least + 1) if setting.most is None else setting.most


def changed(setting: Setting) -> RunSpec:
    beside: dict[str, Any] = {"optimizer": setting.only_for} if setting.only_for else {}
    if setting.name == "trunk":
        head = (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="sigmoid"))
        beside["network"] = Network(OTHERWISE["trunk"].feature_shape, head)
    return replace(SPEC, **beside, **{setting.name: other(setting)})


def parsed(*words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_learning_options(parser)
    return learning_from(parser.parse_args(words))


def test_every_field_of_a_training_that_is_no_subject_has_a_row() -> None:
    assert [setting.name for setting in SETTINGS if setting.name in WHAT] == []
    assert {setting.name for setting in SETTINGS} | WHAT == {field.name for field in fields(RunSpec)}
    assert {setting.name for setting in SETTINGS} - {setting.name for setting in ASKED} == set(OTHERWISE)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_another_value_is_taken_compared_and_reported(setting: Setting) -> None:
    spec = changed(setting)
    assert problems(spec, SERVER) is None
    assert setting.text(other(setting)) not in ("", setting.text(setting.default))
    same = replace(spec, **{setting.name: setting.default})
    assert [row.values for row in differences([spec, same]) if row.name == setting.said] == [
        (setting.text(other(setting)), setting.text(setting.default))
    ]
    assert dict(described(spec))[setting.said] == setting.text(other(setting))
    assert (setting.said in dict(described(SPEC))) is not setting.silent


@pytest.mark.parametrize("setting", ASKED, ids=lambda s: s.name)
def test_every_row_that_is_asked_for_is_an_option_of_the_command_line(setting: Setting) -> None:
    assert parsed()[setting.name] == setting.default
    option = f"--{setting.name.replace('_', '-')}"
    value = [] if setting.kind is bool else [str(other(setting))]
    optimizer = ["--optimizer", setting.only_for] if setting.only_for else []
    assert parsed(*optimizer, option, *value)[setting.name] == other(setting)


def test_what_belongs_to_one_optimizer_begins_with_its_usual_value_and_is_refused_for_others() -> None:
    assert parsed("--optimizer", "sgd")["momentum"] == 0.9
    refused = problems(replace(SPEC, **parsed("--momentum", "0.5")), SERVER)
    assert refused == "Only sgd takes a momentum, and the optimizer is rmsprop; set the momentum to 0."


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s.least is not None], ids=lambda s: s.name)
def test_what_lies_out_of_the_bounds_is_refused_in_one_sentence_and_not_taken_from_a_form(setting: Setting) -> None:
    ends = [(setting.least, -1), *([] if setting.most is None else [(setting.most, 1)])]
    for end, beyond in ends:
        assert setting.problem(end) is None
        assert setting.taken(end) == end
        refused = setting.problem(end + beyond)
        assert refused is not None
        assert refused.endswith(f"but is {end + beyond}.")
        assert setting.taken(end + beyond) == setting.offered


@pytest.mark.parametrize("setting", ASKED, ids=lambda s: s.name)
@pytest.mark.parametrize("sent", ["x", [], {}, True, float("nan"), 1.5, -1, object()])
def test_whatever_a_browser_sends_becomes_an_allowed_value(sent: object, setting: Setting) -> None:
    taken = setting.taken(sent)
    assert setting.problem(taken) is None
    assert taken is None or type(taken) is setting.kind


def test_a_whole_number_is_a_number_too() -> None:
    assert BY_NAME["learning_rate"].taken(1) == 1.0


def test_a_lesson_can_set_what_the_form_has_and_nothing_else() -> None:
    rows = {setting.name: setting.kind for setting in ASKED if setting.name != "classes"}
    assert dict(TRAINING) == {"image_size": int, "augment": bool} | rows


@pytest.mark.parametrize("name", [name for name in TRAINING if name not in ("augment", "image_size")])
def test_the_form_holds_every_allowed_value_of_a_lesson(name: str) -> None:
    asked = {name: other(BY_NAME[name])} | ({"optimizer": "sgd"} if name == "momentum" else {})
    assert problem_of_form(asked) is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"image_size": 3}, "The image size must lie between 4 and 256, but is 3."),
        ({"image_size": 257}, "The image size must lie between 4 and 256, but is 257."),
        ({"epochs": 0}, "The number of epochs must be at least 1, but is 0."),
        ({"optimizer": "magic"}, "The optimizer must be one of rmsprop, adam, sgd, not 'magic'."),
        ({"momentum": 0.9}, "The momentum is a setting of sgd, not of rmsprop."),
        ({"learning_rate": 1000}, "The learning rate must lie between 1e-12 and 100, but is 1000."),
    ],
)
def test_what_the_form_cannot_hold_is_one_sentence(asked: dict[str, Any], said: str) -> None:
    assert problem_of_form(asked) == said


def test_a_training_is_of_the_kind_that_a_lesson_asks_for_by_its_pictures() -> None:
    little = replace(SPEC, network=SPEC.network.with_image_size(32, 32), limit_per_class=100, epochs=3)
    assert same_pictures(little, {"image_size": 32, "limit_per_class": 100, "epochs": 12})
    assert same_pictures(little, {})
    assert not same_pictures(little, {"image_size": 64, "limit_per_class": 100})
    assert not same_pictures(little, {"image_size": 32})
    assert not same_pictures(replace(little, train_per_class=10), {"image_size": 32, "limit_per_class": 100})
