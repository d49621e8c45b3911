"""Draw filters as the post's notebook does (cells 42 to 50), and count what it could not know of its drawing.

It follows "How convolutional neural networks see the world" of the Keras blog.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.ascent import Ascent, Floats, Span
from cnnlab.core.explain.strongest import held_by_relu
from cnnlab.core.inside.graph import Node

STEPS = 50
STEP = 1.0  # in the network's own units
MIDDLE, WIDTH = 128.0, 20.0  # of the noise to start from, also where a network takes 0 to 1
EPSILON = 1e-7  # Keras' own


@dataclass(frozen=True)
class Faults:
    """Tell what is wrong with a drawing, each as a number.

    `start` are the least and the largest value that a climb started from, `trained` those of any picture for which the
    network was trained, `outside` is the share of start values that lie beyond. The `skipped` filters were given up as
    "stuck at 0"; of these `below` had a loss below 0, which no ReLU gives: `before_relu` tells that the layer's output
    goes into a ReLU only behind what was climbed.
    """

    start: tuple[float, float]
    trained: tuple[float, float]
    outside: float
    skipped: int
    below: int
    before_relu: bool


def climb_of(span: Span, seed: int) -> Ascent:
    """Return the notebook's climb: 50 steps of 1 along g / (RMS(g) + 1e-7), without any limit; raise `AscentError`."""
    return Ascent(
        steps=STEPS,
        rate=STEP / span.width,
        jitter=0,
        blur_every=0,
        l2=0.0,
        variation=0.0,
        seed=seed,
        epsilon=EPSILON,
        clip=False,
    )


def start_of(shape: tuple[int, ...], channel: int, seed: int) -> Floats:
    """Return the noise that a filter's climb starts from, 118 to 138 whatever the network takes."""
    drawn = np.random.default_rng([seed, channel]).random(shape)
    return ((drawn - 0.5) * WIDTH + MIDDLE).astype(np.float32)


def given_up_at(losses: Sequence[float]) -> float | None:
    """Return the first loss before a step for which the notebook skips a filter as stuck at 0; None if it draws it."""
    return next((loss for loss in losses if loss <= EPSILON), None)


def shown(picture: Floats) -> npt.NDArray[np.uint8]:
    """Return the picture that the notebook shows: mean 0.5, standard deviation 0.25, cut to 0 to 1; uint8."""
    values = picture.astype(np.float64)
    values = (values - values.mean()) / (values.std() + EPSILON) * 0.25 + 0.5
    levels: npt.NDArray[np.uint8] = (np.clip(values, 0, 1) * 255).astype(np.uint8)
    return levels


def faults_of(starts: Floats, span: Span, stuck: Sequence[float], nodes: Sequence[Node], index: int) -> Faults:
    """Return what is wrong with a drawing; `stuck` are the losses at which filters were skipped."""
    least, most = span.ends
    own = str(nodes[index].config.get("activation") or "linear")
    return Faults(
        start=(float(starts.min()), float(starts.max())),
        trained=(least, most),
        outside=float(np.mean((starts < least) | (starts > most))),
        skipped=len(stuck),
        below=sum(loss < 0 for loss in stuck),
        before_relu=own == "linear" and nodes[index].class_name != "ReLU" and held_by_relu(nodes, index),
    )
