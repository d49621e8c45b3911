"""Tell from a run's events how far it is and how long it will still take."""

from dataclasses import dataclass
from itertools import islice, pairwise

from cnnlab.core.training.story import Story

WINDOW = 20
FORWARD_SHARE = 1 / 3  # a forward pass against forward and backward, until validation has been timed once


@dataclass(frozen=True)
class Progress:
    """Hold how far a training is: `epoch` and `batch` count from 1, 0 before the first.

    `fraction` lies between 0 and 1; `seconds_left` is None as long as it is not known.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    fraction: float
    seconds_left: float | None


def progress_of(story: Story, epochs: int) -> Progress:
    """Return the progress of a training of `epochs` epochs from its story so far.

    The time left is the batches left times the mean time of the last 20 batch records, plus for each epoch
    left what the last one spent on validation and saving. The first batch of a training, in which TensorFlow
    traces the network, is never counted.
    """
    start = story.first_start
    batches = int(start.get("batches", 0))
    if not story.records or not batches:
        return Progress(0, epochs, 0, batches, 0.0, None)
    last = story.records[-1]
    epoch = int(last["epoch"])
    batch = batches if last["type"] == "epoch" else int(last["batch"])
    done = (epoch - 1) * batches + batch
    fraction = min(1.0, done / (epochs * batches))
    if epoch >= epochs and last["type"] == "epoch":
        return Progress(epoch, epochs, batch, batches, 1.0, 0.0)
    batch_seconds = _seconds_per_batch(story, batches)
    if batch_seconds is None or story.end is not None:
        return Progress(epoch, epochs, batch, batches, fraction, None)
    after = _seconds_after_batches(story)
    if after is None:
        after = int(start.get("validation_batches", 0)) * batch_seconds * FORWARD_SHARE
    epochs_left = epochs - epoch + (last["type"] == "batch")
    left = (epochs * batches - done) * batch_seconds + epochs_left * after
    return Progress(epoch, epochs, batch, batches, fraction, left)


def _seconds_per_batch(story: Story, batches: int) -> float | None:
    """Return the mean seconds a batch takes, from the last 20 pairs of neighbours within an epoch."""
    steps = (
        (b["batch"] - a["batch"], b["seconds"] - a["seconds"])
        for b, a in pairwise(reversed(story.batches))
        if a["epoch"] == b["epoch"]
    )
    last = list(islice(steps, WINDOW))
    count = sum(step for step, _ in last)
    if count > 0:
        return float(sum(seconds for _, seconds in last) / count)
    # Epochs of one batch have no neighbours; whole epochs after the first tell the same.
    whole = [epoch["seconds"] for epoch in story.epochs if epoch["epoch"] > 1][-WINDOW:]
    return float(sum(whole) / len(whole) / batches) if whole else None


def _seconds_after_batches(story: Story) -> float | None:
    """Return what the last epoch spent after its last batch, in seconds."""
    for event, before in pairwise(reversed(story.records)):
        if event["type"] == "epoch" and before["type"] == "batch":
            return float(max(0.0, event["seconds"] - before["seconds"]))
    return None
