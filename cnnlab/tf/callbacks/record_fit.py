"""Write down a `fit` as it goes, keep its weights and its checkpoint, and end it when it has learned enough."""

import math
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import keras

from cnnlab.core.words import Refusal
from cnnlab.processes.home.files import replacing
from cnnlab.runs.record.epoch_weights import keep_epoch
from cnnlab.runs.record.events import EventWriter
from cnnlab.tf.callbacks.checkpoint import save_checkpoint
from cnnlab.tf.callbacks.event_files import EventFiles

BATCH_EVENT_SECONDS = 0.2


class TrainingStopped(Exception):
    """Leave `fit` because the training was asked to stop."""


class TrainingFailed(Refusal):
    """Leave a training for a reason said in one sentence."""


@dataclass(frozen=True)
class Places:
    """Name what a training writes: model, checkpoint, best epoch's model, folders of all epochs and of TensorBoard."""

    model: Path
    checkpoint: Path
    best: Path
    epochs: Path
    tensorboard: Path


class RecordFit(keras.callbacks.Callback):
    """Write batch and epoch events, and save model and checkpoint every epoch.

    A batch event's loss and accuracy are means over the epoch so far, as in Keras' progress bar. `seconds` counts
    from the start of the epoch, pauses left out. With `patience` the best epoch's model is kept and `fit` ends when
    the validation loss has not fallen for so many epochs; `val_losses` are those of the epochs already trained.
    `unscaled` pictures are named as the cause of a loss that is no number.
    With L2 every loss includes the penalty, as Keras' do; an epoch event has the `penalty` at its end, so that its
    `val_loss` without it is known exactly.
    Raises `TrainingFailed` out of `fit` for a loss that is no number.
    """

    def __init__(
        self,
        writer: EventWriter,
        places: Places,
        batches: int,
        patience: int | None = None,
        val_losses: Mapping[int, float] | None = None,
        unscaled: bool = False,
    ) -> None:
        super().__init__()
        self.batches = batches
        self.epoch = self.batch = 0
        self._writer = writer
        self.places = places
        self._patience = patience
        self._val_losses = dict(val_losses or {})
        self._way_out = "rescale the pictures by 1/255" if unscaled else "try a smaller learning rate"
        self._files = EventFiles(places.tensorboard)
        self._epoch_start = self._last_event = 0.0

    def leave_out(self, seconds: float) -> None:
        """Do not count this time, in which the training stood still."""
        self._epoch_start += seconds

    @property
    def best_epoch(self) -> int:
        """Return the epoch with the lowest validation loss, 0 before the first."""
        return min(self._val_losses, key=lambda epoch: (self._val_losses[epoch], epoch), default=0)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Start the epoch's clock."""
        self.epoch, self.batch = epoch + 1, 0
        self._epoch_start = time.monotonic()
        self._last_event = -math.inf

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the batch at most five times a second, the last one always."""
        self.batch, values = batch + 1, _floats(logs)
        now = time.monotonic()
        if self.batch == self.batches or now - self._last_event >= BATCH_EVENT_SECONDS:
            self._last_event = now
            place = {"epoch": self.epoch, "batch": self.batch, "batches": self.batches}
            self._writer.append({"type": "batch", **place, **values, "seconds": now - self._epoch_start})
        if not math.isfinite(values["loss"]):
            raise TrainingFailed(
                f"The loss was no longer a number in epoch {self.epoch}, batch {self.batch}; {self._way_out}."
            )

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Save the model, write the epoch, save the checkpoint: whoever reads the event finds the weights.

        A crash before the checkpoint repeats the epoch, with the same numbers.
        """
        values = _floats(logs)
        save_model(self.model, self.places.model)
        keep_epoch(self.places.model, self.places.epochs, epoch + 1)
        self._keep_best(epoch + 1, values.get("val_loss", math.inf))
        seconds = time.monotonic() - self._epoch_start
        rate = float(self.model.optimizer.learning_rate.numpy())
        event = {"type": "epoch", "epoch": epoch + 1, **values, "seconds": seconds, "learning_rate": rate}
        if penalties := self.model.losses:
            event["penalty"] = float(sum(penalties))
        self._writer.append(event)
        save_checkpoint(self.model, self.places.checkpoint, epoch + 1)
        self._files.write(epoch + 1, values, rate)

    def _keep_best(self, epoch: int, val_loss: float) -> None:
        if self._patience is None:
            return
        self._val_losses[epoch] = val_loss if math.isfinite(val_loss) else math.inf
        if self.best_epoch == epoch:
            shutil.copyfile(self.places.model, self.places.best)
        if epoch - self.best_epoch >= self._patience:
            self.model.stop_training = True


def save_model(model: keras.Model, path: Path) -> None:
    """Save a model so that the file is always whole: the old one or the new one."""
    with replacing(path, alone=True) as new:
        model.save(new)


def _floats(logs: Mapping[str, float] | None) -> dict[str, float]:
    return {name: float(value) for name, value in (logs or {}).items()}
