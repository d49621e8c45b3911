"""Unpack an archive that a stranger made, whichever of the known kinds it is."""

from pathlib import Path
from typing import BinaryIO

from cnnlab.core.data.archives.tar_archives import PACKED, unpack_tar
from cnnlab.core.data.archives.zip_archives import Limits, Skipped, unpack_zip

ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tar", ".zip")
_TAR_PLACE, _TAR_WORD = 257, b"ustar"
_HEADER, _SUM = 512, slice(148, 156)


def unpack(source: Path | BinaryIO, target: Path, limits: Limits | None = None) -> list[Skipped]:
    """Unpack the pictures of a zip or tar file, told apart by their first bytes; raise `ArchiveError`."""
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return unpack(opened, target, limits)
    source.seek(0)
    start = source.read(_HEADER)
    source.seek(0)
    is_tar = is_tar_header(start) or start.startswith(tuple(PACKED))
    return (unpack_tar if is_tar else unpack_zip)(source, target, limits)


def is_tar_header(start: bytes) -> bool:
    """Tell whether a file begins like a tar: with its word, or, as before 1988, with the sum of its header only."""
    if start[_TAR_PLACE : _TAR_PLACE + len(_TAR_WORD)] == _TAR_WORD:
        return True
    try:
        stated = int(start[_SUM].strip(b" \0"), 8)
    except ValueError:
        return False
    # The sum is that of a header with blanks in its place.
    return len(start) == _HEADER and sum(start) - sum(start[_SUM]) + 8 * ord(" ") == stated
