"""Asking does not differ: a network and the same network as somebody else's model give the same answers."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.core.explain.ascent import Ascent
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import InferenceError, Inside
from cnnlab.processes.subjects import FileWeights, Opened, Weighted
from cnnlab.tf.build import build_model
from cnnlab.tf.inside.answers import QUESTIONS

NETWORK = Network(
    (14, 12, 3),
    (
        Layer.make("Conv2D", filters=5, kernel_size=3, padding="same"),
        Layer.make("Activation", activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("SeparableConv2D", filters=4, kernel_size=2, strides=2, activation="tanh"),
        Layer.make("BatchNormalization"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=3, activation="softmax"),
    ),
)
BATCH = np.random.default_rng(0).integers(0, 256, (3, *NETWORK.input_shape), dtype=np.uint8)
RANKS = np.random.default_rng(1).permutation(14 * 12).reshape(14, 12).astype(np.int32)
CLIMBING = (BATCH / 255).astype(np.float32)
ASKED: dict[str, list[dict[str, Any]]] = {
    "look": [{"pixels": BATCH[0]}],
    "window": [{"pixels": BATCH[0], "index": i, "channel": 3, "first": 1} for i in (0, 2, 3)],
    "activity": [{"batch": BATCH}],
    "twins": [{"batch": BATCH, "least": 0.5}],
    "kernels": [{}],
    "attribution": [
        {"pixels": BATCH[0], "asked": {"method": method, "unit": 1, "steps": 3, "samples": 3}, "forget": forget}
        for method, forget in (
            ("integrated_gradients", []),
            ("smoothgrad", [6, 4]),
            ("grad_cam", []),
            ("occlusion", []),
        )
    ],
    "faithfulness": [{"sent": (BATCH[0], RANKS), "asked": {"unit": 2}, "steps": 4, "fill": "blurred"}],
    "strongest": [{"sent": (BATCH,), "indices": [0, 3]}],
    "features": [{"sent": (BATCH,), "rows": [0, 3, 6]}],
    "ascend": [
        {"sent": (None, CLIMBING), "index": 3, "channels": [1, 0, 3], "done": 0, "steps": 2, "ascent": Ascent().asked}
    ],
}

ELSEWHERE = {
    "features": "means of what is looked at, which test_features.py compares",
    "trunk": "the part of a model is a file, whose predictions test_borrowed.py compares",
    **dict.fromkeys(("mutagenesis", "letter_gradient", "first_filters"), "of sequences: test_sequences_inside.py"),
}


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with closing(Inside(Settings(tmp_path_factory.mktemp("inside")))) as inside:
        yield inside


@pytest.fixture(scope="module")
def both(inside: Inside, tmp_path_factory: pytest.TempPathFactory) -> tuple[Weighted, Opened]:
    folder = tmp_path_factory.mktemp("home")
    path: Path = folder / "ours.keras"
    build_model(NETWORK, 7).save(path)
    model = ModelImporter(Settings(folder), inside).open(path.read_bytes(), path.name)
    return Weighted(NETWORK, FileWeights(path)), Opened(model, 1 / 255, 0.0)


def parts(answer: Any) -> list[Any]:
    """Return an answer as numbers, arrays and texts in a row."""
    if isinstance(answer, dict):
        return parts([each for name in sorted(answer) for each in (name, answer[name])])
    if isinstance(answer, tuple | list):
        return [each for part in answer for each in parts(part)]
    return parts(list(vars(answer).values())) if hasattr(answer, "__dict__") else [answer]


def test_no_question_is_left_out() -> None:
    assert QUESTIONS.keys() == ASKED.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("question", ASKED)
def test_every_question_has_one_answer(inside: Inside, both: tuple[Weighted, Opened], question: str) -> None:
    ask = getattr(inside, question, None) or partial(inside.ask, question)
    for asked in ASKED[question]:
        sent, named = asked.get("sent", ()), {name: asked[name] for name in asked if name != "sent"}
        ours, theirs = (parts(ask(subject, *sent, **named)) for subject in both)
        assert len(ours) == len(theirs) > 0
        for mine, other in zip(ours, theirs, strict=True):
            if isinstance(mine, str) or mine is None:
                assert mine == other
            else:
                np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


def test_both_hang_together_in_the_same_way(both: tuple[Weighted, Opened]) -> None:
    ours, theirs = both
    assert [(row.class_name, row.shape) for row in ours.rows] == [(row.class_name, row.shape) for row in theirs.rows]
    assert ours.outputs == theirs.outputs
    assert ours.graph.windowed == theirs.graph.windowed == (0, 2, 3)
    for index in ours.graph.windowed:
        mine, other = (subject.graph.place(index) for subject in both)
        assert (mine.following, len(mine.stages), mine.regions) == (other.following, len(other.stages), other.regions)


def test_a_layer_without_a_window_is_refused_in_the_same_words(inside: Inside, both: tuple[Weighted, Opened]) -> None:
    for subject, name in zip(both, ("this network", r"ours\.keras"), strict=True):
        with pytest.raises(InferenceError, match=f"Layer 5 of {name} has no window that slides; choose another"):
            inside.window(subject, BATCH[0], 5, 0)
