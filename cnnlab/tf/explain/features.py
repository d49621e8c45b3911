"""Give what layers make of pictures as features: a row of numbers for each picture."""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from cnnlab.core.inside.feature_space import FeaturesError
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Built, Subject
from cnnlab.tf.explain.compiled import compiled


def features(subject: Subject, batch: Array, rows: Sequence[int]) -> Answer:
    """Return for each of the rows what it makes of pictures uint8 (n, height, width, channels), float32 (n, features).

    Of maps it is the mean over all places, one number a channel; of anything else the numbers themselves. Raises
    `FeaturesError` where a value is no finite number, or `BrokenWeights`.
    """
    wanted = tuple(rows)
    takes = (tf.TensorSpec((None, *batch.shape[1:]), tf.float32),)
    find = compiled(subject.built, (_features_of, wanted, takes), partial(_features_of, wanted), takes)
    found = [np.asarray(each, np.float32) for each in find(tf.constant(subject.rescaled(batch)))]
    if not all(np.isfinite(each).all() for each in found):
        raise FeaturesError(
            f"What {subject.built.name} makes of a picture is too large for a number, so nothing can be compared; "
            "train it anew with a smaller learning rate."
        )
    return {}, found


def _features_of(rows: tuple[int, ...], built: Built, value: Any) -> list[Any]:
    outputs = list(islice(built.run(built.taken(value)), max(rows) + 1))
    return [_means(tf.cast(outputs[row], tf.float32)) for row in rows]


def _means(values: Any) -> Any:
    return tf.reduce_mean(values, axis=list(range(1, len(values.shape) - 1)))
