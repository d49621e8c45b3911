"""Each experiment changes one thing and leaves the rest as it was set."""

from dataclasses import replace

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import check
from cnnlab.core.training.schedules import Schedule
from cnnlab.runs.judge.compare import differences
from cnnlab.runs.judge.experiments import EXPERIMENTS, trainings_of
from cnnlab.runs.record import RunSpec, pick_loss

SPEC = RunSpec(
    name="mine",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.post(),
    epochs=7,
)
DIFFER = {
    "dropout": {"dropout"},
    "relu": {"activation_4", "loss"},
    "amount": {"training examples per class"},
    "overfit": set(),
    "shuffled": {"shuffled labels"},
}


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.key)
def test_the_trainings_of_an_experiment_differ_in_its_one_thing(experiment) -> None:
    made = trainings_of(experiment, SPEC, 200)
    assert {row.name for row in differences(made)} == DIFFER[experiment.key]
    assert len({spec.name for spec in made}) == len(made)
    for spec in made:
        assert check(spec.network) is None
        assert pick_loss(spec.network, 2, spec.loss).name == "binary_crossentropy"
    assert experiment.problem(SPEC) is None


def test_the_true_labels_are_true_also_where_the_form_has_shuffled_ones() -> None:
    made = trainings_of(EXPERIMENTS[-1], replace(SPEC, shuffle_labels=True), 200)
    assert [spec.shuffle_labels for spec in made] == [False, True]


def test_no_training_is_longer_than_the_server_allows() -> None:
    assert all(spec.epochs <= 5 for e in EXPERIMENTS for spec in trainings_of(e, SPEC, 5))


def test_a_network_without_dropout_gets_one_before_its_last_dense_layer() -> None:
    bare = Network((8, 8, 3), (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="sigmoid")))
    dropped, without = trainings_of(EXPERIMENTS[0], replace(SPEC, network=bare), 200)
    assert [layer.class_name for layer in dropped.network.layers] == ["Flatten", "Dropout", "Dense"]
    assert without.network == bare


def test_the_experiment_with_relu_needs_a_sigmoid() -> None:
    softmax = Network((8, 8, 3), (Layer.make("Flatten"), Layer.make("Dense", units=2, activation="softmax")))
    problem = EXPERIMENTS[1].problem(replace(SPEC, network=softmax))
    assert problem == "It needs a network that ends in one unit with sigmoid."


def test_settings_that_are_the_same_are_not_in_the_table_of_differences() -> None:
    assert differences([SPEC, SPEC]) == []
    larger = replace(SPEC, network=SPEC.network.with_option(0, "filters", 8), learning_rate=0.01)
    assert {row.name: row.values for row in differences([SPEC, larger])} == {
        "conv2d": ("filters 32", "filters 8"),
        "learning rate": ("0.001", "0.01"),
    }


def test_nothing_that_hinders_memorising_is_left_where_it_is_the_aim() -> None:
    falling = replace(SPEC, schedule=Schedule("CosineDecay", 10), l2=0.01)
    by_key = {e.key: trainings_of(e, falling, 200) for e in EXPERIMENTS}
    for made in (*by_key["overfit"], *by_key["shuffled"]):
        assert (made.schedule, made.l2) == (None, 0.0)
    assert all((made.schedule, made.l2) == (falling.schedule, 0.01) for made in by_key["dropout"])
