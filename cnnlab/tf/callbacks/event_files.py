"""Write the files that `tensorboard --logdir` reads; TensorFlow brings their format, and no other package is needed."""

import time
from collections.abc import Mapping
from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework import summary_pb2
from tensorflow.core.util import event_pb2

VERSION = "brain.Event:2"


class EventFiles:
    """Write one file for training and one for validation, with Keras' names of the curves.

    A training that goes on later writes new files beside the old ones; TensorBoard joins them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, tf.io.TFRecordWriter] = {}

    def write(self, epoch: int, values: Mapping[str, float], learning_rate: float) -> None:
        """Write an epoch (from 1); TensorBoard's steps count from 0, as those of Keras' callback."""
        train = {f"epoch_{name}": v for name, v in values.items() if not name.startswith("val_")}
        validation = {f"epoch_{name[4:]}": v for name, v in values.items() if name.startswith("val_")}
        self._scalars("train", epoch - 1, train | {"epoch_learning_rate": learning_rate})
        self._scalars("validation", epoch - 1, validation)

    def _scalars(self, split: str, step: int, values: Mapping[str, float]) -> None:
        found = [summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        event = event_pb2.Event(wall_time=time.time(), step=step, summary=summary_pb2.Summary(value=found))
        writer = self._writer(split)
        writer.write(event.SerializeToString())
        writer.flush()

    def _writer(self, split: str) -> tf.io.TFRecordWriter:
        if split not in self._writers:
            place = self._folder / split
            place.mkdir(parents=True, exist_ok=True)
            now = time.time()
            writer = tf.io.TFRecordWriter(str(place / f"events.out.tfevents.{now:.6f}.cnnlab"))
            writer.write(event_pb2.Event(wall_time=now, file_version=VERSION).SerializeToString())
            self._writers[split] = writer
        return self._writers[split]
