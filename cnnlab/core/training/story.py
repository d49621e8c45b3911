"""Keep what a training tells of itself, each kind of event under its name, while it grows."""

from collections.abc import Iterable, Mapping
from typing import Any

Event = Mapping[str, Any]


class Story:
    """Hold the events of a training that still hold, each kind in the order in which it was told.

    `starts` has one more each time that the training goes on. `records` are `batches` (a few a second) and `epochs`
    (when they have ended) in one line. `looks` and `gradients` are what goes on inside after an epoch, `rates` the
    learning rates set by hand. `preparing` is what is done before the first batch, with how much of how much. `end`
    is how it ended, None while it goes on.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.starts: list[Event] = []
        self.batches: list[Event] = []
        self.epochs: list[Event] = []
        self.records: list[Event] = []
        self.looks: list[Event] = []
        self.gradients: list[Event] = []
        self.rates: list[Event] = []
        self.preparing: Event | None = None
        self.end: Event | None = None
        self.hear(events)

    @property
    def first_start(self) -> Event:
        """Return what it began with: classes, batches and pictures; empty before it has."""
        return self.starts[0] if self.starts else {}

    @property
    def last_start(self) -> Event:
        """Return with what it was trained last: machine, versions and loss; empty before it has begun."""
        return self.starts[-1] if self.starts else {}

    def hear(self, events: Iterable[Event]) -> None:
        """Take what was told next; the work is that of these events alone."""
        parts = {
            "start": (self.starts,),
            "batch": (self.batches, self.records),
            "epoch": (self.epochs, self.records),
            "look": (self.looks,),
            "gradients": (self.gradients,),
            "learning_rate": (self.rates,),
        }
        for event in events:
            self.end = event if event["type"] == "end" else None
            self.preparing = event if event["type"] == "preparing" else None
            if event["type"] == "resume":
                self._begin_again(event["epoch"])
            for part in parts.get(event["type"], ()):
                part.append(event)

    def _begin_again(self, epoch: int) -> None:
        """Forget what came after the end of an epoch: the training goes on from there."""
        # Epochs only grow between two beginnings, so what goes is at the end, and each event goes once.
        for part in (self.batches, self.epochs, self.records, self.looks, self.gradients, self.rates):
            while part and part[-1]["epoch"] > epoch:
                part.pop()
