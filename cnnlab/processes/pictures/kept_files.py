"""Keep the bytes of visitors' files on disk instead of in memory, for as long as somebody holds them."""

import os
import tempfile
import weakref
from pathlib import Path

from cnnlab.processes.home.files import PICTURES


class KeptFile:
    """Hold bytes in a file of its own, which goes with this object; raise OSError if there is no room."""

    def __init__(self, home: Path, data: bytes) -> None:
        # Of several servers on one home each has its own, so that what one leaves when it is killed can be told.
        folder = home / PICTURES / str(os.getpid())
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            self._path = Path(file.name)
            self._gone = weakref.finalize(self, self._path.unlink, missing_ok=True)
            file.write(data)
        self.size = len(data)

    def read(self) -> bytes:
        """Return the bytes; raise OSError if the file was taken away."""
        return self._path.read_bytes()
