"""Ask the process of a network about one sequence: what each change does, which letters made it, what filters say."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.asked import Target
from cnnlab.core.inside.graph import behind
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


@dataclass(frozen=True, eq=False)
class FirstLayer:
    """Hold the filters of a Conv1D, and what they and the layers behind them make of one sequence, float32.

    `kernels` is (size, 4, filters), `biases` (filters,), `sums` (places, filters) before any activation. `stages` are
    the following outputs (places, filters) by the names of what makes them; `pooled` (windows, filters) comes from the
    pooling layer at position `pool`, both None without one.
    """

    kernels: Values
    biases: Values
    sums: Values
    stages: tuple[tuple[str, Values], ...]
    pool: int | None
    pooled: Values | None

    @property
    def nbytes(self) -> int:
        """Return how many bytes it takes."""
        arrays = [self.kernels, self.biases, self.sums, *(values for _, values in self.stages)]
        return sum(each.nbytes for each in arrays) + (0 if self.pooled is None else self.pooled.nbytes)


def first_layer(inside: Inside, subject: Weighted, codes: Codes) -> FirstLayer:
    """Return what the first layer answers to a sequence (length,); raise as `mutations` does."""
    _fits(subject, codes)
    nodes = subject.graph.nodes
    _, (kernels, biases, sums, *after) = inside.ask("first_filters", subject, None, codes)
    following, pool = behind(nodes, 0)
    own = nodes[0].config.get("activation", "linear")
    names = [own, *(nodes[i].config.get("activation", nodes[i].name) for i in following)]
    pooled = None if pool is None else after.pop()
    stages = tuple(zip(names, after, strict=True))
    return FirstLayer(kernels, biases, sums, stages[own == "linear" :], pool, pooled)


@dataclass(frozen=True, eq=False)
class Mutated:
    """Hold what every change of a letter does to the score, and to the answer itself, with the network's outputs."""

    score: Mutations
    answer: Mutations
    outputs: Values


def mutations(inside: Inside, subject: Weighted, codes: Codes, target: Target) -> Mutated:
    """Return what every change of a letter does; `answer` is the target's output, or 1 minus it for sign −1.

    `codes` is uint8 (length,). Raises `InferenceError`, or `SequenceError` for a network that takes another length.
    """
    _fits(subject, codes)
    _, (scores, outputs) = inside.ask("mutagenesis", subject, None, codes, unit=target.unit, sign=target.sign)
    answers = outputs[:, target.unit] if target.sign > 0 else 1 - outputs[:, target.unit]
    score, answer = (gathered(codes, float(each[0]), each[1:]) for each in (scores, answers))
    return Mutated(score, answer, outputs[0])


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
