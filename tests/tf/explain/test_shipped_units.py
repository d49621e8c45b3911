"""What the units of the shipped network like is more to them than the data they were trained on."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.data.bundled.silhouettes import load
from cnnlab.core.explain.ascent import Ascent, suited
from cnnlab.core.explain.strongest import Ranking
from cnnlab.core.network import Network
from cnnlab.core.pictures import prepare
from cnnlab.core.shipped import ASSETS
from cnnlab.processes.explain.notebook import draw_like_notebook
from cnnlab.processes.explain.strongest import strongest
from cnnlab.processes.explain.units import climb, maximise_all
from cnnlab.processes.subjects import FileWeights, Weighted
from tests.inside_here import InsideHere

NETWORK = Network.from_dict(json.loads((ASSETS / "weights/silhouettes.json").read_text())["network"])
SUBJECT = Weighted(NETWORK, FileWeights(ASSETS / "weights/silhouettes.npz"))
PLAIN = Ascent(steps=20, jitter=0, blur_every=0, l2=0.0, variation=0.0)


def risen(index: int, channels: range, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what channels answered to the start and to the end of a climb."""
    begin = np.full((len(channels), *NETWORK.input_shape), 0.5, np.float32)
    begin += np.random.default_rng(0).uniform(-0.1, 0.1, NETWORK.input_shape).astype(np.float32)
    ascent = Ascent(steps=steps, jitter=0, blur_every=0, l2=0.0, variation=0.0)
    answers = [step.reached for step in climb(InsideHere(), SUBJECT, index, channels, ascent, begin)]
    return answers[0][0], answers[-1][-1]


def test_a_few_steps_raise_what_channels_answer() -> None:
    first, last = risen(3, range(4), 3)
    assert (last > first).all()


@pytest.mark.slow
def test_a_climb_raises_nearly_every_channel_of_every_convolution() -> None:
    for index in (0, 3, 6):
        channels = range(SUBJECT.rows[index].shape[-1])
        pairs = [risen(index, channels[first : first + 8], 20) for first in range(0, len(channels), 8)]
        first, last = (np.concatenate(each) for each in zip(*pairs, strict=True))
        assert (last > first).mean() >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "suited"])
def test_it_beats_the_strongest_place_in_the_data_on_two_thirds(tmp_path: Path, plain: bool) -> None:
    inside, (images, _) = InsideHere(), load("train")
    pictures = (prepare(image, *NETWORK.input_shape) for image in images[::5])
    *_, ranking = strongest(inside, SUBJECT, pictures, 320, "silhouettes", tmp_path)
    assert isinstance(ranking, Ranking)
    for index in (0, 3, 6):
        ascent = (
            Ascent(**PLAIN.asked | {"place": "centre", "steps": 40})
            if plain
            else suited(SUBJECT.graph.fields[index], "centre")
        )
        *_, sheet = maximise_all(inside, SUBJECT, index, ascent)
        layer = ranking.layer(index)
        beaten = sheet.activations > layer.values[0, :, 0]
        assert beaten[~layer.silent].mean() >= 2 / 3


@pytest.mark.slow
def test_the_notebook_skips_filters_that_are_below_zero_and_not_stuck_there() -> None:
    *_, drawing = draw_like_notebook(InsideHere(), SUBJECT, 6)
    assert drawing.faults is not None
    assert len(drawing.channels) + len(drawing.skipped) == 64
    assert drawing.faults.outside == 1
    assert drawing.faults.before_relu
    assert drawing.faults.below == drawing.faults.skipped > 0
