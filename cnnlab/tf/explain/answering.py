"""Answer what is asked about one answer: which pixels made it, and whether hiding those pixels changes it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnlab.core.explain.asked import Asked, refuse_beyond, refuse_unknown
from cnnlab.core.explain.backgrounds import BASELINES
from cnnlab.core.explain.order import MOST_STEPS, ranks_of
from cnnlab.core.training.answers import probability_of
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Subject
from cnnlab.tf.explain.attributions import EXPLAINING, Question
from cnnlab.tf.explain.faithful import courses
from cnnlab.tf.explain.forget import forgotten


def attribution(subject: Subject, pixels: Array, asked: Mapping[str, Any], forget: Sequence[int]) -> Answer:
    """Return the attribution of one answer, after the layers of the rows `forget` were drawn anew.

    `asked` are the options of `Asked`. The arrays are the values, the outputs, and then Grad-CAM's low map or the two
    drops of occlusion, where there are any. Raises `ExplainError`.
    """
    question = Question(subject, pixels, Asked(**asked))
    with forgotten(subject.built, forget, question.asked.seed):
        score, outputs = question.scorer.scores(question.picture[None])
        found = EXPLAINING[question.asked.method](question)
    arrays = [found.values, outputs[0], *([] if found.low is None else [found.low]), *(found.drops or ())]
    answer = {
        "score": float(score[0]),
        "probability": probability_of(outputs[0], question.asked.unit, question.asked.sign),
        "completeness": found.completeness,
    }
    return answer, [np.asarray(each, np.float32) for each in arrays]


def faithfulness(
    subject: Subject, pixels: Array, order: Array, asked: Mapping[str, Any], steps: int, fill: str
) -> Answer:
    """Return `courses` for an order of the pixels, as `ranks_of` takes it; raise `ExplainError`."""
    refuse_beyond("steps", steps, 1, MOST_STEPS)
    refuse_unknown("fill", fill, BASELINES)
    return {}, [courses(Question(subject, pixels, Asked(**asked)), ranks_of(order, pixels.shape[:2]), steps, fill)]
