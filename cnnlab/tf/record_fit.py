"""Write down a `fit` as it goes, stop it when asked, and keep its weights."""

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import keras

from cnnlab.runs.events import EventWriter

BATCH_EVENT_SECONDS = 0.2


class TrainingStopped(Exception):
    """Leave `fit` because the training was asked to stop."""


class TrainingFailed(Exception):
    """Leave a training for a reason said in one sentence."""


class RecordFit(keras.callbacks.Callback):
    """Write batch and epoch events, save the model every epoch, and end `fit` on a stop or a loss that is no number.

    A batch event's loss and accuracy are means over the epoch so far, as in Keras' progress bar. `seconds` counts
    from the start of the epoch. Raises `TrainingStopped` and `TrainingFailed` out of `fit`.
    """

    def __init__(self, writer: EventWriter, model_path: Path, batches: int, should_stop: Callable[[], bool]) -> None:
        super().__init__()
        self._writer = writer
        self._model_path = model_path
        self._batches = batches
        self._should_stop = should_stop
        self._epoch = 0
        self._epoch_start = self._last_event = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Start the epoch's clock."""
        self._epoch = epoch + 1
        self._epoch_start = time.monotonic()
        self._last_event = -math.inf

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the batch at most five times a second, the last one always; look for the stop flag every time."""
        number, values = batch + 1, _floats(logs)
        now = time.monotonic()
        if number == self._batches or now - self._last_event >= BATCH_EVENT_SECONDS:
            self._last_event = now
            place = {"epoch": self._epoch, "batch": number, "batches": self._batches}
            self._writer.append({"type": "batch", **place, **values, "seconds": now - self._epoch_start})
        if not math.isfinite(values["loss"]):
            raise TrainingFailed(
                f"The loss was no longer a number in epoch {self._epoch}, batch {number}; try a smaller learning rate."
            )
        if self._should_stop():
            raise TrainingStopped(f"Stopped on request in epoch {self._epoch} after batch {number} of {self._batches}.")

    def on_test_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Look for the stop flag."""
        if self._should_stop():
            raise TrainingStopped(f"Stopped on request during the validation of epoch {self._epoch}.")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Save the model, then write the epoch: whoever reads the event finds the weights."""
        save_model(self.model, self._model_path)
        seconds = time.monotonic() - self._epoch_start
        self._writer.append({"type": "epoch", "epoch": epoch + 1, **_floats(logs), "seconds": seconds})


def save_model(model: keras.Model, path: Path) -> None:
    """Save a model so that the file is always whole: the old one or the new one."""
    new = path.with_name(f".new-{path.name}")
    model.save(new)
    new.replace(path)


def _floats(logs: Mapping[str, float] | None) -> dict[str, float]:
    return {name: float(value) for name, value in (logs or {}).items()}
