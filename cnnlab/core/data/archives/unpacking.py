"""Unpack an archive that a stranger made, whichever of the known kinds it is."""

from pathlib import Path
from typing import BinaryIO

from cnnlab.core.data.archives.tar_archives import PACKED, unpack_tar
from cnnlab.core.data.archives.zip_archives import Limits, Skipped, unpack_zip

ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tar", ".zip")
_TAR_PLACE, _TAR_WORD = 257, b"ustar"


def unpack(source: Path | BinaryIO, target: Path, limits: Limits | None = None) -> list[Skipped]:
    """Unpack the pictures of a zip or tar file, told apart by their first bytes; raise `ArchiveError`."""
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return unpack(opened, target, limits)
    source.seek(0)
    start = source.read(_TAR_PLACE + len(_TAR_WORD))
    source.seek(0)
    is_tar = start[_TAR_PLACE:] == _TAR_WORD or start.startswith(tuple(PACKED))
    return (unpack_tar if is_tar else unpack_zip)(source, target, limits)
