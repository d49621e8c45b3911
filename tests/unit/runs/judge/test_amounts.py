"""How much data is needed: sizes that the data has, one validation set, and results as numbers."""

from pathlib import Path
from typing import Any

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.training.story import Story
from cnnlab.core.trunks.rows import shipped
from cnnlab.runs.judge.amounts import (
    BORROWED,
    OWN,
    SIZES,
    Amount,
    amount_trainings,
    amounts,
    as_csv,
    by_size,
    fewer,
    fitting,
    per_class,
)
from cnnlab.runs.record import Run, RunSpec, State, problems

SPEC = RunSpec(
    name="mine",
    network=Network.seed().with_image_size(64, 64),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.post(),
    epochs=7,
    patience=2,
    limit_per_class=9,
)


@pytest.mark.parametrize(
    ("fewest", "classes", "expected"),
    [(250, 2, (10, 25, 50, 100, 200)), (400, 2, (10, 25, 50, 100, 200, 400)), (9, 2, ()), (12, 10, (2, 5, 10))],
)
def test_sizes_go_as_far_as_the_smallest_class(fewest: int, classes: int, expected: tuple[int, ...]) -> None:
    assert per_class(SIZES, fewest, classes) == expected


def test_while_others_wait_there_are_three_sizes_at_most() -> None:
    assert fewer((10, 25, 50, 100, 200)) == (10, 50, 200)
    assert fewer((10, 25)) == (10, 25)


def test_both_networks_learn_from_the_same_pictures_and_are_judged_on_the_same(tmp_path: Path) -> None:
    made = amount_trainings(SPEC, SPEC.network, shipped(96), (10, 25), 2, 3, "one")
    assert len(made) == 12
    assert len({(spec.train_per_class, spec.seed, spec.trunk is None) for spec in made}) == 12
    assert {spec.split_seed for spec in made} == {0}, "a folder without splits is split once for all seeds"
    assert {spec.limit_per_class for spec in made} == {None}
    assert [spec.seed for spec in made] == [0] * 4 + [1] * 4 + [2] * 4, "an answer with one seed comes first"
    for spec in made:
        assert problems(spec, Settings(tmp_path)) is None
        assert RunSpec.from_dict(spec.to_dict()) == spec
        assert spec.trunk is None or spec.learns_from_features
    assert "series" not in SPEC.to_dict(), "what others made stays readable for older versions"


def test_results_are_those_of_the_last_epoch_of_finished_trainings() -> None:
    made = amount_trainings(SPEC, SPEC.network, shipped(96), (10,), 2, 2, "one")
    states = [State.FINISHED, State.FINISHED, State.STOPPED, State.FINISHED]
    runs = [
        Run(spec.name, spec, state, 0.0, None, None, None, None, None) for spec, state in zip(made, states, strict=True)
    ]
    start: dict[str, Any] = {"type": "start", "samples": 20}
    stories = [
        Story([start, {"type": "epoch", "val_accuracy": 1.0}, {"type": "epoch", "val_accuracy": last}])
        for last in (0.9, 0.6, 0.5, 0.7)
    ]
    found = amounts(runs, stories)
    assert by_size(found, OWN) == {20: (0.6, 0.7)}
    assert by_size(found, BORROWED) == {20: (0.9,)}
    assert as_csv(found).splitlines() == [
        "network,training_pictures,seed,validation_accuracy",
        "borrowed trunk,20,0,0.900000",
        "own network,20,0,0.600000",
        "own network,20,1,0.700000",
    ]
    assert found[0] == Amount(BORROWED, 20, 0, 0.9)


@pytest.mark.parametrize(
    ("most", "kinds", "expected"),
    [
        (None, 2, ((10, 25, 50, 100, 200), 3)),
        (15, 1, ((10, 25, 50, 100, 200), 3)),
        (14, 1, ((10, 50, 200), 1)),
        (2, 1, ((10, 200), 1)),
        (5, 2, ((10, 200), 1)),
        (1, 1, ((), 0)),
        (0, 1, ((), 0)),
    ],
)
def test_a_series_is_as_large_as_there_is_room(most: int | None, kinds: int, expected: tuple[object, int]) -> None:
    assert fitting((10, 25, 50, 100, 200), 3, most, kinds) == expected
