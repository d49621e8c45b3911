"""Read a folder tree that somebody typed, and answer what Keras' two directory readers would say about it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cnnlab.core.data.doctor.keras_sees import DATASET_ENDINGS, GENERATOR_ENDINGS
from cnnlab.core.words import Refusal

MOST_CHARACTERS = 20_000  # of a typed tree
MOST_LINES = 500
MOST_DEPTH = 20  # folders inside one another: work and memory grow with the square of it
MOST_FILES = 100_000
MOST_NAMED = 4_000_000  # characters of all names that ranges stand for
_DRAWN = re.compile(r"^[\s│├└─|`+\-\\]*")
_RANGE = re.compile(r"\{(\d{1,6})\.\.(\d{1,6})\}")

Path = tuple[str, ...]


class TreeError(Refusal):
    """Say in one sentence why a typed tree cannot be read, and what to do."""


@dataclass(frozen=True)
class Tree:
    """Hold folders and files as paths of names, sorted; the root itself is not among them."""

    folders: tuple[Path, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Answer:
    """Hold what Keras prints for one folder, the classes with their numbers, and the error it raises, if any."""

    printed: str
    classes: tuple[str, ...]
    count: int
    error: str | None = None

    @property
    def class_indices(self) -> dict[str, int]:
        """Return the number of each class."""
        return {name: i for i, name in enumerate(self.classes)}


def parse_tree(text: str) -> Tree:
    """Read a tree: one folder or file a line, nested by indentation or drawn as `tree` draws it, or as whole paths.

    A name that ends in a slash, has something inside or has no dot is a folder; {0..9} stands for ten numbers. Raises
    `TreeError`.
    """
    if len(text) > MOST_CHARACTERS:
        raise TreeError(f"The tree has {len(text):,} characters and at most {MOST_CHARACTERS:,} are read; shorten it.")
    lines = [line for line in text.splitlines() if _DRAWN.sub("", line).strip()]
    if len(lines) > MOST_LINES:
        raise TreeError(
            f"The tree has {len(lines):,} lines and at most {MOST_LINES} are read; use {{0..9}} for many files."
        )
    folders: set[Path] = set()
    files: set[Path] = set()
    named = 0
    for path, is_folder in _entries(lines):
        for depth in range(1, len(path)):
            folders.add(path[:depth])
        if is_folder:
            folders.add(path)
            continue
        names = _expanded(path[-1], MOST_FILES - len(files), MOST_NAMED - named)
        named += len(path[-1]) * len(names)
        files.update((*path[:-1], name) for name in names)
    if both := folders & files:
        raise TreeError(f"{'/'.join(min(both))} is a folder and a file at once; rename one of the two.")
    return Tree(tuple(sorted(folders)), tuple(sorted(files)))


def _entries(lines: list[str]) -> Iterator[tuple[Path, bool]]:
    """Yield every line as a path and whether it is a folder."""
    above: list[tuple[int, Path]] = []
    indents = [len(_DRAWN.match(line)[0].expandtabs(4)) for line in lines]  # type: ignore[index]
    for i, line in enumerate(lines):
        text = _DRAWN.sub("", line).strip()
        while above and above[-1][0] >= indents[i]:
            above.pop()
        names = tuple(name for name in text.split("/") if name not in ("", "."))
        if ".." in names:
            raise TreeError(f"{text} leads out of the tree; write the folders from the top.")
        path = (above[-1][1] if above else ()) + names
        if len(path) > MOST_DEPTH:
            raise TreeError(f"The tree is more than {MOST_DEPTH} folders deep; write fewer inside one another.")
        holds_more = i + 1 < len(lines) and indents[i + 1] > indents[i]
        if path:
            yield path, text.endswith("/") or holds_more or "." not in names[-1].lstrip(".")
        above.append((indents[i], path))


def _expanded(name: str, room: int, characters: int) -> list[str]:
    """Return the names that one with a range such as {0..9} stands for: so many, of so many characters in all."""
    found = _RANGE.search(name)
    first, last = sorted((int(found[1]), int(found[2]))) if found else (0, 0)
    count = last - first + 1
    if count > room or count * len(name) > characters:
        smaller = f"a smaller range than {found[0]}" if found else "smaller ranges"
        raise TreeError(f"The tree would hold more than {MOST_FILES:,} files, or too long names; use {smaller}.")
    if found is None:
        return [name]
    return [f"{name[: found.start()]}{n}{name[found.end() :]}" for n in range(first, last + 1)]


def flow_from_directory(tree: Tree, directory: Path) -> Answer:
    """Answer as `flow_from_directory` of Keras 3.15.1: every sub-folder is a class, hidden or not."""
    classes = _inside(tree, directory)
    count = _count(tree, directory, classes, GENERATOR_ENDINGS)
    return Answer(f"Found {count} images belonging to {len(classes)} classes.", classes, count)


def image_dataset_from_directory(tree: Tree, directory: Path) -> Answer:
    """Answer as `keras.utils.image_dataset_from_directory` of Keras 3.15.1: hidden sub-folders are no classes."""
    classes = tuple(name for name in _inside(tree, directory) if not name.startswith("."))
    count = _count(tree, directory, classes, DATASET_ENDINGS)
    error = None
    if not count:
        error = f"No images found in directory {'/'.join(directory)}. Allowed formats: {DATASET_ENDINGS}"
    return Answer(f"Found {count} files belonging to {len(classes)} classes.", classes, count, error)


def advice(tree: Tree, directory: Path, answer: Answer) -> str:
    """Say in one sentence what an answer means for a training."""
    if not answer.classes:
        direct = sum(path[:-1] == directory for path in tree.files)
        if direct:
            return "This folder holds files and no folders, so Keras sees no class; name the folder above it."
        return "There is nothing in this folder."
    if len(answer.classes) == 1:
        return (
            f"One folder is one class: every label is 0 ({answer.classes[0]}), and a network that always answers 0 "
            "has an accuracy of 1.0."
        )
    hidden = [name for name in answer.classes if name.startswith(".")]
    if hidden:
        return f"The hidden folder {hidden[0]} counts as a class here and shifts the numbers of the others."
    if not answer.count:
        return "The classes hold no pictures with an ending that Keras reads."
    if any(name.lower() in ("train", "validation", "test") for name in answer.classes):
        return "The splits are taken for classes here; name one of them instead."
    if len(answer.classes) == 2:
        return f"A sigmoid unit then answers P({answer.classes[1]}), because class 1 is {answer.classes[1]}."
    return f"{len(answer.classes)} classes need {len(answer.classes)} softmax units."


def _inside(tree: Tree, directory: Path) -> tuple[str, ...]:
    depth = len(directory)
    return tuple(path[depth] for path in tree.folders if len(path) == depth + 1 and path[:depth] == directory)


def _count(tree: Tree, directory: Path, classes: Iterable[str], endings: tuple[str, ...]) -> int:
    depth, wanted = len(directory), set(classes)
    below = (path for path in tree.files if len(path) > depth + 1 and path[:depth] == directory)
    return sum(path[depth] in wanted and path[-1].lower().endswith(endings) for path in below)
