"""Prepare what a training learns from before its first batch, say how far it has come, and end it if that is asked."""

import time
from collections.abc import Callable

from cnnlab.core.data.datasets import DataSet
from cnnlab.core.data.stored import Pictures, on_disk
from cnnlab.core.settings import Settings
from cnnlab.runs.record.events import EventWriter
from cnnlab.tf.callbacks.record_fit import TrainingStopped

EVENT_SECONDS = 0.5


class Preparing:
    """Write `preparing` events, at most two a second, and raise `TrainingStopped` when a stop is asked for."""

    def __init__(self, writer: EventWriter, should_stop: Callable[[], bool]) -> None:
        self._writer = writer
        self._should_stop = should_stop
        self._last = -EVENT_SECONDS

    def of(self, what: str) -> Callable[[int, int], None]:
        """Return what is called with how much of how much is done of `what`, "pictures" or "features"."""

        def progress(done: int, total: int) -> None:
            now = time.monotonic()
            if now - self._last < EVENT_SECONDS:
                return
            self._last = now
            self._writer.append({"type": "preparing", "what": what, "done": done, "total": total})
            if self._should_stop():
                raise TrainingStopped("Stopped on request before the first batch.")

        return progress


def stored_pictures(data: DataSet, settings: Settings, preparing: Preparing) -> Pictures:
    """Return what decodes and resizes the pictures of a data set once for all trainings of this home."""
    return on_disk(settings.pixels, settings.disk, data.fingerprint, preparing.of("pictures"))
