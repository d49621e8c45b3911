"""Keep the data sets that were uploaded to this home, each unpacked and checked once."""

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from cnnlab.core.data.archives.unpacking import ENDINGS, unpack
from cnnlab.core.data.archives.zip_archives import ArchiveError, Limits, Skipped
from cnnlab.core.data.checking import check
from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.data.survey.reading import OnProgress, Reading
from cnnlab.core.pictures import shown_name
from cnnlab.core.settings import Settings

_BLOCK = 1 << 20
LEFT_OUT = "left_out.json"
MOST_LETTERS = 1_000  # of the name of a folder
VERSION = 1  # of the form of an entry; one without a number has the first
NEWER = "A data set was kept by a newer version of CNN Lab; use that version, nothing is lost."


@dataclass(frozen=True)
class Entry:
    """Name one uploaded data set: `reference` is what a training takes, `report` what the check found.

    `owners` are the browsers that uploaded it, more than one for the same archive; one that is `shared` is everybody's
    to use. One without an owner (fetched, or kept by an earlier version) is shared. `offer` is the key of what was
    offered (`cnnlab.core.data.offers`), if it is that.
    """

    name: str
    reference: str
    report: dict[str, Any]
    owners: tuple[str, ...] = ()
    shared: bool = True
    offer: str = ""

    def is_offered_to(self, who: str, teacher: bool = False) -> bool:
        """Tell whether somebody may use it."""
        return self.shared or self.may_be_changed_by(who, teacher)

    def may_be_changed_by(self, who: str, teacher: bool = False) -> bool:
        """Tell whether somebody may share or remove it."""
        return teacher or who in self.owners


class Library:
    """Hold the uploaded data sets below `settings.home`/data, named by the content of their zip files."""

    def __init__(self, settings: Settings, reading: Reading | None = None) -> None:
        """Take the settings, and what reads the pictures of new sets: by default threads of this process."""
        self.settings = settings
        self._reading = reading
        self.folder = settings.home / "data"

    def entries(self) -> tuple[Entry, ...]:
        """Return every data set that is whole, by name."""
        found = [self._read(path) for path in self.folder.glob("*/entry.json")]
        return tuple(sorted((e for e in found if e is not None), key=lambda e: (e.name.lower(), e.reference)))

    def add_archive(
        self, source: BinaryIO, name: str, on_progress: OnProgress = lambda done, total: None, owner: str = ""
    ) -> Entry:
        """Unpack and check an uploaded zip or tar; the same file again returns what is there.

        `on_progress` receives the pictures read and the pictures there are; what it raises ends the work. Raises
        `DataSetError` or `ArchiveError` with one sentence; a refused upload leaves nothing behind.
        """
        key = _digest(source)[:16]
        limits = Limits(on_written=self.settings.disk.watch(ArchiveError))

        def fill(folder: Path) -> list[Skipped]:
            source.seek(0)
            return unpack(source, folder, limits)

        return self.add_made(key, _without_ending(name), fill, on_progress, owner)

    def add_made(
        self,
        key: str,
        name: str,
        fill: Callable[[Path], list[Skipped]],
        on_progress: OnProgress = lambda done, total: None,
        owner: str = "",
        offer: str = "",
    ) -> Entry:
        """Keep and check a data set of pictures that `fill` writes into an empty folder.

        `fill` returns what it left out, `offer` is the key of what was offered. Raises `DataSetError`.
        """

        def described(folder: Path) -> dict[str, Any]:
            left_out = fill(folder)
            report = check(folder, self.settings.max_pixels, on_progress, self._reading, left_out)
            if report.refused:
                raise DataSetError(report.refused, report.tree)
            found = report.to_dict()
            found["skipped"] = [{"file": s.file, "reason": s.reason} for s in left_out] + found["skipped"]
            (folder.parent / LEFT_OUT).write_text(json.dumps([vars(skip) for skip in left_out]), encoding="utf-8")
            return found

        return self.keep(key, name, described, owner, offer)

    def keep(
        self, key: str, name: str, described: Callable[[Path], dict[str, Any]], owner: str = "", offer: str = ""
    ) -> Entry:
        """Keep what `described` writes into an empty folder, with the report that it returns; a known key is there.

        With an `owner` it is theirs, without one everybody's. Raises `DataSetError` with one sentence, and what
        `described` raises; nothing of a refused set stays.
        """
        home = self.folder / key
        known = self._read(home / "entry.json")
        if known is not None:
            return self._joined(known, owner, offer)
        if _is_newer(home / "entry.json"):
            raise DataSetError(NEWER)
        if problem := self.settings.disk.problem():
            raise DataSetError(problem)
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self._aside()
        try:
            report = described(aside / "files")
            owners = [owner] if owner else []
            entry = {"name": shown_name(name), "report": report, "owners": owners, "shared": not owners}
            entry |= {"offer": offer, "version": VERSION}
            (aside / "entry.json").write_text(json.dumps(entry), encoding="utf-8")
            aside.chmod(0o755)
            # Another job may have been quicker with the same, for somebody else.
            if (known := self._read(home / "entry.json")) is not None:
                return self._joined(known, owner, offer)
            if home.exists():
                shutil.rmtree(home)
            aside.replace(home)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        kept = self._read(home / "entry.json")
        if kept is None:
            raise DataSetError("The unpacked data set could not be kept; check the free space and upload it again.")
        return kept

    def share(self, entry: Entry, shared: bool) -> None:
        """Offer a data set to everybody, or to its owners only."""
        self._write(replace(entry, shared=shared))

    def remove(self, entry: Entry, owner: str = "") -> None:
        """Take a data set away; one that others uploaded too only from this owner."""
        others = tuple(other for other in entry.owners if other != owner)
        if owner and others:
            self._write(replace(entry, owners=others))
            return
        home = Path(entry.reference).parent
        # Gone at once for everybody, also while the files are being deleted.
        aside = self._aside()
        home.replace(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def of_offer(self, offer: str) -> Entry | None:
        """Return the set that was made of what was offered under this key, or None."""
        return next((entry for entry in self.entries() if offer and entry.offer == offer), None)

    def _aside(self) -> Path:
        """Return a new folder with this process in its name, so that it can be found if the process is killed."""
        return Path(tempfile.mkdtemp(prefix=f".new-{os.getpid()}-", dir=self.folder))

    def _joined(self, known: Entry, owner: str, offer: str) -> Entry:
        joined = replace(known, offer=known.offer or offer)
        if owner and known.owners and owner not in known.owners:
            joined = replace(joined, owners=(*known.owners, owner))
        if offer and not owner:  # fetched for everybody what somebody had uploaded
            joined = replace(joined, shared=True)
        if joined != known:
            self._write(joined)
        return joined

    def _write(self, entry: Entry) -> None:
        home = Path(entry.reference).parent
        data = {"name": entry.name, "report": entry.report, "owners": entry.owners, "shared": entry.shared}
        data |= {"offer": entry.offer, "version": VERSION}
        aside = home / f".entry-{secrets.token_hex(4)}"
        aside.write_text(json.dumps(data), encoding="utf-8")
        aside.replace(home / "entry.json")

    def left_out(self, reference: str) -> tuple[Skipped, ...]:
        """Return what unpacking the archive of a data set left out; nothing for one that came as a folder."""
        file = Path(reference).parent / LEFT_OUT
        if not file.is_relative_to(self.folder):
            return ()
        try:
            return tuple(Skipped(**skip) for skip in json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return ()

    def folder_below_root(self, text: str) -> str:
        """Return the reference of a folder that a visitor named below CNNLAB_DATA_ROOT; raise `DataSetError`."""
        root = self.settings.data_root
        if root is None:
            raise DataSetError("This server offers no folders; upload a zip, or ask for CNNLAB_DATA_ROOT to be set.")
        missing = DataSetError(
            f"There is no folder {shown_name(text[-MOST_LETTERS:])!r} among those that this server offers."
        )
        if len(text) > MOST_LETTERS:
            raise missing
        try:
            path = (root / text.strip().lstrip("/")).resolve()
            if not path.is_relative_to(root) or not path.is_dir():
                raise missing
        except (OSError, ValueError):
            raise missing from None
        return str(path)

    def is_below_root(self, reference: str) -> bool:
        """Tell whether a reference is that of a folder below CNNLAB_DATA_ROOT, which every visitor may name."""
        root = self.settings.data_root
        try:
            return root is not None and self.folder_below_root(str(Path(reference).relative_to(root))) == reference
        except ValueError:  # a path elsewhere, and every refusal
            return False

    def has_newer(self) -> bool:
        """Tell whether a newer version of CNN Lab has kept data sets here, which are left as they are."""
        return any(map(_is_newer, self.folder.glob("*/entry.json")))

    def _read(self, path: Path) -> Entry | None:
        if _is_newer(path):
            return None
        try:
            data = _told(path)
            owners = tuple(map(str, data.get("owners", ())))
            shared = bool(data.get("shared", True)) or not owners
            files, offer = str(path.parent / "files"), str(data.get("offer", ""))
            return Entry(data["name"], files, data["report"], owners, shared, offer)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _is_newer(path: Path) -> bool:
    try:
        version = _told(path).get("version", VERSION)
    except (OSError, ValueError, AttributeError):
        return False
    return isinstance(version, int) and version > VERSION


def _told(path: Path) -> Any:
    """Return what an entry's file says; every page asks, and the report of a large set is long."""
    known = path.stat()
    return _parsed(path, known.st_ino, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=64)
def _parsed(path: Path, *state: int) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _digest(source: BinaryIO) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _without_ending(name: str) -> str:
    ending = next((e for e in ENDINGS if name.lower().endswith(e)), "")
    return name[: len(name) - len(ending)]
