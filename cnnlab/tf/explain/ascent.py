"""Climb in pictures towards what channels of one layer answer most, a few steps at a time."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cnnlab.core.explain.ascent import STEPS_A_QUESTION, Ascent, AscentError, Floats, Span, after_step, before_step
from cnnlab.core.inside.graph import PICTURE
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Built, Subject
from cnnlab.tf.explain.compiled import compiled
from cnnlab.tf.explain.score import before_activation


def ascend(
    subject: Subject,
    pictures: Array,
    index: int,
    channels: Sequence[int],
    done: int,
    steps: int,
    ascent: dict[str, Any],
) -> Answer:
    """Return pictures some steps further up, with what they reached; each climbs towards a channel of its own.

    `pictures` are float32 (n, height, width, channels) in the network's own rescaled units, `channels` are n of the
    row at `index`, `done` is how many steps were made before, `steps` how many are made now, at most 16, and `ascent`
    is `Ascent.asked`. The arrays are the pictures, what the channels answer to them before and after each of the steps,
    float32 (steps + 1, n), always for the pictures themselves, not moved; and whether any step had a slope, bool (n,).
    While an activation holds a unit without a slope, its input is climbed instead: otherwise a ReLU that is silent for
    the start would be silent for ever. Raises `AscentError`, or `BrokenWeights`.
    """
    plan, span = Ascent(**ascent), Span(subject.scale, subject.offset)
    climb = _Climb(subject.built, pictures.shape[1:], index, channels, plan.place == "centre")
    value, climbed = pictures, np.zeros(len(pictures), bool)
    reached = [climb.answers(value)]
    for step in range(done, done + min(steps, STEPS_A_QUESTION)):
        start = before_step(plan, value, step)
        slopes = climb.slopes(start)
        climbed |= slopes.any(axis=(1, 2, 3))
        value = after_step(plan, start, slopes, step, span)
        reached.append(climb.answers(value))
    return {}, [value, np.stack(reached), climbed]


class _Climb:
    """Know what channels of one row answer to pictures, and which way is up."""

    def __init__(self, built: Built, shape: tuple[int, ...], index: int, channels: Sequence[int], centre: bool) -> None:
        self._built, self._index, self._centre = built, index, centre
        self._channels = tf.constant(channels, tf.int32)
        self._takes = (tf.TensorSpec((None, *shape), tf.float32), tf.TensorSpec((None,), tf.int32))

    def answers(self, pictures: Floats) -> Floats:
        """Return what each picture's channel answers to it, float32 (n,)."""
        return self._asked(_answers, _output, pictures)

    def slopes(self, pictures: Floats) -> Floats:
        """Return the gradient of each answer in its picture, float32 (n, height, width, channels)."""
        slopes = self._asked(_slopes, _output, pictures)
        flat = np.logical_not(slopes.any(axis=(1, 2, 3)))
        if flat.any():
            slopes = np.where(flat[:, None, None, None], self._asked(_slopes, _before, pictures), slopes)
        return slopes

    def _asked(self, what: Callable[..., Any], output: "_Output", pictures: Floats) -> Floats:
        function = partial(what, output, self._index, self._centre)
        key = (what, output, self._index, self._centre, self._takes)
        found = compiled(self._built, key, function, self._takes)(tf.constant(pictures), self._channels)
        values = np.asarray(found, np.float32)
        if not np.isfinite(values).all():
            raise AscentError(
                f"What {self._built.nodes[self._index].name} answers is too large for a number, so nothing can be "
                "climbed; train it anew with a smaller learning rate."
            )
        return values


_Output = Callable[[Built, int, Any], Any]


def _answers(output: _Output, index: int, centre: bool, built: Built, value: Any, channels: Any) -> Any:
    """Return what each picture's channel answers, (n,)."""
    mine = tf.gather(output(built, index, value), channels[:, None], axis=-1, batch_dims=1)[..., 0]
    if centre:
        while len(mine.shape) > 1:
            mine = mine[:, mine.shape[1] // 2]
    return tf.reduce_mean(mine, axis=list(range(1, len(mine.shape))))


def _slopes(output: _Output, index: int, centre: bool, built: Built, value: Any, channels: Any) -> Any:
    """Return the gradients of the answers, (n, height, width, channels)."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(value)
        answers = _answers(output, index, centre, built, value, channels)
    slopes = tape.gradient(answers, value)
    if slopes is None:
        raise AscentError(
            f"What {built.nodes[index].name} answers has no gradient in the picture, so nothing can be climbed; choose "
            "a layer before it."
        )
    return slopes


def _output(built: Built, index: int, value: Any) -> Any:
    return next(islice(built.run(built.taken(value)), index, None))


def _before(built: Built, index: int, value: Any) -> Any:
    """Return what goes into a row's own activation; its output if it has none."""
    sources, layer = built.nodes[index].sources, built.layers[index]
    if len(sources) != 1 or isinstance(layer, keras.Model):
        return _output(built, index, value)
    entry = built.taken(value) if sources == (PICTURE,) else _output(built, sources[0], value)
    before = entry if isinstance(layer, keras.layers.ReLU) else before_activation(layer, entry)
    return _output(built, index, value) if before is None else before
