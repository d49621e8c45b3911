"""Unpack a tar file that a stranger made, plain or compressed, under the same rules as a zip file."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self, cast

from cnnlab.core.data.archives.zip_archives import (
    ArchiveError,
    Left,
    Limits,
    Skipped,
    Taken,
    aside_of,
    check_path,
    claim,
    plain_path,
    refuse_suffix,
    shown_path,
)

MOST_HEADER_BYTES = 1 << 16
MOST_BYTES_BEHIND = 1 << 20  # tar fills its last record with zeros, a few kilobytes by default
PACKED: dict[bytes, Callable[[BinaryIO], io.BufferedIOBase]] = {
    b"\x1f\x8b": lambda source: gzip.GzipFile(fileobj=source),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_BLOCK = 1 << 16
_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


_DAMAGED = (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError)  # type: ignore[attr-defined]


class _Info(tarfile.TarInfo):
    """Refuse long headers, which Python would read into memory whatever size they claim, and damaged ones."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except _DAMAGED as error:
            # Behind the first file, Python would take it for the end, and the rest would be missing unsaid.
            raise ArchiveError("The file is not a tar archive or is damaged; make the archive again.") from error

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS and self.size > MOST_HEADER_BYTES:
            raise ArchiveError("The tar file holds a description of a file that is too long; make the archive again.")
        return super()._proc_member(tar)  # type: ignore[misc, no-any-return]


def unpack_tar(source: BinaryIO, target: Path, limits: Limits | None = None) -> list[Skipped]:
    """Unpack the pictures of a tar file (also .tar.gz, .tar.bz2, .tar.xz) into a folder that is new or empty.

    What is left out and what is refused is the same as in a zip file; links, devices and sparse files are left out.
    """
    limits = limits or Limits()
    packed = source.seek(0, 2)
    source.seek(0)
    try:
        plain = _Counted(_unpacked(source), packed, limits)
        with (
            aside_of(target) as aside,
            tarfile.open(fileobj=cast(BinaryIO, plain), mode="r|", tarinfo=_Info) as archive,
        ):
            skipped = _unpack(archive, aside, limits)
            plain.refuse_more()
            return skipped
    except ArchiveError:
        raise
    except (tarfile.TarError, EOFError, ValueError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise ArchiveError("The file is not a tar archive or is damaged; make the archive again.") from error
    except MemoryError as error:
        raise ArchiveError(
            "The tar archive needs too much memory to unpack; make it again with the usual settings."
        ) from error
    except OSError as error:
        raise ArchiveError(
            f"The tar archive could not be unpacked ({error.strerror or 'it cannot be read'}); check the file and the "
            "free space."
        ) from error


def _unpacked(source: BinaryIO) -> io.BufferedIOBase | BinaryIO:
    """Return a reader of the plain bytes that unpacks only what it is asked for; tarfile's own takes whole blocks."""
    start = source.read(max(map(len, PACKED)))
    source.seek(0)
    return next((opener(source) for magic, opener in PACKED.items() if start.startswith(magic)), source)


class _Counted:
    """Count the plain bytes of a tar file, what is left out and what stands behind its end too."""

    def __init__(self, plain: io.BufferedIOBase | BinaryIO, packed: int, limits: Limits) -> None:
        self._plain, self._packed, self._limits = plain, packed, limits
        self._seen = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes; raise `ArchiveError` once they are too many."""
        block = self._plain.read(size)
        self._seen += len(block)
        _check_total(self._seen, self._packed, self._limits)
        return block

    def refuse_more(self) -> None:
        """Raise `ArchiveError` if more stands behind the end than tar itself writes there."""
        behind = 0
        while block := self.read(_BLOCK):
            behind += len(block)
            if behind > MOST_BYTES_BEHIND:
                raise ArchiveError(
                    f"The tar file goes on for more than {MOST_BYTES_BEHIND:,} bytes behind its end; make it again "
                    "from the pictures."
                )


def _unpack(archive: tarfile.TarFile, target: Path, limits: Limits) -> list[Skipped]:
    taken, skipped = Taken(), []
    files = folders = 0
    while (member := archive.next()) is not None:
        files, folders = files + (not member.isdir()), folders + member.isdir()
        if max(files, folders) > limits.max_files:
            raise ArchiveError(
                f"The tar file holds more than {limits.max_files:,} files, which is the limit; make a smaller one."
            )
        if member.isdir():
            continue
        try:
            _write(archive, member, target, taken, limits)
        except Left as left:
            skipped.append(Skipped(shown_path(plain_path(member.name)), str(left)))
    return skipped


def _check_total(seen: int, packed: int, limits: Limits) -> None:
    if seen > limits.max_total_bytes:
        raise ArchiveError(
            f"The tar file unpacks to more than {limits.max_total_bytes:,} bytes, which is the limit; make it smaller."
        )
    if seen > limits.free_bytes and seen > limits.max_ratio * max(1, packed):
        raise ArchiveError(
            f"The tar file unpacks to more than {limits.max_ratio:g} times its packed size, as in an archive made to "
            "fill a disk; make it again from the pictures."
        )


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, taken: Taken, limits: Limits) -> None:
    name = plain_path(member.name).removeprefix("./")
    check_path(name)
    if member.issym() or member.islnk():
        raise Left("It is a link, not a file.")
    if not member.isreg() or member.issparse():
        raise Left("It is no ordinary file.")
    refuse_suffix(PurePosixPath(name).suffix.lower())
    if member.size > limits.max_file_bytes:
        raise Left(f"It is larger than {limits.max_file_bytes:,} bytes.")
    claim(name, taken)
    path = target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    if content is None:
        raise Left("It is no ordinary file.")
    with content, path.open("xb") as plain:
        while block := content.read(_BLOCK):
            plain.write(block)
            limits.on_written(len(block))
