"""What can be looked into says from what it is opened, when an answer could change, and why it cannot be asked."""

import os
from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.exchange.imported import ImportedModel, ImportedRow
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.processes.inference import InferenceError, Inside
from cnnlab.processes.subjects import FileWeights, Opened, RandomWeights, Subject, Weighted

NETWORK = Network((8, 6, 3), (Layer.make("Conv2D", filters=2, kernel_size=3), Layer.make("Flatten")))
PIXELS = np.zeros((8, 6, 3), np.uint8)
WIDE = 20_000


def model(path: Path, channels: int = 2) -> ImportedModel:
    row = ImportedRow("conv", "Conv2D", (6, 4, channels), 56, ("input",), (-1,))
    return ImportedModel("theirs.keras", path, "a" * 64, (8, 6, 3), False, (row,), ("conv",), 56, None, "It branches.")


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """Ask processes that would end at once: what is refused here was never asked."""
    return Inside(Settings(tmp_path / "home"), command=["false"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "m.keras").write_bytes(b"model")
    return tmp_path / "m.keras"


def test_a_key_changes_whenever_an_answer_could(file: Path) -> None:
    subjects: list[Subject] = [
        Weighted(NETWORK, RandomWeights(0)),
        Weighted(NETWORK, RandomWeights(1)),
        Weighted(NETWORK.with_option(0, "filters", 3), RandomWeights(0)),
        Weighted(NETWORK, FileWeights(file)),
        Weighted(NETWORK, FileWeights(file, 1.0)),
        Opened(model(file), 1 / 255, 0.0),
        Opened(model(file), 2 / 255, -1.0),
    ]
    keys = {subject.key for subject in subjects}
    assert len(keys) == len(subjects)
    os.utime(file, (1, 1))
    assert Weighted(NETWORK, FileWeights(file)).key not in keys, "the weights were trained on"


def test_wrong_pixels_are_refused_for_either_kind(inside: Inside, file: Path) -> None:
    for subject in (Weighted(NETWORK, RandomWeights()), Opened(model(file), 1 / 255, 0.0)):
        for pixels in (PIXELS[:5], PIXELS.astype(np.float32)):
            with pytest.raises(InferenceError, match="takes a picture of"):
                inside.look(subject, pixels)
        with pytest.raises(InferenceError, match="takes a picture of"):
            inside.activity(subject, PIXELS[None, :5])


def test_too_many_pairs_of_channels_are_refused_for_either_kind(inside: Inside, file: Path) -> None:
    wide = NETWORK.with_option(0, "filters", WIDE)
    for subject in (Weighted(wide, RandomWeights()), Opened(model(file, WIDE), 1 / 255, 0.0)):
        with pytest.raises(InferenceError, match="fewer channels"):
            inside.twins(subject, PIXELS[None], 0.99)


def test_a_model_whose_file_is_gone_says_so(inside: Inside, tmp_path: Path) -> None:
    with pytest.raises(InferenceError, match=r"theirs\.keras is no longer kept on this server; bring the file again"):
        inside.kernels(Opened(model(tmp_path / "gone.keras"), 1 / 255, 0.0))


def test_a_file_may_hold_more_parameters_than_may_be_drawn_at_random(file: Path, tmp_path: Path) -> None:
    heavy = Network((8, 6, 3), (Layer.make("Flatten"), Layer.make("Dense", units=100)))
    inside = Inside(Settings(tmp_path / "home", max_params=1000), command=["false"])
    with pytest.raises(InferenceError, match="at most 1,000 are allowed"):
        inside.kernels(Weighted(heavy, RandomWeights()))
    with pytest.raises(InferenceError, match="ended unexpectedly"):
        inside.kernels(Weighted(heavy, FileWeights(file)))
