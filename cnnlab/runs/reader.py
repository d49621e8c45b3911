"""Read uploaded pictures in a process of its own, so that no file can hurt the one that serves everybody."""

from collections.abc import Sequence

import numpy as np

from cnnlab.core.pictures import Picture, PictureError, shown_name
from cnnlab.core.settings import Settings
from cnnlab.runs.child import Child, ChildError, Words
from cnnlab.runs.environment import reader_command

TIMEOUT = 20.0  # seconds for one picture
START_TIMEOUT = 60.0  # seconds until Pillow is loaded on a busy machine
WORDS = Words(
    "The process that reads pictures",
    f"The picture took longer than {TIMEOUT:g} seconds to decode, so it was given up; save it again as JPEG or PNG.",
    "Too many pictures are being read right now; try again in a moment.",
)


class PictureReader:
    """Decode with one process that has limits on memory and time; it starts again after a crash."""

    def __init__(self, settings: Settings, timeout: float = TIMEOUT, command: Sequence[str] | None = None) -> None:
        self._child = Child(settings, command or reader_command(), "reader", WORDS, timeout, START_TIMEOUT)

    @property
    def pid(self) -> int | None:
        """Return the number of the process, or None if there is none now."""
        return self._child.pid

    def warm(self) -> None:
        """Start the process in the background."""
        self._child.warm()

    def read(self, data: bytes, name: str) -> Picture:
        """Return the picture in the bytes of a file, as `cnnlab.core.pictures.decode` does; raise `PictureError`."""
        request = {"request": "decode", "name": shown_name(name)}
        try:
            facts, (pixels,) = self._child.ask(request, [np.frombuffer(data, np.uint8)])
        except ChildError as error:
            raise PictureError(str(error)) from None
        pixels.setflags(write=False)
        width, height = facts["size"]
        return Picture(facts["name"], facts["format"], facts["mode"], (width, height), pixels, facts["sha256"])

    def close(self) -> None:
        """End the process, also in the middle of a picture."""
        self._child.close()
