"""Read every picture of a data set's folder once: what it is, how large, and what all of a class look like together."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cnnlab.core.data.archives.zip_archives import JUNK, Skipped
from cnnlab.core.data.survey.layouts import Layout, LayoutError, Paths, find_layout, hidden_parts, relative_name, tree
from cnnlab.core.data.survey.near_copies import NearCopy, Thumbnail, near_copies
from cnnlab.core.data.survey.tally import Sample, Tally, sample
from cnnlab.core.pictures import PLAIN, Handling, PictureError, decode, shown_name
from cnnlab.core.settings import usable_cores

VALIDATION_SHARE = 0.2
MOST_FILE_BYTES = 64 << 20

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class PictureFile:
    """Name a readable picture of a data set: the hash of its bytes, its upright size in pixels, its stored mode.

    `handling` is what was done to it beyond unpacking.
    """

    path: Path
    name: str
    sha256: str
    width: int
    height: int
    mode: str
    handling: Handling = PLAIN

    def told(self) -> list[Any]:
        """Return everything but the path as JSON holds it."""
        return [self.name, self.sha256, self.width, self.height, self.mode, asdict(self.handling)]

    @classmethod
    def of(cls, path: Path, told: Sequence[Any]) -> "PictureFile":
        """Return the picture of which `told` said so."""
        name, sha256, width, height, mode, handling = told
        return cls(path, name, sha256, width, height, mode, Handling(**handling))


Read = tuple[PictureFile | Skipped, Sample | None]


class Reading(Protocol):
    """Read picture files one by one: in threads of this process, or elsewhere."""

    def __call__(self, paths: Sequence[Path], root: Path, max_pixels: int, tally: bool) -> Generator[Read]:
        """Give for each path what it holds, in their order, with the sample for a tally if that is asked for."""


Files = Mapping[str, Mapping[str, tuple[PictureFile, ...]]]
Tallies = Mapping[tuple[str, str], Tally]


@dataclass(frozen=True)
class Survey:
    """Hold the readable files of each class in each split, and what was left out.

    `divided` tells that there was no validation folder; `unused`, `junk`, `by_name`, `places` and `hidden` are those of
    the layout.
    `tallies` has one entry for each split and class, or none if they were not asked for, and `alike` are then the
    pictures that look almost the same; `unread` are the skipped files of the class folders by path.
    """

    files: Files
    skipped: tuple[Skipped, ...]
    divided: bool
    unused: tuple[str, ...]
    junk: int
    tallies: Tallies = field(default_factory=dict)
    alike: tuple[NearCopy, ...] = ()
    by_name: bool = False
    unread: Mapping[Path, Skipped] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the training folders, sorted as Keras sorts them."""
        return tuple(sorted(self.files["train"]))

    def fingerprint(self) -> str:
        """Hash the class names and the contents of the files."""
        contents = {
            split: {name: [file.sha256 for file in files] for name, files in classes.items()}
            for split, classes in self.files.items()
        }
        return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def survey(
    root: Path,
    max_pixels: int,
    limit: int | None = None,
    seed: int = 0,
    left_out: Sequence[Skipped] = (),
    *,
    tally: bool = False,
    on_progress: OnProgress = lambda done, total: None,
    known: Mapping[Path, PictureFile | Skipped] | None = None,
    reading: Reading | None = None,
) -> Survey:
    """Read the pictures of a data set's folder, at most `limit` of each class in each split, chosen by the seed.

    A folder without validation pictures is split 80/20, class by class. `left_out` is what unpacking an archive
    left out. `on_progress` receives the files read and the files there are; what it raises ends the survey. Files that
    are `known` are not read again; the others are read by `reading`, by default in threads. Raises `LayoutError` if
    the folder cannot be read as a data set.
    """
    root = root.absolute()
    layout = _layout_of(root)
    paths = {"train": layout.train, "validation": layout.validation or {}}
    if layout.validation is None:
        paths = _split(layout.train, seed)
    skipped = list(layout.skipped)
    files: dict[str, dict[str, tuple[PictureFile, ...]]] = {}
    tallies: dict[tuple[str, str], Tally] = {}
    total = sum(len(p) for s in paths.values() for p in s.values())
    reader = _Reader(root, max_pixels, tally, total, on_progress, known or {}, reading or read_in_threads)
    for number, (split, classes) in enumerate(paths.items()):
        rng = np.random.default_rng([seed, number])
        files[split] = {}
        for name in sorted(classes):
            tallied = Tally()
            read = reader.read_class(classes[name], limit, rng, tallied)
            files[split][name] = tuple(r for r in read if isinstance(r, PictureFile))
            skipped += [r for r in read if isinstance(r, Skipped)]
            if tally:
                tallies[split, name] = tallied
    divided = layout.validation is None
    alike, unread = reader.alike(files), reader.unread
    of_layout = (layout.by_name, unread, layout.places, layout.hidden)
    found = Survey(files, tuple(skipped), divided, layout.unused, layout.junk, tallies, alike, *of_layout)
    return with_left_out(found, left_out)


def with_left_out(found: Survey, left_out: Sequence[Skipped]) -> Survey:
    """Return the survey with what unpacking an archive left out."""
    useful = tuple(skip for skip in left_out if skip.reason != JUNK)
    hidden = {name for skip in left_out if skip.reason == JUNK for name in hidden_parts(skip.file)}
    return replace(
        found,
        skipped=found.skipped + useful,
        junk=found.junk + len(left_out) - len(useful),
        hidden=tuple(sorted(hidden.union(found.hidden))),
    )


def _layout_of(root: Path) -> Layout:
    if not root.is_dir():
        name = shown_name(str(root))
        raise LayoutError(f"Expected a folder of pictures, but {name} is none; check the path, or unpack a zip first.")
    try:
        return find_layout(root)
    except LayoutError as error:
        raise LayoutError(str(error), tree(root)) from None
    except OSError as error:
        raise LayoutError(f"A folder cannot be read ({error.strerror}); check its permissions.") from error


def reading_pool() -> ThreadPoolExecutor:
    """Return threads to decode pictures with: Pillow lets go of Python's lock while it decodes."""
    return ThreadPoolExecutor(max_workers=min(8, usable_cores()))


def _split(classes: Paths, seed: int) -> dict[str, Paths]:
    rng = np.random.default_rng(seed)
    train, validation = {}, {}
    for name in sorted(classes):
        paths = classes[name]
        held_out = set(rng.permutation(len(paths))[: max(1, round(VALIDATION_SHARE * len(paths)))].tolist())
        train[name] = tuple(path for i, path in enumerate(paths) if i not in held_out)
        validation[name] = tuple(path for i, path in enumerate(paths) if i in held_out)
    return {"train": train, "validation": validation}


@dataclass
class _Reader:
    """Read files, counting them for whoever waits."""

    root: Path
    max_pixels: int
    tally: bool
    total: int
    on_progress: OnProgress
    known: Mapping[Path, PictureFile | Skipped]
    reading: Reading
    unread: dict[Path, Skipped] = field(default_factory=dict)
    thumbnails: dict[Path, Thumbnail] = field(default_factory=dict)
    done: int = 0

    def alike(self, files: Files) -> tuple[NearCopy, ...]:
        """Return which of the pictures that were tallied look almost the same."""
        kept = [f for classes in files.values() for read in classes.values() for f in read if f.path in self.thumbnails]
        thumbnails = [self.thumbnails[file.path] for file in kept]
        still = partial(self.on_progress, self.done, self.done)
        return near_copies([file.name for file in kept], [file.sha256 for file in kept], thumbnails, still)

    def read_class(
        self,
        paths: tuple[Path, ...],
        limit: int | None,
        rng: np.random.Generator,
        into: Tally,
    ) -> list[PictureFile | Skipped]:
        """Read files until there are enough readable ones, and return them in the order of the paths."""
        waiting = [int(i) for i in rng.permutation(len(paths))]
        wanted = len(paths) if limit is None else limit
        read: dict[int, PictureFile | Skipped] = {}
        while waiting and (missing := wanted - sum(isinstance(r, PictureFile) for r in read.values())) > 0:
            batch, waiting = waiting[:missing], waiting[missing:]
            for i, (result, seen) in zip(batch, self._results([paths[i] for i in batch]), strict=True):
                read[i] = result
                if isinstance(result, Skipped):
                    self.unread[paths[i]] = result
                if seen is not None:
                    into.add(seen)
                    self.thumbnails[paths[i]] = seen[2]
        return [read[i] for i in sorted(read)]

    def _results(self, paths: list[Path]) -> Iterator[Read]:
        unknown = [path for path in paths if path not in self.known]
        # Closed at once if anything is raised; otherwise every file that waits would be read first.
        with contextlib.closing(self.reading(unknown, self.root, self.max_pixels, self.tally)) as fresh:
            for path in paths:
                result = (self.known[path], None) if path in self.known else next(fresh)
                self.done += 1
                self.on_progress(self.done, self.total)
                yield result


def read_in_threads(paths: Sequence[Path], root: Path, max_pixels: int, tally: bool) -> Generator[Read]:
    """Read files in threads of this process, without a limit on time: only for pictures that can be trusted."""
    with reading_pool() as pool:
        try:
            yield from pool.map(lambda path: read_file(path, root, max_pixels, tally), paths)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def read_file(path: Path, root: Path, max_pixels: int, tally: bool) -> Read:
    """Return what one file holds, or why it is left out, and its sample for a tally if that is asked for."""
    name = relative_name(path, root)
    try:
        if not path.is_file():
            return Skipped(name, "It is no ordinary file."), None
        if path.stat().st_size > MOST_FILE_BYTES:
            return Skipped(name, f"It is larger than {MOST_FILE_BYTES:,} bytes; make the picture smaller."), None
        picture = decode(path.read_bytes(), path.name, max_pixels)
    except PictureError as error:
        return Skipped(name, str(error)), None
    except OSError as error:
        return Skipped(name, f"It cannot be read ({error.strerror})."), None
    height, width = picture.pixels.shape[:2]
    kept = PictureFile(path, name, picture.sha256, width, height, picture.mode, picture.handling)
    return kept, sample(picture.pixels) if tally else None
