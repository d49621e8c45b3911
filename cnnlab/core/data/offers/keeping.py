"""Lay fetched pictures out as a data set of everybody, and keep it in the library."""

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from cnnlab.core.data.archives.unpacking import unpack
from cnnlab.core.data.archives.zip_archives import ArchiveError, Limits, Skipped
from cnnlab.core.data.library import Entry, Library
from cnnlab.core.data.offers.files import AlteredError
from cnnlab.core.data.offers.offer import Again, Contents, Offer
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.data.survey.reading import OnProgress
from cnnlab.core.pictures import PICTURE_SUFFIXES

SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE  # bytes: a label, then the planes of red, green and blue
MOST_RECORDS = 10_000  # of one batch
CLASSES = {"cats": 3, "dogs": 5}  # their labels in CIFAR-10
TRAINING, TEST = "data_batch", "test_batch"


def keep_set(
    offer: Offer,
    file: Path,
    digest: str,
    library: Library,
    on_progress: OnProgress = lambda done, total: None,
    on_written: Callable[[int], None] = lambda size: None,
    owner: str = "",
) -> Entry:
    """Unpack a file that was checked and keep its pictures; `on_written` receives the size of each block written.

    Without an `owner` the set is everybody's. Raises `DataSetError` or `ArchiveError` with one sentence.
    """
    watch = library.settings.disk.watch(ArchiveError)

    def written(size: int) -> None:
        watch(size)
        on_written(size)

    def fill(folder: Path) -> list[Skipped]:
        left_out = _LAID_OUT[offer.contents](file, folder, Limits(on_written=written))
        _refuse_others(offer, folder)
        return left_out

    key = digest[:16] if offer.contents is Contents.FOLDERS else f"{digest[:16]}-{offer.key}"
    return library.add_made(key, offer.name, fill, on_progress, owner, offer.key)


def keep_again(again: Again, library: Library, on_progress: OnProgress = lambda done, total: None) -> Entry:
    """Keep the pictures of a fetched set once more, a class for each breed; raise `DataSetError`."""
    source = library.of_offer(again.of.key)
    if source is None:
        raise DataSetError(f"{again.name} are made of {again.of.name}, which are not here; fetch these first.")
    files = Path(source.reference)

    def fill(folder: Path) -> list[Skipped]:
        for path in sorted(_pictures(files)):
            _link(path, folder / path.name.rsplit("_", 1)[0].lower())
        return []

    return library.add_made(f"{files.parent.name}-breeds", again.name, fill, on_progress, offer=again.key)


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file())


def _refuse_others(offer: Offer, folder: Path) -> None:
    """Raise `AlteredError` where nothing but the number of pictures tells that an archive is not the offered one."""
    found = sum(1 for _ in _pictures(folder))
    if offer.pictures is not None and found != offer.pictures:
        raise AlteredError(
            f"{offer.file_name} holds {found:,} whole pictures where {offer.pictures:,} are expected, so it was thrown "
            "away."
        )


def _link(path: Path, folder: Path) -> None:
    """Give a file a second name, so that it takes no room; where the disk knows no such thing, a copy."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, folder / path.name)
    except OSError:
        shutil.copyfile(path, folder / path.name)


def _by_capital(file: Path, folder: Path, limits: Limits) -> list[Skipped]:
    """Unpack pictures whose names begin with a capital letter into cats, the others into dogs."""
    left_out = unpack(file, folder, limits)
    for path in list(_pictures(folder)):
        place = folder / ("cats" if path.name[0].isupper() else "dogs")
        place.mkdir(exist_ok=True)
        path.replace(place / path.name)
    for path in folder.iterdir():
        if path.name not in CLASSES:
            shutil.rmtree(path)
    return left_out


def _cifar(file: Path, folder: Path, limits: Limits) -> list[Skipped]:
    """Write the pictures of both classes as PNG files, the test set as validation."""
    try:
        with tarfile.open(file, "r|gz") as archive:
            for member in archive:
                name = member.name.rsplit("/", 1)[-1]
                if not member.isreg() or not name.endswith(".bin") or not name.startswith((TRAINING, TEST)):
                    continue
                if member.size > MOST_RECORDS * RECORD or member.size % RECORD:
                    raise ArchiveError(f"{name} of the archive is no batch of CIFAR-10; fetch it again.")
                split = "validation" if name.startswith(TEST) else "train"
                if (content := archive.extractfile(member)) is not None:
                    _write_batch(content, folder / split, Path(name).stem, limits)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError("The archive of CIFAR-10 is damaged; fetch it again.") from error
    return []


def _write_batch(content: IO[bytes], place: Path, batch: str, limits: Limits) -> None:
    records = np.frombuffer(content.read(), np.uint8).reshape(-1, RECORD)
    for name, label in CLASSES.items():
        (place / name).mkdir(parents=True, exist_ok=True)
        for i, record in enumerate(records[records[:, 0] == label]):
            path = place / name / f"{batch}_{i:04}.png"
            pixels = record[1:].reshape(3, SIDE, SIDE).transpose(1, 2, 0)
            Image.fromarray(pixels).save(path, compress_level=1)
            limits.on_written(path.stat().st_size)


_LAID_OUT: dict[Contents, Callable[[Path, Path, Limits], list[Skipped]]] = {
    Contents.FOLDERS: unpack,
    Contents.PETS: _by_capital,
    Contents.CIFAR: _cifar,
}
