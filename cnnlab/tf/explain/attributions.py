"""Attribute one answer to the pixels of its picture: gradients, Grad-CAM, integrated gradients, occlusion.

Pictures are float32 (height, width, channels) in the network's own rescaled units, and so gradients are per such unit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.asked import Asked, ExplainError, windows
from cnnlab.core.explain.backgrounds import background
from cnnlab.core.explain.rows import grad_cam_row, has_maps
from cnnlab.core.pictures import Pixels
from cnnlab.core.training.answers import probability_of
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.guided import guided
from cnnlab.tf.explain.score import Scorer

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Explained:
    """Hold an attribution, (height, width, channels) or (height, width), float32, and what belongs to its method.

    `low` is Grad-CAM's map at the size of its layer; `completeness` the scores of the picture and the baseline, the
    sum of the attributions, and the difference that is left; `drops` (rows, columns) how much score and probability
    fall for each window of occlusion, NaN where the output is no probability.
    """

    values: Array
    low: Array | None = None
    completeness: tuple[float, float, float, float] | None = None
    drops: tuple[Array, Array] | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """Hold one answer that is to be explained: who gave it, for which picture, and how it is asked.

    `pixels` is uint8 (height, width, channels).
    """

    subject: Subject
    pixels: Pixels
    asked: Asked

    @property
    def scorer(self) -> Scorer:
        """Return what scores the answer; raise `ExplainError` if there is no such answer."""
        return Scorer(self.subject.built, self.asked.target)

    @property
    def picture(self) -> Values:
        """Return the picture in rescaled units."""
        return self.subject.rescaled(self.pixels)

    def filled(self, name: str) -> Values:
        """Return a background of the picture's shape in rescaled units."""
        return self.subject.rescaled(background(self.pixels, name))


def gradient(question: Question) -> Explained:
    """Return the gradient of the score for the picture (saliency; Simonyan et al. 2014), signed."""
    scorer = question.scorer
    scorer.refuse_too_much(0, 1)
    return Explained(scorer.gradients(question.picture[None]).values[0])


def gradient_times_input(question: Question) -> Explained:
    """Return the gradient times the picture, in rescaled units."""
    return Explained(gradient(question).values * question.picture)


def smoothgrad(question: Question) -> Explained:
    """Return the mean gradient over noisy copies of the picture (Smilkov et al. 2017).

    The noise is numpy's `default_rng(seed).normal(0, σ, (height, width, channels))`, drawn for one sample after the
    other; σ is `noise` times the picture's largest minus its smallest value. It takes no bounds: a noisy picture may
    leave them.
    """
    scorer, picture, asked = question.scorer, question.picture, question.asked
    scorer.refuse_too_much(0, asked.samples)
    rng, deviation = np.random.default_rng(asked.seed), asked.noise * float(picture.max() - picture.min())
    total = np.zeros(picture.shape, np.float64)
    for part in scorer.batches(asked.samples):
        noisy = [picture + rng.normal(0, deviation, picture.shape) for _ in range(part.start, part.stop)]
        total += scorer.gradients(np.stack(noisy).astype(picture.dtype)).values.sum(axis=0, dtype=np.float64)
    return Explained(total / asked.samples)


def guided_backpropagation(question: Question) -> Explained:
    """Return the gradient that passes a ReLU only where it is positive both ways; raise `ExplainError` without any."""
    with guided(question.subject.built):
        return gradient(question)


def grad_cam(question: Question) -> Explained:
    """Return Σ_k α_k A^k for the maps A^k of a layer, α_k the mean gradient of the score for map k, before any ReLU.

    Selvaraju et al. 2017, equations 1 and 2, without the ReLU of the second so that what speaks against the answer is
    kept. The map is enlarged to the picture bilinearly (as Keras does: half-pixel centres); `low` is before that.
    """
    scorer, nodes, row = question.scorer, question.subject.built.nodes, question.asked.row
    scorer.refuse_too_much(0, 1)
    row = grad_cam_row(nodes) if row is None else row
    if row >= len(nodes) or not has_maps(nodes[row]):
        raise ExplainError(
            f"Row {row} of {question.subject.built.name} has no maps (height, width, channels); choose another layer."
        )
    found = scorer.gradients(question.picture[None], row)
    assert found.kept is not None
    low = np.sum(found.kept[0] * found.values[0].mean(axis=(0, 1)), axis=-1)
    high = keras.ops.image.resize(low[..., None], question.pixels.shape[:2], interpolation="bilinear")
    return Explained(keras.ops.convert_to_numpy(high)[..., 0], low=low.astype(np.float32))


def integrated_gradients(question: Question) -> Explained:
    """Return (x − x′) ⊙ the mean gradient on the straight line from the baseline x′ to the picture x.

    Sundararajan et al. 2017, equation 1. The integral is the trapezoid rule with `steps` intervals, steps + 1
    gradients, as in TensorFlow's own tutorial; the paper's right-hand sum is off by half a step.
    """
    scorer, picture, asked = question.scorer, question.picture, question.asked
    scorer.refuse_too_much(0, asked.steps + 1)
    baseline = question.filled(asked.baseline)
    along = np.linspace(0, 1, asked.steps + 1, dtype=np.float32)
    weights = np.full(asked.steps + 1, 1 / asked.steps)
    weights[[0, -1]] /= 2
    total, scores = np.zeros(picture.shape, np.float64), []
    for part in scorer.batches(asked.steps + 1):
        share = along[part, None, None, None]
        found = scorer.gradients(baseline * (1 - share) + picture * share)
        total += np.tensordot(weights[part], found.values.astype(np.float64), 1)
        scores.append(found.scores)
    values = total * (picture - baseline)
    first, last = float(scores[0][0]), float(scores[-1][-1])
    added = float(values.sum())
    return Explained(values, completeness=(last, first, added, last - first - added))


def occlusion(question: Question) -> Explained:
    """Return for each pixel the mean drop of the score over all windows that cover it (Zeiler and Fergus 2014).

    Each window is laid over the picture by itself, filled with `fill`.
    """
    scorer, picture = question.scorer, question.picture
    laid, fill = windows(question.asked, *picture.shape[:2]), question.filled(question.asked.fill)
    scorer.refuse_too_much(laid.positions + 1)
    whole = scorer.scores(picture[None])
    drops = np.empty((2, laid.positions), np.float32)
    for part in scorer.batches(laid.positions):
        covered = np.repeat(picture[None], part.stop - part.start, axis=0)
        for one, place in zip(covered, laid.places[part], strict=True):
            one[place] = fill[place]
        scores, outputs = scorer.scores(covered)
        drops[0, part] = whole[0] - scores
        drops[1, part] = probabilities(question.asked, whole[1]) - probabilities(question.asked, outputs)
    score, probability = drops.reshape(2, len(laid.tops), len(laid.lefts))
    return Explained(laid.spread(score, *picture.shape[:2]), drops=(score, probability))


def probabilities(asked: Asked, outputs: Array) -> Values:
    """Return the probability of what is explained for each output (n, units), NaN where it is none."""
    found = (probability_of(output, asked.unit, asked.sign) for output in outputs)
    return np.array([np.nan if each is None else each for each in found], np.float32)


EXPLAINING: Mapping[str, Callable[[Question], Explained]] = {
    "gradient": gradient,
    "gradient_times_input": gradient_times_input,
    "smoothgrad": smoothgrad,
    "grad_cam": grad_cam,
    "integrated_gradients": integrated_gradients,
    "occlusion": occlusion,
    "guided_backpropagation": guided_backpropagation,
}
"""What computes each of `METHODS`."""
