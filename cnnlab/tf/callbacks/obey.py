"""Let a `fit` obey the person in front of it: stop, pause, go one batch or one epoch, learn faster or slower."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

import keras

from cnnlab.runs.record.control import Control, Mode
from cnnlab.runs.record.events import Event
from cnnlab.tf.callbacks.rates import hold_rate
from cnnlab.tf.callbacks.record_fit import TrainingStopped

POLL = 0.05  # seconds


class Recorder(Protocol):
    """Know where a `fit` stands, and count the time."""

    epoch: int
    batch: int
    batches: int

    def leave_out(self, seconds: float) -> None:
        """Do not count this time, in which the training stood still."""


class Obey(keras.callbacks.Callback):
    """Look for a stop and for commands after every batch; raise `TrainingStopped` out of `fit`.

    `paused` is called with True before the training stands still and with False when it goes on. `overdue` returns
    why it must end although nobody asked, or None; its argument is the seconds that the training has stood still.
    """

    def __init__(
        self,
        recorder: Recorder,
        command: Callable[[], Control],
        should_stop: Callable[[], bool],
        paused: Callable[[bool], None],
        overdue: Callable[[float], str | None],
        write: Callable[[Event], None],
    ) -> None:
        super().__init__()
        self._recorder = recorder
        self._command = command
        self._should_stop = should_stop
        self._paused = paused
        self._overdue = overdue
        self._write = write
        self._serial = 0
        self._mode = Mode.PLAY
        self._rate: float | None = None

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Wait before the first batch if that was wished."""
        if self._take().mode == Mode.PAUSE:
            self._wait("before the first batch")

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Stop, change the learning rate, or stand still after this batch."""
        where = f"in epoch {self._recorder.epoch} after batch {batch + 1} of {self._recorder.batches}"
        self._check(where)
        before = self._serial
        command = self._take()
        if self._mode == Mode.PAUSE or (self._mode == Mode.BATCH and command.serial == before):
            self._wait(where)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Look for the stop flag."""
        self._check(f"during the validation of epoch {self._recorder.epoch}")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Stand still after the epoch if only one was wished; after the last one there is nothing to wait for."""
        if epoch + 1 >= self.params["epochs"] or self.model.stop_training:
            return
        before = self._serial
        if self._take().serial == before and self._mode == Mode.EPOCH:
            self._wait(f"after epoch {epoch + 1}")

    def _take(self) -> Control:
        command = self._command()
        if command.serial != self._serial:
            self._serial, self._mode = command.serial, command.mode
        if command.learning_rate is not None and command.learning_rate != self._rate:
            self._rate = command.learning_rate
            hold_rate(self.model, self._rate)
            place = {"epoch": self._recorder.epoch, "batch": self._recorder.batch, "batches": self._recorder.batches}
            self._write({"type": "learning_rate", **place, "value": self._rate})
        return command

    def _wait(self, where: str) -> None:
        began = time.monotonic()
        self._paused(True)
        waiting_for = self._serial
        while self._take().serial == waiting_for or self._mode == Mode.PAUSE:
            self._check(where, time.monotonic() - began)
            time.sleep(POLL)
        self._paused(False)
        self._recorder.leave_out(time.monotonic() - began)

    def _check(self, where: str, waited: float = 0.0) -> None:
        if self._should_stop():
            raise TrainingStopped(f"Stopped on request {where}.")
        if why := self._overdue(waited):
            raise TrainingStopped(f"Stopped {where}: {why}")
