"""Unpack a zip file that a stranger made: pictures only, nothing outside the target, nothing without a limit."""

import contextlib
import shutil
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import BinaryIO

from cnnlab.core.data.archives.members import METHODS, open_member
from cnnlab.core.pictures import PICTURE_SUFFIXES, shown_name
from cnnlab.core.words import Refusal

MANIFEST = "cnnlab.json"  # what an exported set says about itself
JUNK = "An operating system left it behind."
_ARCHIVE_SUFFIXES = frozenset({".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz"})
_JUNK_NAMES = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini"})
_BLOCK = 1 << 16
_LONGEST_PART = 200
_DEEPEST = 16


@dataclass(frozen=True)
class Skipped:
    """Name a file that is left out, relative to its data set, and the reason in one sentence."""

    file: str
    reason: str


class ArchiveError(Refusal):
    """Say in one sentence why a whole archive is refused, and what to do."""


@dataclass(frozen=True)
class Limits:
    """Hold how much an archive may unpack to.

    `max_ratio` is unpacked over packed bytes of one file, asked once it has unpacked to more than `free_bytes`.
    `on_written` receives the size of every block written; what it raises ends the unpacking.
    """

    max_files: int = 50_000
    max_total_bytes: int = 4 << 30
    max_file_bytes: int = 64 << 20
    max_ratio: float = 200.0
    free_bytes: int = 1 << 20
    on_written: Callable[[int], None] = lambda size: None


def unpack_zip(source: Path | BinaryIO, target: Path, limits: Limits | None = None) -> list[Skipped]:
    """Unpack the pictures of a zip file into a folder that is new or empty, and list what was left out.

    Members that would leave the target, links, encrypted or damaged members, nested archives, files that are no
    pictures and names that differ only in case from an earlier one are left out with a reason. Raises
    `ArchiveError` for an archive that breaks a limit or is none; the target is then as it was before.
    """
    limits = limits or Limits()
    try:
        with aside_of(target) as aside, zipfile.ZipFile(source) as archive:
            return _unpack(archive, aside, limits)
    except ArchiveError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise ArchiveError("The file is not a zip archive or is damaged; make the zip again.") from error
    except MemoryError as error:
        raise ArchiveError("The zip archive needs too much memory to unpack; make a smaller one.") from error
    except OSError as error:
        raise ArchiveError(
            f"The zip archive could not be unpacked ({error.strerror or 'it cannot be read'}); check the file and "
            "the free space."
        ) from error


@contextlib.contextmanager
def aside_of(target: Path) -> Iterator[Path]:
    """Give a folder beside `target` that takes its place if all goes well, and is gone if not.

    Raises `ArchiveError` if the target holds something already.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ArchiveError(f"{shown_name(target.name)} is not an empty folder; choose a new one to unpack into.")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=target.parent))
    try:
        yield aside
        aside.chmod(0o755)
        aside.replace(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def is_junk(name: str) -> bool:
    """Tell whether an operating system, not a person, made a file or folder of this name."""
    return name.startswith(".") or name.lower() in _JUNK_NAMES


@dataclass
class Taken:
    """Remember what was written, so that nothing is written over and no limit is passed."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    total: int = 0


class Left(Exception):
    """Carry the reason why one member is left out."""


def _unpack(archive: zipfile.ZipFile, target: Path, limits: Limits) -> list[Skipped]:
    every = [(plain_path(info.orig_filename), info) for info in archive.infolist()]
    members = [(name, info) for name, info in every if not name.endswith("/") and name.split("/")[-1] != MANIFEST]
    if len(members) > limits.max_files:
        raise ArchiveError(
            f"The zip holds {len(members):,} files and at most {limits.max_files:,} are unpacked; make a smaller one."
        )
    taken, skipped = Taken(), []
    for name, info in members:
        try:
            _check_member(name, info, taken)
            _write(archive, info, target / name, taken, limits)
        except Left as left:
            skipped.append(Skipped(shown_path(name), str(left)))
    return skipped


def plain_path(name: str) -> str:
    """Return a member's name with slashes, also where an old program of Windows wrote backslashes."""
    return name.replace("\\", "/")


def check_path(name: str) -> None:
    """Raise `Left` unless a member's name is a plain relative path that no system made."""
    parts = name.split("/")
    if "\0" in name or name.startswith("/") or name[1:2] == ":" or {"", ".", ".."} & set(parts):
        raise Left("Its path leads out of the archive or is no plain relative path.")
    if any(is_junk(part) for part in parts):
        raise Left(JUNK)
    if len(parts) > _DEEPEST or any(len(part.encode(errors="replace")) > _LONGEST_PART for part in parts):
        raise Left("Its path is too long or too deep.")


def _check_member(name: str, info: zipfile.ZipInfo, taken: Taken) -> None:
    check_path(name)
    if S_ISLNK(info.external_attr >> 16):
        raise Left("It is a link, not a file.")
    if info.flag_bits & 0x1:
        raise Left("It is encrypted; make the zip without a password.")
    refuse_suffix(PurePosixPath(name).suffix.lower())
    if info.compress_type not in METHODS:
        raise Left("It is packed with an unusual method; make the zip with the ordinary one (deflate).")
    claim(name, taken)


def refuse_suffix(suffix: str) -> None:
    """Raise `Left` for a name that does not end like a picture's."""
    if suffix in _ARCHIVE_SUFFIXES:
        raise Left("It is an archive inside the archive; unpack it first.")
    if suffix not in PICTURE_SUFFIXES:
        raise Left("Its name does not end like a picture's.")


def claim(name: str, taken: Taken) -> None:
    """Reserve a path, as a file system that ignores case and the form of accents would see it."""
    key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    parents = {str(parent) for parent in PurePosixPath(key).parents}
    if key in taken.files or key in taken.folders or parents & taken.files:
        raise Left("Another file of the archive has the same name, apart from capital letters.")
    taken.files.add(key)
    taken.folders |= parents


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, taken: Taken, limits: Limits) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    try:
        with open_member(archive, info) as packed, path.open("xb") as plain:
            while block := packed.read(_BLOCK):
                size += len(block)
                taken.total += len(block)
                _check_limits(info, size, taken.total, limits)
                plain.write(block)
                limits.on_written(len(block))
    except Left:
        path.unlink()
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        path.unlink(missing_ok=True)
        raise Left("It is damaged in the archive.") from error


def _check_limits(info: zipfile.ZipInfo, size: int, total: int, limits: Limits) -> None:
    """Judge the bytes that came out so far, because what the header promises may be a lie."""
    if total > limits.max_total_bytes:
        raise ArchiveError(
            f"The zip unpacks to more than {limits.max_total_bytes:,} bytes, which is the limit; make a smaller one."
        )
    if size > limits.free_bytes and size > limits.max_ratio * max(1, info.compress_size):
        raise ArchiveError(
            f"{shown_name(info.filename)} unpacks to more than {limits.max_ratio:g} times its packed size, as in an "
            "archive made to fill a disk; make the zip again from the pictures."
        )
    if size > limits.max_file_bytes:
        raise Left(f"It is larger than {limits.max_file_bytes:,} bytes.")


def shown_path(name: str) -> str:
    """Return a member's path fit to be shown."""
    return "/".join(shown_name(part) if part else "" for part in name.split("/"))
