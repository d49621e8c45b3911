"""Keep the bytes of visitors' files on disk instead of in memory, for as long as somebody holds them."""

import shutil
import tempfile
import weakref
from pathlib import Path

PICTURES = "pictures"  # folder of the home


class KeptFile:
    """Hold bytes in a file of its own, which goes with this object; raise OSError if there is no room."""

    def __init__(self, folder: Path, data: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            self._path = Path(file.name)
            self._gone = weakref.finalize(self, self._path.unlink, missing_ok=True)
            file.write(data)
        self.size = len(data)

    def read(self) -> bytes:
        """Return the bytes; raise OSError if the file was taken away."""
        return self._path.read_bytes()


def forget_kept_files(home: Path) -> None:
    """Remove what a server that ended all at once has left."""
    shutil.rmtree(home / PICTURES, ignore_errors=True)
