"""Answer what a network says of a sequence, of every sequence that differs in one letter, and which letters made it."""

import numpy as np

from cnnlab.core.explain.asked import ExplainError, Target
from cnnlab.core.sequences.letters import Codes, one_hot
from cnnlab.core.sequences.mutagenesis import variants
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Subject
from cnnlab.tf.explain.score import Scorer

MOST_LETTERS = 2_000
BATCH = 256
"""Sequences that are run at once."""
MOST_NUMBERS = 24_000_000
"""Numbers of all outputs together that one batch makes."""


def mutagenesis(subject: Subject, codes: Array, unit: int, sign: int) -> Answer:
    """Return the scores and outputs of a sequence, codes uint8 (length,), and of each of its `variants`.

    The score is what goes into the last activation, as for every explanation. The arrays are scores (1 + n,) and
    outputs (1 + n, units), those of the sequence itself first. Raises `ExplainError`.
    """
    asked = _checked(codes)
    scorer = Scorer(subject.built, Target(unit, sign))
    batch = np.concatenate([asked[None], variants(asked)])
    scorer.refuse_too_much(len(batch))
    size = max(1, min(BATCH, MOST_NUMBERS // max(1, sum(int(np.prod(n.output_shape)) for n in subject.built.nodes))))
    # Every batch has one size, so that the network is compiled once.
    filled = np.concatenate([batch, np.repeat(batch[:1], -len(batch) % min(size, len(batch)), axis=0)])
    size = min(size, len(batch))
    found = [scorer.scores(_letters(subject, filled[i : i + size])) for i in range(0, len(filled), size)]
    scores, outputs = (np.concatenate(each)[: len(batch)] for each in zip(*found, strict=True))
    return {}, [np.asarray(scores, np.float32), np.asarray(outputs, np.float32)]


def letter_gradient(subject: Subject, codes: Array, unit: int, sign: int) -> Answer:
    """Return the gradient of the score for a sequence's letters, (length, 4), and the outputs; raise `ExplainError`."""
    asked = _checked(codes)
    scorer = Scorer(subject.built, Target(unit, sign))
    scorer.refuse_too_much(0, 1)
    sloped = scorer.gradients(_letters(subject, asked[None]))
    return {"score": float(sloped.scores[0])}, [
        np.asarray(sloped.values[0], np.float32),
        np.asarray(sloped.outputs[0], np.float32),
    ]


def _checked(codes: Array) -> Codes:
    if codes.dtype != np.uint8 or codes.ndim != 1 or not 1 <= len(codes) <= MOST_LETTERS or codes.max() > 4:
        raise ExplainError(f"A sequence is 1 to {MOST_LETTERS:,} letters, each 0 to 4; bring another one.")
    return codes


def _letters(subject: Subject, codes: Codes) -> Array:
    """Return sequences (n, length) as the network takes them, float32 (n, length, 4)."""
    return subject.rescaled(one_hot(codes))
