"""Find classes and splits in a folder by the names of its sub-folders, as Keras does, and read what is in them."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnlab.core.archives import JUNK, Skipped, is_junk
from cnnlab.core.pictures import PictureError, decode, shown_name

TRAIN_NAME = "train"
VALIDATION_NAMES = ("validation", "val", "valid", "test")
VALIDATION_SHARE = 0.2
MOST_FILES = 50_000
MOST_FILE_BYTES = 64 << 20
_DEEPEST_WRAPPING = 3

EXPECTED = (
    "expected train/<class> and validation/<class>, such as train/cats and train/dogs, or one folder for each class"
)


Paths = Mapping[str, tuple[Path, ...]]


class LayoutError(ValueError):
    """Say in one sentence what was found in a folder and which layout was expected."""


@dataclass(frozen=True)
class PictureFile:
    """Name a readable picture of a data set and the hash of its bytes."""

    path: Path
    name: str
    sha256: str


@dataclass(frozen=True)
class Layout:
    """Hold the files of each class in each split; the classes are sorted by name, as Keras sorts them.

    `validation` is None where the folder has no such split; `unused` names split folders that are not read;
    `junk` counts files that an operating system left behind.
    """

    train: Paths
    validation: Paths | None
    skipped: tuple[Skipped, ...]
    unused: tuple[str, ...]
    junk: int


def relative_name(path: Path, root: Path) -> str:
    """Return a path below a root, with slashes and without control characters, fit to be shown."""
    return "/".join(shown_name(part) for part in path.relative_to(root).parts)


def find_layout(root: Path) -> Layout:
    """Find train and validation folders with one sub-folder a class, or one folder a class, below a root.

    The root may be wrapped in single folders, as in a zip file made from a folder. Raises `LayoutError` for
    anything else, OSError for a folder that cannot be read.
    """
    walk = _Walk(root)
    place = walk.unwrap()
    folders = {folder.name.lower(): folder for folder in walk.folders(place)}
    train = folders.get(TRAIN_NAME)
    splits = [folders[name] for name in VALIDATION_NAMES if name in folders]
    if train is None and splits:
        raise LayoutError(f"Found a folder named {shown_name(splits[0].name)} but none named {TRAIN_NAME}; {EXPECTED}.")
    if train is None:
        return walk.layout(_flat_classes(walk, place), None, ())
    walk.leave_out(place)
    for name, folder in folders.items():
        if name not in (TRAIN_NAME, *VALIDATION_NAMES):
            walk.skipped.append(Skipped(relative_name(folder, root), "This folder is no split, so it is not read."))
    validation = _classes(walk, splits[0]) if splits else None
    return walk.layout(_classes(walk, train), validation, tuple(shown_name(folder.name) for folder in splits[1:]))


Files = Mapping[str, Mapping[str, tuple[PictureFile, ...]]]


@dataclass(frozen=True)
class Survey:
    """Hold the readable files of each class in each split, and what was left out.

    `divided` tells that there was no validation folder; `unused` and `junk` are those of the layout.
    """

    files: Files
    skipped: tuple[Skipped, ...]
    divided: bool
    unused: tuple[str, ...]
    junk: int

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
    root: Path, max_pixels: int, limit: int | None = None, seed: int = 0, left_out: Sequence[Skipped] = ()
) -> Survey:
    """Read the pictures of a data set's folder, at most `limit` of each class in each split, chosen by the seed.

    A folder without validation pictures is split 80/20, class by class. `left_out` is what unpacking an archive
    left out. Raises `LayoutError` if the folder cannot be read as a data set.
    """
    root = root.absolute()
    if not root.is_dir():
        name = shown_name(str(root))
        raise LayoutError(f"Expected a folder of pictures, but {name} is none; check the path, or unpack a zip first.")
    try:
        layout = find_layout(root)
    except OSError as error:
        raise LayoutError(f"A folder cannot be read ({error.strerror}); check its permissions.") from error
    paths = {"train": layout.train, "validation": layout.validation or {}}
    if layout.validation is None:
        paths = _split(layout.train, seed)
    skipped = [*layout.skipped, *(skip for skip in left_out if skip.reason != JUNK)]
    junk = layout.junk + sum(skip.reason == JUNK for skip in left_out)
    files: dict[str, dict[str, tuple[PictureFile, ...]]] = {}
    with reading_pool() as pool:
        for number, (split, classes) in enumerate(paths.items()):
            rng = np.random.default_rng([seed, number])
            files[split] = {}
            for name in sorted(classes):
                read = _read_class(classes[name], root, max_pixels, limit, rng, pool)
                files[split][name] = tuple(r for r in read if isinstance(r, PictureFile))
                skipped += [r for r in read if isinstance(r, Skipped)]
    return Survey(files, tuple(skipped), layout.validation is None, layout.unused, junk)


def reading_pool() -> ThreadPoolExecutor:
    """Return threads to decode pictures with: Pillow lets go of Python's lock while it decodes."""
    return ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1))


def _split(classes: Paths, seed: int) -> dict[str, Paths]:
    rng = np.random.default_rng(seed)
    train, validation = {}, {}
    for name in sorted(classes):
        paths = classes[name]
        held_out = set(rng.permutation(len(paths))[: max(1, round(VALIDATION_SHARE * len(paths)))].tolist())
        train[name] = tuple(path for i, path in enumerate(paths) if i not in held_out)
        validation[name] = tuple(path for i, path in enumerate(paths) if i in held_out)
    return {"train": train, "validation": validation}


def _read_class(
    paths: tuple[Path, ...],
    root: Path,
    max_pixels: int,
    limit: int | None,
    rng: np.random.Generator,
    pool: ThreadPoolExecutor,
) -> list[PictureFile | Skipped]:
    """Read files until there are enough readable ones, and return them in the order of the paths."""
    waiting = [int(i) for i in rng.permutation(len(paths))]
    wanted = len(paths) if limit is None else limit
    read: dict[int, PictureFile | Skipped] = {}
    while waiting and (missing := wanted - sum(isinstance(r, PictureFile) for r in read.values())) > 0:
        batch, waiting = waiting[:missing], waiting[missing:]
        read.update(zip(batch, pool.map(lambda i: _read(paths[i], root, max_pixels), batch), strict=True))
    return [read[i] for i in sorted(read)]


def _read(path: Path, root: Path, max_pixels: int) -> PictureFile | Skipped:
    name = relative_name(path, root)
    try:
        if not path.is_file():
            return Skipped(name, "It is no ordinary file.")
        if path.stat().st_size > MOST_FILE_BYTES:
            return Skipped(name, f"It is larger than {MOST_FILE_BYTES:,} bytes; make the picture smaller.")
        return PictureFile(path, name, decode(path.read_bytes(), path.name, max_pixels).sha256)
    except PictureError as error:
        return Skipped(name, str(error))
    except OSError as error:
        return Skipped(name, f"It cannot be read ({error.strerror}).")


@dataclass
class _Walk:
    """Walk one data set's folders, counting junk and noting the files that belong to no class."""

    root: Path
    skipped: list[Skipped] = field(default_factory=list)
    junk: int = 0
    seen: int = 0

    def folders(self, place: Path) -> list[Path]:
        return sorted(p for p in place.iterdir() if p.is_dir() and not is_junk(p.name))

    def files(self, place: Path) -> list[Path]:
        return sorted(p for p in place.iterdir() if p.is_file() and not is_junk(p.name))

    def unwrap(self) -> Path:
        """Descend through folders that hold one folder only, unless that one is a split or the only class."""
        place = self.root
        for _ in range(_DEEPEST_WRAPPING):
            inside = self.folders(place)
            if len(inside) != 1 or inside[0].name.lower() in (TRAIN_NAME, *VALIDATION_NAMES):
                break
            if not self.folders(inside[0]):
                break
            place = inside[0]
        return place

    def leave_out(self, place: Path) -> None:
        for path in self.files(place):
            reason = "It lies outside the class folders, so it has no class."
            self.skipped.append(Skipped(relative_name(path, self.root), reason))

    def pictures(self, folder: Path) -> tuple[Path, ...]:
        """List the files at any depth below a class folder, in Keras' order."""
        found = []
        for place, inside, names in os.walk(folder):
            inside[:] = sorted(name for name in inside if not is_junk(name))
            for name in sorted(names):
                self._count()
                if not is_junk(name):
                    found.append(Path(place) / name)
        return tuple(found)

    def count_junk(self) -> int:
        """Count the junk files anywhere below the root, those in junk folders included."""
        total = 0
        for place, _, names in os.walk(self.root):
            inside_junk = any(is_junk(part) for part in Path(place).relative_to(self.root).parts)
            total += sum(inside_junk or is_junk(name) for name in names)
        return total

    def layout(self, train: Paths, validation: Paths | None, unused: tuple[str, ...]) -> Layout:
        return Layout(train, validation, tuple(self.skipped), unused, self.count_junk())

    def _count(self) -> None:
        self.seen += 1
        if self.seen > MOST_FILES:
            raise LayoutError(
                f"Found more than {MOST_FILES:,} files in {shown_name(self.root.name)}; choose the data set's own "
                "folder, or a smaller one."
            )


def _classes(walk: _Walk, split: Path) -> Paths:
    folders = walk.folders(split)
    if not folders:
        count = len(walk.files(split))
        raise LayoutError(
            f"Found {counted(count, 'file')} directly in {relative_name(split, walk.root)} and no class folders; "
            f"{EXPECTED}."
        )
    walk.leave_out(split)
    return {folder.name: walk.pictures(folder) for folder in folders}


def _flat_classes(walk: _Walk, place: Path) -> Paths:
    folders = walk.folders(place)
    where = shown_name(place.name)
    if not folders:
        count = len(walk.files(place))
        raise LayoutError(f"Found {counted(count, 'file')} directly in {where} and no folders; {EXPECTED}.")
    nested = [folder for folder in folders if walk.folders(folder) and not walk.files(folder)]
    if nested:
        names = listed([shown_name(folder.name) for folder in folders])
        raise LayoutError(f"Found the folders {names} in {where}, which hold further folders; {EXPECTED}.")
    walk.leave_out(place)
    return {folder.name: walk.pictures(folder) for folder in folders}


def counted(count: int, noun: str) -> str:
    """Write a count with its noun: "1 file", "2,000 files"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Join names for a sentence, the first few of them: "a, b and 3 more"."""
    shown = [*names[:most], f"{len(names) - most} more"] if len(names) > most else list(names)
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
