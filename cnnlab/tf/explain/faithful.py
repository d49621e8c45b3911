"""Hide or show the pixels of a picture in an order, and ask for the answer again and again."""

import numpy as np

from cnnlab.core.explain.order import counts
from cnnlab.processes.frames import Array
from cnnlab.tf.explain.attributions import Question, probabilities


def courses(question: Question, ranks: Array, steps: int, fill: str) -> Array:
    """Return scores and probabilities while pixels are deleted, and while they are inserted, float32 (2, 2, steps + 1).

    `ranks` (height, width) say which pixel comes first. The first axis is deletion (the picture, more and more of it
    filled) and insertion (the filling, more and more of it the picture), the second score and probability (NaN where
    the output is none). Petsiuk et al. 2018, section 3.1, with a chosen filling.
    """
    scorer, picture, filling = question.scorer, question.picture, question.filled(fill)
    changed = counts(question.pixels.shape[:2], steps)
    scorer.refuse_too_much(2 * len(changed))
    found = np.empty((2, 2, len(changed)), np.float32)
    for way, (before, after) in enumerate(((picture, filling), (filling, picture))):
        for part in scorer.batches(len(changed)):
            reached = np.array([ranks < count for count in changed[part]])
            scores, outputs = scorer.scores(np.where(reached[..., None], after, before))
            found[way, :, part] = scores, probabilities(question.asked, outputs)
    return found
