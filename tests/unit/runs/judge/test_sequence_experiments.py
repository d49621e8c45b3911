"""Experiments on sequences: each makes trainings that are taken and differ in one thing."""

from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Network
from cnnlab.core.network.sequence_presets import motif_detector, primer
from cnnlab.core.sequences.generator import Settings as Made
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check
from cnnlab.runs.judge.experiments import Experiment
from cnnlab.runs.judge.sequence_experiments import SEQUENCE_EXPERIMENTS
from cnnlab.runs.record import RunSpec, pick_loss, problems

SPEC = RunSpec(name="motifs", network=primer(), data="motifs", data_name="motifs", augmentation=Augmentation.none())


@pytest.mark.parametrize("network", [primer(), motif_detector()], ids=["primer", "detector"])
@pytest.mark.parametrize("experiment", SEQUENCE_EXPERIMENTS, ids=lambda each: each.key)
def test_its_trainings_are_taken_and_differ(experiment: Experiment, network: Network, tmp_path: Path) -> None:
    spec = replace(SPEC, network=network)
    assert experiment.problem(spec) is None
    first, second = experiment.make(spec)
    assert (first.network, first.data, first.class_weights) != (second.network, second.data, second.class_weights)
    for made in (first, second):
        assert problems(made, Settings(home=tmp_path)) is None
        assert check(made.network) is None
        assert pick_loss(made.network, 2)
        Made.from_text(made.data)


def test_what_needs_made_sequences_says_so_of_brought_ones() -> None:
    lacking = {each.key: each.problem(replace(SPEC, data="/tmp/brought.fasta")) for each in SEQUENCE_EXPERIMENTS}
    assert {key for key, said in lacking.items() if said} == {"strands", "rare"}
