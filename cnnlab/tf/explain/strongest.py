"""Find for a batch of pictures the largest value of each channel's map and its place."""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from cnnlab.core.explain.strongest import StrongestError
from cnnlab.processes.frames import Array
from cnnlab.tf.built import Answer, Built, Subject
from cnnlab.tf.explain.compiled import compiled


def strongest(subject: Subject, batch: Array, indices: Sequence[int]) -> Answer:
    """Return the largest values of the rows at `indices`, float32 (n, channels), and their places, int32 (n, channels).

    `batch` is uint8 (n, height, width, channels). The channels of all rows stand side by side; a place is row × columns
    + column, the first one where there are several. Raises `StrongestError` where a value is no finite number, or
    `BrokenWeights`.
    """
    rows = tuple(indices)
    takes = (tf.TensorSpec((None, *batch.shape[1:]), tf.float32),)
    find = compiled(subject.built, (_peaks_of, rows, takes), partial(_peaks_of, rows), takes)
    found = find(tf.constant(subject.rescaled(batch)))
    values, places = (
        np.concatenate([np.asarray(part) for part in parts], axis=1) for parts in zip(*found, strict=True)
    )
    if not np.isfinite(values).all():
        raise StrongestError(
            f"What {subject.built.name} answers to a picture is too large for a number, so nothing can be ranked; "
            "train it anew with a smaller learning rate."
        )
    return {}, [values, places]


def _peaks_of(rows: tuple[int, ...], built: Built, value: Any) -> list[tuple[Any, Any]]:
    outputs = list(islice(built.run(built.taken(value)), max(rows) + 1))
    return [_peaks(tf.cast(outputs[row], tf.float32)) for row in rows]


def _peaks(maps: Any) -> tuple[Any, Any]:
    """Return the largest value of each map of (n, height, width, channels) and its place.

    The largest of each line first, then the place in the one line that holds it: four times as fast as one search.
    """
    lines = tf.reduce_max(maps, axis=2)
    row = tf.argmax(lines, axis=1, output_type=tf.int32)
    count, (width, channels) = tf.shape(maps)[0], maps.shape[2:]
    each = tf.meshgrid(tf.range(count), tf.range(width), tf.range(channels), indexing="ij")
    at = (each[0], tf.broadcast_to(row[:, None, :], tf.shape(each[0])), *each[1:])
    line = tf.gather_nd(maps, tf.stack(at, axis=-1))
    return tf.reduce_max(lines, axis=1), row * width + tf.argmax(line, axis=1, output_type=tf.int32)
