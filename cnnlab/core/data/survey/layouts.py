"""Find classes and splits in a folder by the names of its sub-folders, as Keras does."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnnlab.core.data.archives.zip_archives import MANIFEST, Skipped, is_junk
from cnnlab.core.pictures import PICTURE_SUFFIXES, shown_name
from cnnlab.core.words import Refusal

TRAIN_NAMES = ("train", "training", "training_set", "train_set", "seg_train")
VALIDATION_NAMES = (
    *("validation", "val", "valid", "validation_set", "valid_set", "val_set"),
    *("test", "testing", "test_set", "seg_test"),
)
SPLIT_NAMES = (*TRAIN_NAMES, *VALIDATION_NAMES)
MOST_FILES = 50_000
OUTSIDE = "It lies outside the class folders, so it has no class."
NO_SPLIT = "This folder is no split, so it is not read."
UNNAMED = "Its name does not begin with a class and a number, as cat.1.jpg does, so it has no class."
_DEEPEST_WRAPPING = 3
_ENDINGS = tuple(suffix.removeprefix(".") for suffix in PICTURE_SUFFIXES)  # Keras does not ask for the dot
_NAMED = re.compile(r"([^\W\d]+)[._-]\d+\.[A-Za-z]+")

EXPECTED = (
    "expected train/<class> and validation/<class>, such as train/cats and train/dogs, or one folder for each class"
)


Paths = Mapping[str, tuple[Path, ...]]


class LayoutError(Refusal):
    """Say in one sentence what was found in a folder and which layout was expected; `tree` draws what was found."""

    def __init__(self, sentence: str, tree: str = "") -> None:
        super().__init__(sentence)
        self.tree = tree


@dataclass(frozen=True)
class Layout:
    """Hold the files of each class in each split; the classes are sorted by name, as Keras sorts them.

    `validation` is None where the folder has no such split; `unused` names split folders that are not read;
    `junk` counts files that an operating system left behind; `by_name` tells that the classes were read from the names
    of the files, as in cat.1.jpg. `places` are the folders of the splits that were read, relative to the root, and
    `hidden` the folders, with a slash at their end, and files that are left out as junk, though perhaps not by Keras.
    """

    train: Paths
    validation: Paths | None
    skipped: tuple[Skipped, ...]
    unused: tuple[str, ...]
    junk: int
    by_name: bool = False
    places: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


def hidden_parts(name: str) -> tuple[str, ...]:
    """Return the junk folder in a relative path, with a slash at its end, and the path if it ends like a picture's."""
    parts = name.split("/")
    first = next((i for i, part in enumerate(parts) if is_junk(part)), len(parts))
    folder = ("/".join(parts[: first + 1]) + "/",) if first < len(parts) - 1 else ()
    return (*folder, name) if name.lower().endswith(_ENDINGS) else folder


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
    train = next((folders[name] for name in TRAIN_NAMES if name in folders), None)
    splits = [folders[name] for name in VALIDATION_NAMES if name in folders]
    if train is None and splits:
        raise LayoutError(
            f"Found a folder named {shown_name(splits[0].name)} but none named {TRAIN_NAMES[0]}; {EXPECTED}."
        )
    if train is None:
        if not folders and (named := _named_classes(walk, place)):
            return walk.layout(named, None, (), by_name=True)
        return walk.layout(_flat_classes(walk, place), None, (), {"train": place})
    walk.leave_out(place)
    for name, folder in folders.items():
        if folder != train and name not in VALIDATION_NAMES:
            walk.skipped.append(Skipped(relative_name(folder, root), NO_SPLIT))
    unused = tuple(shown_name(folder.name) for folder in splits[1:])
    train, splits = walk.inner(train), [walk.inner(folder) for folder in splits]
    if not walk.folders(train) and (named := _named_classes(walk, train)):
        # Kaggle's test folder has numbers for names and no classes, so there is nothing to validate with.
        held_out = _named_classes(walk, splits[0]) if splits and not walk.folders(splits[0]) else None
        unread = unused if held_out or not splits else (shown_name(splits[0].name), *unused)
        return walk.layout(named, held_out or None, unread, by_name=True)
    validation = _classes(walk, splits[0]) if splits else None
    places = {"train": train, **({"validation": splits[0]} if splits else {})}
    return walk.layout(_classes(walk, train), validation, unused, places)


def tree(root: Path, deepest: int = 2, most: int = 8) -> str:
    """Draw the folders below a root with the number of their files, the first few of each and not too deep."""
    walk = _Walk(root)
    lines = [f"{shown_name(root.name)}/"]

    def descend(place: Path, depth: int) -> None:
        folders, files = walk.folders(place), walk.files(place)
        indent = "  " * (depth + 1)
        for folder in folders[:most]:
            lines.append(f"{indent}{shown_name(folder.name)}/")
            if depth < deepest:
                descend(folder, depth + 1)
        if len(folders) > most:
            lines.append(f"{indent}… and {counted(len(folders) - most, 'more folder')}")
        if files:
            shown = ", ".join(shown_name(file.name) for file in files[:2])
            lines.append(f"{indent}{counted(len(files), 'file')}: {shown}{', …' if len(files) > 2 else ''}")

    descend(root, 0)
    return "\n".join(lines)


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
            if len(inside) != 1 or inside[0].name.lower() in SPLIT_NAMES:
                break
            if not self.folders(inside[0]):
                break
            place = inside[0]
        return place

    def inner(self, split: Path) -> Path:
        """Return the folder in a split that has its name again or another split's, if there is nothing beside it."""
        inside = self.folders(split)
        again = len(inside) == 1 and inside[0].name.lower() in SPLIT_NAMES and self.folders(inside[0])
        return inside[0] if again and not self.files(split) else split

    def leave_out(self, place: Path) -> None:
        for path in self.files(place):
            if path.name != MANIFEST:
                self.skipped.append(Skipped(relative_name(path, self.root), OUTSIDE))

    def pictures(self, folder: Path) -> tuple[Path, ...]:
        """List the files at any depth below a class folder, in Keras' order."""
        found = []
        for place, inside, names in os.walk(folder):
            inside[:] = sorted(name for name in inside if not is_junk(name))
            for name in sorted(names):
                self.count()
                if not is_junk(name):
                    found.append(Path(place) / name)
        return tuple(found)

    def look_for_junk(self) -> tuple[int, tuple[str, ...]]:
        """Count the junk files anywhere below the root, those in junk folders included, and list what is hidden."""
        total, hidden = 0, set()
        for place, folders, names in os.walk(self.root):
            inside_junk = any(is_junk(part) for part in Path(place).relative_to(self.root).parts)
            hidden |= {f"{relative_name(Path(place) / name, self.root)}/" for name in folders if is_junk(name)}
            junk = [name for name in names if inside_junk or is_junk(name)]
            total += len(junk)
            for name in junk:
                if name.lower().endswith(_ENDINGS):
                    hidden.add(relative_name(Path(place) / name, self.root))
        return total, tuple(sorted(hidden))

    def layout(
        self,
        train: Paths,
        validation: Paths | None,
        unused: tuple[str, ...],
        places: Mapping[str, Path] | None = None,
        *,
        by_name: bool = False,
    ) -> Layout:
        junk, hidden = self.look_for_junk()
        named = {split: relative_name(place, self.root) for split, place in (places or {}).items()}
        return Layout(train, validation, tuple(self.skipped), unused, junk, by_name, named, hidden)

    def count(self) -> None:
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


def _named_classes(walk: _Walk, place: Path) -> Paths:
    """Return classes read from names such as cat.1.jpg; none if no file has such a name."""
    classes: dict[str, list[Path]] = {}
    others = []
    for path in walk.files(place):
        walk.count()
        named = _NAMED.fullmatch(path.name)
        if named is None:
            others.append(path)
        else:
            classes.setdefault(named[1].lower(), []).append(path)
    if classes:
        walk.skipped += [Skipped(relative_name(path, walk.root), UNNAMED) for path in others]
    return {name: tuple(paths) for name, paths in sorted(classes.items())}


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


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun: "1 file", "2,000 files"; `plural` is for nouns that take more than an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Join names for a sentence, the first few of them: "a, b and 3 more"."""
    shown = [*names[:most], f"{len(names) - most} more"] if len(names) > most else list(names)
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
