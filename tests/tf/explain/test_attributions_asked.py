"""Attributions asked for through the processes, also with gradients that TensorFlow dies of, and hostile questions."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from cnnlab.core.explain.asked import Asked, ExplainError, Target
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.processes.explain.attributions import attribution, faithfulness, forgettable
from cnnlab.processes.inference import InferenceError, Inside
from cnnlab.processes.subjects import RandomWeights, Weighted
from tests.inside_here import InsideHere
from tests.tf.explain.material import SMALL, picture

STRIDED = Network(
    (33, 33, 3),
    (
        Layer.make("Conv2D", filters=8, kernel_size=3, activation="relu"),
        Layer.make("Conv2D", filters=8, kernel_size=1, strides=2, activation="relu"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=1, activation="sigmoid"),
    ),
)
WEIGHTED, PIXELS = Weighted(SMALL, RandomWeights(2)), picture(SMALL.input_shape)


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with closing(Inside(Settings(tmp_path_factory.mktemp("inside")), timeout=120)) as inside:
        yield inside


def test_what_comes_back_has_the_picture_s_size_and_the_answer_s_numbers() -> None:
    inside = InsideHere()
    look = inside.look(WEIGHTED, PIXELS)
    assert look.logits is not None
    for asked, forget in (
        (Asked("gradient", unit=1), 0),
        (Asked("grad_cam", unit=1), 0),
        (Asked("occlusion", unit=1), 3),
    ):
        found = attribution(inside, WEIGHTED, PIXELS, asked, forget)
        assert (found.values.shape, found.values.dtype) == ((20, 16), np.float32)
        assert found.probability == pytest.approx(found.outputs[1])
        if not forget:
            assert found.score == pytest.approx(look.logits[1], rel=1e-4)
            np.testing.assert_allclose(found.outputs, look.outputs[-1], rtol=1e-4)
    assert found.drops is not None
    assert found.drops.score.shape == found.drops.probability.shape == (9, 7)
    assert found.drops.windows.positions == 63
    cam = attribution(inside, WEIGHTED, PIXELS, Asked("grad_cam"))
    assert cam.low is not None
    assert cam.low.shape == (7, 5)
    whole = attribution(inside, WEIGHTED, PIXELS, Asked("integrated_gradients", steps=200)).completeness
    assert whole is not None
    assert whole.error == pytest.approx(whole.score - whole.baseline - whole.total, abs=1e-5)
    course = faithfulness(inside, WEIGHTED, PIXELS, cam.values, Target(2), steps=5)
    assert course.deletion.probabilities[0] == pytest.approx(look.outputs[-1][2], abs=1e-5)
    assert course.insertion.scores[-1] == pytest.approx(look.logits[2], abs=1e-4)
    assert course.insertion.shares.tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert len(forgettable(WEIGHTED)) == 4
    for count in (5, -1):
        with pytest.raises(ExplainError, match="Only 0 to 4 layers"):
            attribution(inside, WEIGHTED, PIXELS, Asked(), count)


def test_a_wrong_picture_and_hostile_questions_are_one_sentence_each(inside: Inside) -> None:
    inside.look(WEIGHTED, PIXELS)
    pid = inside.networks.pid
    sent: list[dict[str, Any]] = [
        {"asked": {"method": "gradient", "unit": 10**9}, "forget": []},
        {"asked": {"method": "gradient", "surprise": 1}, "forget": []},
        {"asked": {"method": ["gradient"]}, "forget": []},
        {"asked": {}, "forget": [0, "x"]},
        {"asked": {}, "forget": [10**9]},
        {"asked": {"method": "smoothgrad", "samples": 10**9}, "forget": []},
    ]
    for each in sent:
        with pytest.raises(InferenceError) as refused:
            inside.ask("attribution", WEIGHTED, PIXELS, gradient=True, **each)
        assert "\n" not in str(refused.value)
    with pytest.raises(InferenceError, match="takes a picture of"):
        attribution(inside, WEIGHTED, PIXELS[:5], Asked())
    assert inside.networks.pid == pid


def test_gradients_that_tensorflow_dies_of_are_taken_in_a_process_of_their_own(inside: Inside) -> None:
    subject, pixels = Weighted(STRIDED, RandomWeights(1)), picture(STRIDED.input_shape)
    inside.look(subject, pixels)
    plain, careful = inside.networks.pid, inside.careful["networks"]
    attribution(inside, subject, pixels, Asked("occlusion"))
    assert careful.pid is None
    found = attribution(inside, subject, pixels, Asked("integrated_gradients", steps=100))
    assert found.completeness is not None
    assert abs(found.completeness.error) < 0.05 * abs(found.completeness.score - found.completeness.baseline)
    assert careful.pid not in (None, plain)

    def kill() -> None:
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)

    pid = careful.pid or 0
    os.kill(pid, signal.SIGSTOP)
    threading.Thread(target=kill).start()
    with pytest.raises(
        InferenceError, match=r"which TensorFlow can die of, ended unexpectedly \(signal 9\)"
    ) as refused:
        attribution(inside, subject, pixels, Asked("gradient"))
    assert "\n" not in str(refused.value)
    assert inside.look(subject, pixels).logits is not None
    assert inside.networks.pid == plain
