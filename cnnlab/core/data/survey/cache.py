"""Remember what reading a folder's pictures found, until a file's name, size or time of change differs."""

import hashlib
import io
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.core.data.archives.zip_archives import Skipped
from cnnlab.core.data.survey.near_copies import NearCopy
from cnnlab.core.data.survey.reading import PictureFile, Survey, Tallies
from cnnlab.core.data.survey.tally import Tally
from cnnlab.core.kept.files import keep_file

VERSION = 3
KEPT = 40  # surveys; the oldest go first
_READABLE = "pictures"


@dataclass(frozen=True)
class Known:
    """Hold what is known of a folder's files by path, the tallies of its usual splits, and what looks alike."""

    files: dict[Path, PictureFile | Skipped]
    tallies: Tallies
    alike: tuple[NearCopy, ...]


def state_of(root: Path, max_pixels: int) -> tuple[str, int]:
    """Return a hash of every file's name, size and time of change below a folder, and how many files there are."""
    digest = hashlib.sha256(f"{VERSION} {max_pixels} {root.absolute()}".encode(errors="surrogateescape"))
    count = 0
    for place, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = f"{place}/{name}"
            try:
                known = Path(path).stat()
            except OSError:
                continue
            digest.update(f"{path}\0{known.st_size}\0{known.st_mtime_ns}\0".encode(errors="surrogateescape"))
            count += 1
    return digest.hexdigest(), count


def recall(folder: Path, state: str) -> Known | None:
    """Return what was remembered of a folder in this state, or None."""
    try:
        with np.load(folder / f"{state}.npz", allow_pickle=False) as kept:
            told = json.loads(kept["told"].tobytes())
            files = {Path(path): _file(Path(path), about) for path, about in told["files"].items()}
            tallies = {
                (split, name): Tally(count, kept[f"total{i}"], kept[f"shares{i}"], kept[f"squares{i}"])
                for i, (split, name, count) in enumerate(told["tallies"])
            }
            alike = tuple(NearCopy(*pair) for pair in told["alike"])
        return Known(files, tallies, alike)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def remember(folder: Path, state: str, found: Survey) -> None:
    """Keep what a whole survey found; a disk that is full only means that it will be read again."""
    files: dict[str, list[Any]] = {}
    for classes in found.files.values():
        for read in classes.values():
            for file in read:
                files[str(file.path)] = [_READABLE, *file.told()]
    for path, skip in found.unread.items():
        files[str(path)] = [skip.file, skip.reason]
    tallies = [[split, name, made.count] for (split, name), made in found.tallies.items()]
    alike = [[pair.first, pair.second, pair.levels] for pair in found.alike]
    told = json.dumps({"files": files, "tallies": tallies, "alike": alike}).encode()
    arrays: dict[str, Any] = {"told": np.frombuffer(told, np.uint8)}
    for i, made in enumerate(found.tallies.values()):
        arrays |= {f"total{i}": made.total, f"shares{i}": made.shares, f"squares{i}": made.squares}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    keep_file(folder / f"{state}.npz", out.getvalue(), KEPT)


def _file(path: Path, about: list[Any]) -> PictureFile | Skipped:
    if about[0] == _READABLE:
        return PictureFile.of(path, about[1:])
    return Skipped(about[0], about[1])
