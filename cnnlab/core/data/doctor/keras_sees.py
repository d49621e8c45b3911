"""Say what Keras' own readers would see in the same folders and files, where that is something else.

Source: `DirectoryIterator` in keras/src/legacy/preprocessing/image.py and `index_directory` in
keras/src/utils/dataset_utils.py of Keras 3.15.1.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.data.survey.layouts import counted, listed
from cnnlab.core.data.survey.reading import PictureFile, Survey
from cnnlab.core.pictures import shown_name

GENERATOR_ENDINGS = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
DATASET_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
BEGINNING = "Keras would see something else here:"
CLASSES = "keras_classes"


@dataclass(frozen=True)
class Reader:
    """Name one of Keras' readers, the ends of the names that it reads, and whether hidden folders are classes to it."""

    name: str
    endings: tuple[str, ...]
    hidden: bool

    def lists(self, name: str) -> bool:
        """Tell whether it takes a file of this name for a picture."""
        return name.lower().endswith(self.endings)


GENERATOR = Reader("flow_from_directory", GENERATOR_ENDINGS, hidden=True)
DATASET = Reader("image_dataset_from_directory", DATASET_ENDINGS, hidden=False)
READERS = (GENERATOR, DATASET)


@dataclass(frozen=True)
class View:
    """Hold the classes that a reader finds in a folder, in its order, and the files of each that it takes."""

    classes: tuple[str, ...]
    files: frozenset[str]


def view(found: Survey, place: str, reader: Reader) -> View:
    """Return what a reader sees in one of the places of a survey; the names are relative to the set's folder."""
    inside = f"{place}/" if place else ""
    splits = [split for split, folder in found.places.items() if folder == place]
    ours = {shown_name(name) for split in splits for name in found.files[split]}
    folders = (name.removeprefix(inside)[:-1] for name in found.hidden if name.startswith(inside) and name[-1] == "/")
    junk = {name for name in folders if "/" not in name and (reader.hidden or not name.startswith("."))}
    classes = tuple(sorted(ours | junk))
    read = {file.name for split in found.files.values() for files in split.values() for file in files}
    every = read.union(found.hidden, (skip.file for skip in found.unread.values()))
    below = (name for name in every if name.startswith(inside) and "/" in name.removeprefix(inside))
    taken = {name for name in below if name.removeprefix(inside).split("/")[0] in classes and reader.lists(name)}
    return View(classes, frozenset(taken))


def keras_sees(found: Survey) -> Iterator[Finding]:
    """Yield one finding for each way in which Keras would see something else."""
    every = [file for split in found.files.values() for files in split.values() for file in files]
    views = [(place, reader, view(found, place, reader)) for place in found.places.values() for reader in READERS]
    yield from _classes(found, views)
    yield from _endings(every, views)
    yield from _more_files(every, views)
    yield from _pixels([file for file in every if any(reader.lists(file.name) for reader in READERS)])


Views = Sequence[tuple[str, Reader, View]]


def _classes(found: Survey, views: Views) -> Iterator[Finding]:
    said: dict[str, list[str]] = {}
    extra: set[str] = set()
    for place, reader, seen in views:
        more = [name for name in seen.classes if name not in map(shown_name, found.files["train"])]
        if not more:
            continue
        where = f" in {place}" if place else ""
        numbers = listed([f"{name} is {i}" for i, name in enumerate(seen.classes) if name not in more])
        what = f"{listed(more)}{where} {'is a class' if len(more) == 1 else 'are classes'} too, so that {numbers}"
        said.setdefault(what, []).append(reader.name)
        extra |= {f"{place}/{name}" if place else name for name in more}
    if said:
        parts = "; ".join(f"for {' and '.join(names)} {what}" for what, names in said.items())
        yield Finding(
            CLASSES,
            f"{BEGINNING} {parts}.",
            "They are left out here; delete them before you train with Keras.",
            len(extra),
            tuple(sorted(extra)),
        )


def _endings(every: Sequence[PictureFile], views: Views) -> Iterator[Finding]:
    parts, files = [], set()
    for reader in READERS:
        taken = {name for _, other, seen in views if other == reader for name in seen.files}
        missing = [file.name for file in every if file.name not in taken and not reader.lists(file.name)]
        if views and missing:
            ends = Counter(PurePosixPath(name).suffix.lower() or "no ending" for name in missing)
            parts.append(f"{reader.name} leaves out {counted(len(missing), 'picture')} ({listed(sorted(ends))})")
            files |= set(missing)
    if parts:
        yield Finding(
            "keras_endings",
            f"{BEGINNING} {', '.join(parts)}, because of the ends of their names.",
            "They are used here; save them as JPEG or PNG to train with Keras on the same pictures.",
            len(files),
            tuple(sorted(files)),
        )


def _more_files(every: Sequence[PictureFile], views: Views) -> Iterator[Finding]:
    ours = {file.name for file in every}
    more = {name for _, _, seen in views for name in seen.files - ours}
    if more:
        yield Finding(
            "keras_files",
            f"{BEGINNING} it takes {counted(len(more), 'more file')} for pictures by the ends of their names.",
            "They are left out here; Keras ends with an error at the first that it cannot read.",
            len(more),
            tuple(sorted(more)),
        )


def _pixels(every: Sequence[PictureFile]) -> Iterator[Finding]:
    for kind, files, said, action in (
        (
            "keras_turned",
            [file for file in every if file.handling.turned],
            "it does not turn {n} upright as the EXIF data of the file say",
            "They are turned here; save them upright.",
        ),
        (
            "keras_transparency",
            [file for file in every if file.handling.transparent and file.handling.keras != "error"],
            "it drops the transparency of {n} and shows the colours behind",
            "They are laid on white here.",
        ),
        (
            "keras_values",
            [file for file in every if file.handling.keras == "other"],
            "it takes the values of {n} of more than 8 bits as they are, and cuts them off at 255 or misreads them",
            "They are scaled to 0 to 255 here; save them as PNG of 8 bits.",
        ),
        (
            "keras_cannot",
            [file for file in every if file.handling.keras == "error"],
            "it ends with an error at {n}, which it cannot open",
            "They are read here; save them as JPEG or PNG.",
        ),
    ):
        if files:
            sentence = f"{BEGINNING} {said.format(n=counted(len(files), 'picture'))}."
            yield Finding(kind, sentence, action, len(files), tuple(file.name for file in files))
