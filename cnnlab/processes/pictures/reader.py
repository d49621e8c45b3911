"""Read uploaded pictures in processes of their own, so that no file can hurt the one that serves everybody."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from cnnlab.core.data.held import Measure
from cnnlab.core.pictures import Facts, Handling, PictureError, Pixels, shown_name
from cnnlab.core.settings import Settings, decoders
from cnnlab.processes.child import Child, ChildError, Words
from cnnlab.processes.environment import ONE_THREAD, reader_command
from cnnlab.processes.pictures.turns import NoTurnError, Turns

TIMEOUT = 10.0  # seconds for one picture, and so the longest that somebody's bad file can keep the next person waiting
PATIENCE = 60.0  # seconds until it is somebody's turn
START_TIMEOUT = 60.0  # seconds until Pillow is loaded on a busy machine
MOST_PROCESSES = 4
WORDS = Words(
    "The process that reads pictures",
    f"The picture took longer than {TIMEOUT:g} seconds to decode, so it was given up; save it again as JPEG or PNG.",
    "Too many pictures are being read right now; try again in a moment.",
)


@dataclass(frozen=True, eq=False)
class Reading:
    """Hold what was read of a file: its facts, a small square of it for a tile, and it at each measure asked for."""

    facts: Facts
    tile: Pixels
    prepared: tuple[Pixels, ...]


class PictureReader:
    """Decode with a few processes that have limits on memory and time; they start again after a crash.

    Each visitor keeps at most one of them busy, and there are at least two.
    """

    def __init__(self, settings: Settings, timeout: float = TIMEOUT, command: Sequence[str] | None = None) -> None:
        count = max(2, decoders(MOST_PROCESSES))
        command = command or reader_command()
        self._children = tuple(
            Child(settings, command, f"reader-{i + 1}", WORDS, timeout, START_TIMEOUT, ONE_THREAD) for i in range(count)
        )
        self._turns = Turns(count)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the numbers of the processes that there are now."""
        return tuple(child.pid for child in self._children if child.pid is not None)

    def warm(self) -> None:
        """Start the processes in the background."""
        for child in self._children:
            child.warm()

    def read(self, data: bytes, name: str, measures: Sequence[Measure] = (), visitor: str = "") -> Reading:
        """Read the bytes of a file as `cnnlab.core.pictures.decode` and `prepare` do; raise `PictureError`.

        The pixels at full size stay in the other process; here are only those of the `measures`. Visitors have their
        turns in fair order.
        """
        wanted = [asdict(measure) for measure in measures]
        request = {"request": "decode", "name": shown_name(name), "measures": wanted}
        try:
            with self._turns.take(visitor, PATIENCE) as place:
                said, (tile, *prepared) = self._children[place].ask(request, [np.frombuffer(data, np.uint8)])
        except NoTurnError:
            raise PictureError(WORDS.busy) from None
        except ChildError as error:
            raise PictureError(str(error)) from None
        for pixels in prepared:
            pixels.setflags(write=False)
        size, shape = tuple(said["size"]), tuple(said["shape"])
        handling = Handling(**said["handling"])
        facts = Facts(said["name"], said["format"], said["mode"], size, shape, said["sha256"], handling)
        return Reading(facts, tile, tuple(prepared))

    def close(self) -> None:
        """End the processes, also in the middle of a picture."""
        for child in self._children:
            child.close()
