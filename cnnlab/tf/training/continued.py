"""Go on with a training from its checkpoint, if its data is still the same."""

import math
from dataclasses import dataclass

import keras

from cnnlab.core.data.datasets import DataSet
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.runs.record import Run
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.store.folders import WorkerStore
from cnnlab.tf.callbacks.checkpoint import restore_checkpoint
from cnnlab.tf.callbacks.rates import hold_rate
from cnnlab.tf.callbacks.record_fit import TrainingFailed


@dataclass(frozen=True)
class Before:
    """Hold what an interrupted training has done: its last whole epoch, and the validation loss of each."""

    epoch: int
    val_losses: dict[int, float]


def continued(
    run: Run, store: WorkerStore, data: DataSet | SequenceSet, model: keras.Model, writer: EventWriter
) -> Before:
    """Put the model into the state of the checkpoint and note down that the training goes on from there."""
    earlier = store.story(run.id)
    if not earlier.starts and not earlier.records:
        return Before(0, {})
    epoch = restore_checkpoint(model, store.checkpoint_path(run.id))
    if epoch and earlier.last_start.get("data_fingerprint", data.fingerprint) != data.fingerprint:
        raise TrainingFailed(
            "The data set has changed since this training began, so it cannot go on as it was; duplicate the run."
        )
    writer.append({"type": "resume", "epoch": epoch})
    losses = {e["epoch"]: e["val_loss"] for e in earlier.epochs if e["epoch"] <= epoch}
    # A rate that somebody set by hand still holds; one set after the epoch's end is not in the checkpoint.
    rates = [e["value"] for e in earlier.rates if e["epoch"] <= epoch]
    if rates:
        hold_rate(model, rates[-1])
    return Before(epoch, {n: math.inf if value is None else value for n, value in losses.items()})
