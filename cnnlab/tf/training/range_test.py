"""Test learning rates: a short training whose rate rises with every batch, and whose weights are not kept."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import keras

from cnnlab.core.training.range_test import has_diverged, rising_rates
from cnnlab.runs.record.events import EventWriter
from cnnlab.tf.data.batches import Batches
from cnnlab.tf.data.pipeline import as_dataset


class RecordRange(keras.callbacks.Callback):
    """Set the rate before every batch, write its loss down, and end `fit` when the loss has diverged.

    A `batch` event here has the loss of that batch alone, and its `learning_rate`.
    """

    epoch = 1

    def __init__(self, writer: EventWriter) -> None:
        super().__init__()
        self._rates = rising_rates()
        self.batch, self.batches = 0, len(self._rates)
        self._losses: list[float] = []
        self._writer = writer
        self._start = 0.0

    def leave_out(self, seconds: float) -> None:
        """Do not count this time, in which the test stood still."""
        self._start += seconds

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Start the clock."""
        self._start = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Set the batch's rate, and forget the loss of the batches before."""
        self.model.optimizer.learning_rate.assign(self._rates[batch])
        self.model.reset_metrics()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the batch down."""
        self.batch = batch + 1
        values = {name: float(value) for name, value in (logs or {}).items()}
        place = {"epoch": self.epoch, "batch": self.batch, "batches": self.batches}
        seconds = time.monotonic() - self._start
        self._writer.append(
            {"type": "batch", **place, **values, "learning_rate": self._rates[batch], "seconds": seconds}
        )
        self._losses.append(values["loss"])
        self.model.stop_training = has_diverged(self._losses)


def run_range_test(
    model: keras.Model,
    training: Batches,
    threads: int,
    class_weight: Mapping[int, float] | None,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    """Run the test: as many batches as there are rates, from the training pictures as often as that takes."""
    count = len(rising_rates())
    enough = replace(training, epochs=-(-count // len(training)))
    model.fit(
        as_dataset(enough, threads),
        epochs=1,
        steps_per_epoch=count,
        class_weight=class_weight,
        callbacks=list(callbacks),
        shuffle=False,
        verbose=0,
    )
