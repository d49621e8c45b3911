"""Know the learning rates that somebody set while a training went on: its settings do not tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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


def rates_by_hand(events: Sequence[Mapping[str, Any]]) -> tuple[SetRate, ...]:
    """Return what was set by hand in a run's settled events, in order; `step` is how many batches came before."""
    return tuple(
        SetRate(e["epoch"], e["batch"], max(0, e["epoch"] - 1) * e["batches"] + e["batch"], e["value"])
        for e in events
        if e["type"] == "learning_rate"
    )


def told_by_hand(events: Sequence[Mapping[str, Any]]) -> str:
    """Return the same as the end of a sentence about the learning rate, empty if nothing was set."""
    told = rates_by_hand(events)
    return f", by hand {', then '.join(map(str, told))}" if told else ""
