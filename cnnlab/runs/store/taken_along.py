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
FACTS = "run.json"
PIECE = 1 << 20  # bytes


def zipped(folder: Path) -> Iterator[bytes]:
    """Yield a zip of a run's folder in pieces, without the answers to a test that nobody has opened.

    Raises `OSError` if a file cannot be read, or if the run is deleted meanwhile: half of it would look whole.
    """
    private = (*PRIVATE, SEALED) if is_sealed(folder) else PRIVATE
    out = _Passing()
    with zipfile.ZipFile(out, "w") as archive:
        for path in [each for each in sorted(folder.rglob("*")) if each.is_file()]:
            if path.name in private or path.name.startswith("."):
                continue
            try:
                entry = _entry(path, folder)
            except FileNotFoundError:
                if not (folder / FACTS).is_file():
                    raise
                continue  # a training that goes on has replaced it
            with archive.open(entry, "w") as written:
                for piece in _pieces(path):
                    written.write(piece)
                    yield out.taken()
    yield out.taken()


def _entry(path: Path, folder: Path) -> zipfile.ZipInfo:
    """Return what a zip says of a file.

    Its size stands behind its content, so whoever reads from front to end, as a Mac and Java do, has to see from the
    content where that ends: what is deflated tells, at level 0 almost for nothing, what is stored as it is does not.
    """
    entry = zipfile.ZipInfo.from_file(path, f"{folder.name}/{path.relative_to(folder)}", strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = 0  # type: ignore[attr-defined]  # the public name came with Python 3.13
    return entry


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
    if path.name == FACTS:
        yield json.dumps({name: fact for name, fact in read_json(path).items() if name != RECORD}, indent=1).encode()
        return
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
