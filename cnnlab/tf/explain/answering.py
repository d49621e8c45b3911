"""Answer what is asked about one answer: which pixels made it, and whether hiding those pixels changes it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnlab.core.explain.asked import Asked
from cnnlab.core.training.answers import probability_of
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Subject
from cnnlab.tf.explain.attributions import EXPLAINING, Question
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
