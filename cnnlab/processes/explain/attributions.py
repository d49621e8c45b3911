"""Ask which pixels made an answer, of any subject, and how far the attribution can be believed."""

from dataclasses import dataclass

import numpy as np

from cnnlab.core.explain.asked import Asked, ExplainError, Target, Windows, refuse_beyond, windows
from cnnlab.core.explain.order import MOST_STEPS, Course, counts, ranks_of
from cnnlab.core.explain.rows import forgettable_rows
from cnnlab.core.pictures import Pixels
from cnnlab.processes.frames import Array
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject

FIRST = Target()


@dataclass(frozen=True)
class Completeness:
    """Compare the attributions' sum with what they share out: `error` = `score` − `baseline` − `total`."""

    score: float
    baseline: float
    total: float
    error: float


@dataclass(frozen=True, eq=False)
class Drops:
    """Hold how much score and probability fell for each of the windows, (rows, columns), float32.

    `probability` is NaN everywhere if the output is no probability.
    """

    windows: Windows
    score: Array
    probability: Array


@dataclass(frozen=True, eq=False)
class Attribution:
    """Hold what speaks for an answer (above zero) and against it: `values` (height, width), float32.

    They are the sum over the channels; gradients are per unit of what the network takes, rescaled. `low` is Grad-CAM's
    map before it was enlarged. `score` is the value before the last activation, `probability` None if the output is
    none, `outputs` (units,) all that the network says. With a memory that was taken away, all of that is as it was
    without it.
    """

    values: Array
    score: float
    probability: float | None
    outputs: Array
    low: Array | None = None
    completeness: Completeness | None = None
    drops: Drops | None = None

    @property
    def arrays(self) -> dict[str, Array]:
        """Return what is kept as numbers: the map, the outputs, the score, and what its method has besides."""
        arrays = {"values": self.values, "outputs": self.outputs, "score": np.asarray(self.score)}
        if self.low is not None:
            arrays["low"] = self.low
        if self.drops is not None:
            arrays |= {"drops_score": self.drops.score, "drops_probability": self.drops.probability}
        return arrays


def forgettable(subject: Subject) -> tuple[str, ...]:
    """Return the names of the layers that can forget, those with weights that training made, the last first."""
    return tuple(subject.rows[row].name for row in _forgettable(subject))


def attribution(inside: Inside, subject: Subject, pixels: Pixels, asked: Asked, forget: int = 0) -> Attribution:
    """Return which pixels made an answer, after the last `forget` of the `forgettable` layers were drawn anew.

    `pixels` are as for `Inside.look`. Raises `InferenceError` or `ExplainError`.
    """
    laid = windows(asked, *subject.input_shape[:2]) if asked.method == "occlusion" else None
    answer, (values, outputs, *others) = inside.ask(
        "attribution",
        subject,
        pixels,
        gradient=laid is None,
        asked=asked.as_json,
        forget=forgotten_rows(subject, forget),
    )
    return Attribution(
        values.sum(axis=2) if values.ndim == 3 else values,
        answer["score"],
        answer["probability"],
        outputs,
        low=others[0] if asked.method == "grad_cam" else None,
        completeness=Completeness(*answer["completeness"]) if answer["completeness"] else None,
        drops=Drops(laid, *others) if laid else None,
    )


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """Hold how the answer goes while the pixels of an order are deleted, and while they are inserted."""

    deletion: Course
    insertion: Course


def faithfulness(
    inside: Inside,
    subject: Subject,
    pixels: Pixels,
    order: Array,
    target: Target = FIRST,
    steps: int = 20,
    fill: str = "black",
) -> Faithfulness:
    """Return how the answer goes while pixels are hidden, or shown, in an order: ranks or an attribution.

    `order` (height, width) is as for `ranks_of`, `fill` one of `BASELINES`, `steps` at most `MOST_STEPS`. Raises
    `InferenceError` or `ExplainError`.
    """
    refuse_beyond("steps", steps, 1, MOST_STEPS)
    ranks = ranks_of(order, subject.input_shape[:2])
    asked = Asked(unit=target.unit, sign=target.sign).as_json
    _, (found,) = inside.ask("faithfulness", subject, pixels, ranks, asked=asked, steps=steps, fill=fill)
    shares = (np.array(counts(ranks.shape, steps)) / ranks.size).astype(np.float32)
    return Faithfulness(*(Course(shares, probabilities, scores) for scores, probabilities in found))


def forgotten_rows(subject: Subject, count: int) -> tuple[int, ...]:
    """Return the rows of the last `count` layers that can forget; raise `ExplainError` if there are fewer."""
    rows = _forgettable(subject)
    if not 0 <= count <= len(rows):
        raise ExplainError(f"Only 0 to {len(rows)} layers of this network have weights to forget; choose as many.")
    return rows[:count]


def _forgettable(subject: Subject) -> tuple[int, ...]:
    return forgettable_rows(subject.graph.nodes, [row.params for row in subject.rows])
