"""Hand out the folder of a run as a zip, piece by piece, so that no model has to fit into memory."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cnnlab.processes.home.files import read_json
from cnnlab.runs.record.test_split import SEALED, is_sealed
from cnnlab.runs.store.folders import RECORD

PRIVATE = ("stop", "control.json")  # they steer this server, and say nothing about the training
PIECE = 1 << 20  # bytes


def zipped(folder: Path) -> Iterator[bytes]:
    """Yield a zip of a run's folder in pieces, without the answers to a test that nobody has opened.

    Raises `OSError` if a file cannot be read.
    """
    private = (*PRIVATE, SEALED) if is_sealed(folder) else PRIVATE
    out = _Passing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name in private or path.name.startswith("."):
                continue
            # A training that goes on may write more than a file had at the start.
            with archive.open(f"{folder.name}/{path.relative_to(folder)}", "w", force_zip64=True) as entry:
                for piece in _pieces(path):
                    entry.write(piece)
                    yield out.taken()
    yield out.taken()


class _Passing(io.BytesIO):
    """Be a file that cannot go back, and hold what was written until it is taken."""

    def tell(self) -> int:
        """Refuse, as a socket does: then a zip is written from front to end."""
        raise io.UnsupportedOperation

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data = self.getvalue()
        self.seek(0)
        self.truncate()
        return data


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield a file of a run without what is only for this server: whose run it is, and its process."""
    if path.name == "run.json":
        yield json.dumps({name: fact for name, fact in read_json(path).items() if name != RECORD}, indent=1).encode()
        return
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
