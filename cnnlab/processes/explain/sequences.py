"""Ask the process of a network about one sequence: what every change of a letter does, and which letters made it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.asked import Target
from cnnlab.core.sequences.letters import Codes, SequenceError, one_hot
from cnnlab.core.sequences.mutagenesis import Mutations, gathered
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Weighted

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Gradient:
    """Hold the gradient of a score for each letter's channel, (length, 4), the score, and the network's outputs."""

    values: Values
    codes: Codes
    score: float
    outputs: Values

    @property
    def times_input(self) -> Values:
        """Return for each position the gradient at the letter that is there, (length,); 0 for an unknown letter."""
        return np.asarray((self.values * (one_hot(self.codes) > 0)).sum(axis=1), np.float32)


def mutations(inside: Inside, subject: Weighted, codes: Codes, target: Target) -> tuple[Mutations, Values]:
    """Return what every change of a letter does to the score, and the outputs for the sequence itself.

    `codes` is uint8 (length,). Raises `InferenceError`, or `SequenceError` for a network that takes another length.
    """
    _fits(subject, codes)
    _, (scores, outputs) = inside.ask("mutagenesis", subject, None, codes, unit=target.unit, sign=target.sign)
    return gathered(codes, float(scores[0]), scores[1:]), outputs[0]


def letter_gradient(inside: Inside, subject: Weighted, codes: Codes, target: Target) -> Gradient:
    """Return the gradient of the score for every letter; raise as `mutations` does."""
    _fits(subject, codes)
    answer, (values, outputs) = inside.ask(
        "letter_gradient", subject, None, codes, gradient=True, unit=target.unit, sign=target.sign
    )
    return Gradient(values, codes, answer["score"], outputs)


def _fits(subject: Weighted, codes: Codes) -> None:
    takes = subject.network.input_shape
    if takes != (len(codes), 4):
        said = " × ".join(f"{n:,}" for n in takes)
        raise SequenceError(f"The network takes {said}, and the sequence has {len(codes):,} letters; bring another.")
