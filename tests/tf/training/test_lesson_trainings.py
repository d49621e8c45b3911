"""The trainings that lessons set up: they reach their goals for real, in about ten seconds of processor."""

import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnnlab.commands.foreground import train_in_foreground
from cnnlab.core.augment import Augmentation, only_rescaled
from cnnlab.core.lessons import Situation, Step
from cnnlab.core.lessons.playing import network_of, reached
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.network import Network
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import layer_names, trace
from cnnlab.runs.judge.lesson_facts import run_facts
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store

pytestmark = pytest.mark.slow

SECONDS = 20  # of processor; eight to nine on the machine that this was made on, with five to start TensorFlow
FEW = (("conv2d", "filters", 16), ("conv2d_1", "filters", 16), ("conv2d_2", "filters", 32), ("dense", "units", 16))
"""What makes the post's network small enough for the goal of few parameters."""


def trainings() -> Iterator[Any]:
    for lesson in shelf().lessons:
        for number, step in enumerate(lesson.steps, 1):
            if step.go.training:
                yield pytest.param(step, id=f"{lesson.name}, step {number}")


def spec_of(step: Step) -> RunSpec:
    """Return the training that the form asks for at a step, with the student's changes where the goal needs some."""
    settings = dict(step.go.training)
    if is_sequences(step.go.data):
        settings.pop("augment")
        return RunSpec(
            name="lesson",
            network=network_of(step.go, primer()),
            data=step.go.data,
            data_name="motifs",
            augmentation=Augmentation.none(),
            **settings,
        )
    side, augment = settings.pop("image_size"), settings.pop("augment")
    network = network_of(step.go, Network.seed())
    if side == 64:
        for layer, option, value in (*FEW, ("dropout", "rate", 0.2)):
            network = network.with_option(layer_names(network).index(layer), option, value)
    augmentation = Augmentation.post() if augment else only_rescaled(Augmentation.post())
    sized = network.with_image_size(side, side)
    return RunSpec(
        name="lesson", network=sized, data="silhouettes", data_name="silhouettes", augmentation=augmentation, **settings
    )


@pytest.mark.parametrize("seed", [0, 1], ids=["seed 0", "seed 1"])
@pytest.mark.parametrize("step", list(trainings()))
def test_the_training_of_a_step_reaches_its_goal(step: Step, seed: int, tmp_path: Path) -> None:
    # Another processor rounds otherwise, which is as another seed.
    spec = replace(spec_of(step), seed=seed)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = train_in_foreground(
        spec, replace(Settings.from_env({"CNNLAB_HOME": str(tmp_path)}), threads=1), lambda _: None
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.state == State.FINISHED, run.message
    store = Store(tmp_path)
    facts = run_facts(store, run.id, yours=True)
    store.close()
    for goal in step.goals:
        assert reached(goal, Situation(spec.network, run=lambda: facts)) == (True, ()), goal.text
    assert sum(row.params for row in trace(spec.network)) <= 30_000 or spec.network.input_shape == (32, 32, 3)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent <= SECONDS * (2 if spec.limit_per_class is None else 1)
