"""Keep the files of imported models, so many of one owner and in all that nobody's upload throws out another's."""

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT_MODELS = "models"  # the folder of the home
MOST_OF_ONE = 5  # files of one owner; the oldest go first
MOST_KEPT = 100  # files of all
MOST_BYTES = 4 << 30  # of all files


@dataclass(frozen=True)
class _Kept:
    """Hold one file: when it was used last (Unix seconds), its bytes and its path, folder/origin/owner/name."""

    used: float
    size: int
    path: Path


def make_room(folder: Path, newest: Path) -> None:
    """Delete the oldest files of the newest file's owner beyond `MOST_OF_ONE`, then of those who have most.

    What stands in `folder` is folder/origin/owner/name: the owner with most bytes is looked for in the origin with
    most bytes, so that many owners at one place of the network count as one. The newest file stays.
    """
    kept = sorted(_files(folder), key=lambda file: file.used)
    own = [file for file in kept if file.path.parent == newest.parent and file.path != newest]
    gone = own[: max(0, len(own) + 1 - MOST_OF_ONE)]
    kept = [file for file in kept if file not in gone]
    while len(kept) > MOST_KEPT or sum(file.size for file in kept) > MOST_BYTES:
        others = [file for file in kept if file.path != newest]
        if not others:
            break
        most = _of_who_has_most(kept, others)
        gone.append(most)
        kept.remove(most)
    for file in gone:
        file.path.unlink(missing_ok=True)
        for empty in (file.path.parent, file.path.parent.parent):
            with contextlib.suppress(OSError):
                empty.rmdir()


def _files(folder: Path) -> list[_Kept]:
    found = []
    for path in folder.rglob("*.*"):
        with contextlib.suppress(OSError):  # another visitor's import may have deleted it
            about = path.stat()
            found.append(_Kept(about.st_mtime, about.st_size, path))
    return found


def _of_who_has_most(kept: Sequence[_Kept], others: Sequence[_Kept]) -> _Kept:
    origins: Counter[Path] = Counter()
    owners: Counter[Path] = Counter()
    for file in kept:
        origins[file.path.parent.parent] += file.size
        owners[file.path.parent] += file.size
    return max(others, key=lambda file: (origins[file.path.parent.parent], owners[file.path.parent], -file.used))
