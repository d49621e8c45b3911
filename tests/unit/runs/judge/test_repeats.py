"""Repeats are trainings that differ in their seed alone, and a difference comes with its interval."""

from dataclasses import replace

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.training.story import Story
from cnnlab.runs.judge.repeats import judged, missing_repeats, repeats
from cnnlab.runs.record import Run, RunSpec, State

SPEC = RunSpec(
    name="mine",
    network=Network.seed(),
    data="silhouettes",
    data_name="silhouettes",
    augmentation=Augmentation.none(),
)
FASTER = replace(SPEC, name="faster", learning_rate=0.01)


def run(spec: RunSpec, seed: int) -> Run:
    made = replace(spec, seed=seed, name=f"{spec.name} {seed}")
    return Run(made.name, made, State.FINISHED, 0.0, None, None, None, None, None)


def story(*accuracies: float) -> Story:
    start = {"type": "start", "validation_samples": 360}
    return Story([start, *({"type": "epoch", "val_accuracy": each} for each in accuracies)])


def test_runs_that_differ_in_their_seed_are_repeats() -> None:
    runs = [run(SPEC, 0), run(FASTER, 0), run(SPEC, 7), run(SPEC, 1)]
    assert repeats(runs) == [[0, 2, 3], [1]]
    lacking = missing_repeats(runs)
    assert [(spec.learning_rate, spec.seed) for spec in lacking] == [(0.01, 1), (0.01, 2)]


def test_several_seeds_are_judged_over_the_seeds() -> None:
    runs = [run(SPEC, 0), run(SPEC, 1), run(FASTER, 0), run(FASTER, 1), run(FASTER, 1)]
    said = judged(runs, [story(1.0, each) for each in (0.70, 0.72, 0.90, 0.91, 0.91)], ["a", "a", "b", "b", "b"])
    assert said[0] == "a: 2 seeds, mean 71.0%, from 70.0% to 72.0%."
    assert "b is 19.5 points above a (95 % interval" in said[2]
    assert "Welch's t-interval over the seeds" in said[2]


@pytest.mark.parametrize(("other", "verdict"), [(0.74, "this may be chance"), (0.95, "this is more than chance")])
def test_one_seed_each_is_judged_over_the_validation_pictures(other: float, verdict: str) -> None:
    (said,) = judged([run(SPEC, 0), run(FASTER, 0)], [story(0.7), story(other)], ["a", "b"])
    assert "Newcombe's interval for 360 validation pictures" in said
    assert verdict in said


def test_nothing_is_said_of_what_has_not_ended_an_epoch_or_of_three_kinds() -> None:
    assert judged([run(SPEC, 0), run(FASTER, 0)], [story(0.7), story()], ["a", "b"]) == []
    third = replace(SPEC, batch_size=8)
    assert judged([run(s, 0) for s in (SPEC, FASTER, third)], [story(0.7)] * 3, ["a", "b", "c"]) == []
