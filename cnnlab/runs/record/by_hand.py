"""Know the learning rates that somebody set while a training went on: its settings do not tell them."""

from dataclasses import dataclass

from cnnlab.core.training.story import Story


@dataclass(frozen=True)
class SetRate:
    """Hold a learning rate that holds from after `batch` of `epoch` on, both counted from 1, 0 before the first."""

    epoch: int
    batch: int
    step: int
    rate: float

    def __str__(self) -> str:
        """Say it in words: 0.0003 after batch 5 of epoch 2."""
        where = f"after batch {self.batch} of epoch {self.epoch}" if self.step else "from the start"
        return f"{self.rate:g} {where}"


def rates_by_hand(story: Story) -> tuple[SetRate, ...]:
    """Return what was set by hand in a training, in order; `step` is how many batches came before."""
    return tuple(
        SetRate(e["epoch"], e["batch"], max(0, e["epoch"] - 1) * e["batches"] + e["batch"], e["value"])
        for e in story.rates
    )


def told_by_hand(story: Story) -> str:
    """Return the same as the end of a sentence about the learning rate, empty if nothing was set."""
    told = rates_by_hand(story)
    return f", by hand {', then '.join(map(str, told))}" if told else ""
