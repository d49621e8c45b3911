"""Check and load data sets of labelled pictures: a folder in the post's layout, or the bundled silhouettes."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from cnnlab.core import layouts, silhouettes
from cnnlab.core.archives import ArchiveError, unpack_zip
from cnnlab.core.archives import Skipped as Skipped
from cnnlab.core.layouts import Files, LayoutError, Survey, counted, listed
from cnnlab.core.pictures import PictureError, Pixels, decode, prepare, shown_name
from cnnlab.core.settings import Settings

Labels = npt.NDArray[np.int64]

SILHOUETTES = "silhouettes"
MOST_IMBALANCE = 3


class DataSetError(ValueError):
    """Say in one sentence why a data set cannot be used, and what to do."""


@dataclass(frozen=True)
class Report:
    """Hold what a check found: readable pictures of each class in each split, files left out, and sentences.

    `refused` is one sentence if nothing can be trained on the data set, else None.
    """

    classes: tuple[str, ...] = ()
    splits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    findings: tuple[str, ...] = ()
    refused: str | None = None

    @classmethod
    def of(cls, found: Survey) -> "Report":
        """Count what a survey found."""
        counts = {s: {shown_name(c): len(read) for c, read in split.items()} for s, split in found.files.items()}
        findings = (*_layout_findings(found), *_content_findings(found.files))
        classes = tuple(shown_name(name) for name in found.classes)
        return cls(classes, counts, found.skipped, findings, _refusal(found.files))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        return {
            "classes": list(self.classes),
            "splits": {split: dict(counts) for split, counts in self.splits.items()},
            "skipped": [{"file": skip.file, "reason": skip.reason} for skip in self.skipped],
            "findings": list(self.findings),
            "refused": self.refused,
        }


class Split(Protocol):
    """Give the pictures of one split and their labels, whatever they are kept in."""

    @property
    def labels(self) -> Labels:
        """Return the class index of each picture, int64 (n,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return a name to show for each picture."""

    def __len__(self) -> int: ...

    def arrays(self, height: int, width: int, channels: int) -> Pixels:
        """Return all pictures resized as Keras does, uint8 (n, height, width, channels)."""

    def image(self, i: int) -> Pixels:
        """Return picture i at its own size, uint8 (height, width, 3)."""


@dataclass(frozen=True, eq=False)
class FileSplit:
    """Keep pictures as files on disk, decoded each time they are asked for."""

    labels: Labels
    names: tuple[str, ...]
    paths: tuple[Path, ...]
    max_pixels: int

    def __len__(self) -> int:
        return len(self.paths)

    def arrays(self, height: int, width: int, channels: int) -> Pixels:
        """Decode and resize all pictures on all cores; raise `DataSetError` if one has gone since the check."""
        out = np.empty((len(self), height, width, channels), np.uint8)

        def fill(i: int) -> None:
            out[i] = prepare(self.image(i), height, width, channels)

        with layouts.reading_pool() as pool:
            for _ in pool.map(fill, range(len(self))):
                pass
        return out

    def image(self, i: int) -> Pixels:
        """Decode picture i, uint8 (height, width, 3); raise `DataSetError` if it has gone since the check."""
        try:
            return decode(self.paths[i].read_bytes(), self.names[i], self.max_pixels).pixels
        except (OSError, PictureError) as error:
            raise DataSetError(
                f"{self.names[i]} could be read when the data set was checked but not any more; check it again."
            ) from error


@dataclass(frozen=True, eq=False)
class ArraySplit:
    """Keep pictures in memory, uint8 (n, height, width, 3)."""

    labels: Labels
    names: tuple[str, ...]
    images: Pixels

    def __len__(self) -> int:
        return len(self.images)

    def arrays(self, height: int, width: int, channels: int) -> Pixels:
        """Return all pictures resized as Keras does, uint8 (n, height, width, channels)."""
        if self.images.shape[1:] == (height, width, channels):
            return self.images
        return np.stack([prepare(image, height, width, channels) for image in self.images])

    def image(self, i: int) -> Pixels:
        """Return picture i as it is, uint8 (height, width, 3)."""
        return np.asarray(self.images[i])


@dataclass(frozen=True, eq=False)
class DataSet:
    """Hold the two splits of a checked data set; `fingerprint` changes with its classes and its files' contents."""

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    report: Report
    fingerprint: str


def check(path: Path | str, max_pixels: int = Settings.max_pixels) -> Report:
    """Read every picture of a folder or zip file and report what a training would get; bad data never raises."""
    path = Path(path)
    try:
        if not path.is_file():
            return Report.of(layouts.survey(path, max_pixels))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / (shown_name(path.stem).lstrip(".") or "zip")
            left_out = unpack_zip(path, target)
            return Report.of(layouts.survey(target, max_pixels, left_out=left_out))
    except (ArchiveError, LayoutError) as error:
        return Report(refused=str(error))


def load(reference: str | Path, max_pixels: int, limit_per_class: int | None = None, seed: int = 0) -> DataSet:
    """Load the bundled "silhouettes" or a folder, at most `limit_per_class` pictures of each class in each split.

    The choice, and the split where the folder has none, are the same for the same seed. Raises `DataSetError` for
    whatever `check` refuses.
    """
    if limit_per_class is not None and limit_per_class < 1:
        raise DataSetError(f"The limit per class must be at least 1, not {limit_per_class}; choose a larger number.")
    if reference == SILHOUETTES:
        return _load_silhouettes(limit_per_class, seed)
    root = Path(reference)
    try:
        found = layouts.survey(root, max_pixels, limit_per_class, seed)
    except LayoutError as error:
        raise DataSetError(str(error)) from error
    report = Report.of(found)
    if report.refused:
        raise DataSetError(report.refused)
    return DataSet(
        name=shown_name(root.resolve().name),
        classes=report.classes,
        train=_file_split(found.files["train"], max_pixels),
        validation=_file_split(found.files["validation"], max_pixels),
        report=report,
        fingerprint=found.fingerprint(),
    )


def _layout_findings(found: Survey) -> list[str]:
    findings = []
    if found.divided:
        findings.append(
            f"There is no validation folder, so {layouts.VALIDATION_SHARE:.0%} of the pictures of each class were set "
            "aside for validation."
        )
    if found.unused:
        findings.append(f"Not read, because validation pictures were found elsewhere: {listed(found.unused)}.")
    if found.junk:
        findings.append(f"Ignored: {counted(found.junk, 'file')} that an operating system left, such as .DS_Store.")
    return findings


def _content_findings(files: Files) -> list[str]:
    findings = []
    train, validation = files["train"], files["validation"]
    if len(train) == 1:
        findings.append(
            f"One folder is one class: here every label is 0 ({shown_name(*train)}), so a network that always answers "
            "0 reaches an accuracy of 1.0 and knows nothing."
        )
    if train.keys() != validation.keys():
        only = [f"{shown_name(name)} in train" for name in sorted(train.keys() - validation.keys())]
        only += [f"{shown_name(name)} in validation" for name in sorted(validation.keys() - train.keys())]
        findings.append(f"Some class folders stand in one split only: {listed(only)}.")
    for split, classes in files.items():
        empty = [shown_name(name) for name, read in classes.items() if not read]
        if empty:
            findings.append(f"No readable picture was found in {split} for {listed(empty)}.")
    findings += _unevenness({name: len(read) for name, read in train.items() if read})
    hashes = [{file.sha256 for read in classes.values() for file in read} for classes in (train, validation)]
    if both := len(hashes[0] & hashes[1]):
        findings.append(
            f"{counted(both, 'picture')} found in train and in validation alike, so validation will look too good."
        )
    return findings


def _unevenness(counts: Mapping[str, int]) -> list[str]:
    ranked = sorted((count, shown_name(name)) for name, count in counts.items())
    if len(ranked) < 2 or ranked[-1][0] <= MOST_IMBALANCE * ranked[0][0]:
        return []
    (few, least), (many, most) = ranked[0], ranked[-1]
    sizes = f"{many:,} × {most} and {few:,} × {least} in train"
    share = f"{many / sum(counts.values()):.0%}"
    return [f"The classes are uneven: {sizes}, so always answering {most} is already right for {share} of them."]


def _refusal(files: Files) -> str | None:
    train, validation = files["train"], files["validation"]
    if len(train) < 2:
        return (
            f"Found one class folder only, {shown_name(*train)}, so there is nothing to learn; put the pictures of "
            "each class into a folder of its own, such as train/cats and train/dogs."
        )
    if train.keys() != validation.keys():
        return (
            f"The class folders differ: train has {listed([shown_name(n) for n in sorted(train)])}, validation has "
            f"{listed([shown_name(n) for n in sorted(validation)])}; give both the same folders."
        )
    for split, classes in files.items():
        for name, read in classes.items():
            if not read:
                return (
                    f"Class {shown_name(name)} has no readable picture in {split}; add pictures to its folder or "
                    "remove the class from both splits."
                )
    return None


def _file_split(classes: Mapping[str, tuple[layouts.PictureFile, ...]], max_pixels: int) -> FileSplit:
    files = [file for name in sorted(classes) for file in classes[name]]
    counts = [len(classes[name]) for name in sorted(classes)]
    labels = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    return FileSplit(labels, tuple(f.name for f in files), tuple(f.path for f in files), max_pixels)


def _load_silhouettes(limit_per_class: int | None, seed: int) -> DataSet:
    train = _silhouette_split("train", limit_per_class, seed)
    validation = _silhouette_split("validation", limit_per_class, seed)
    counts = {
        name: dict(zip(silhouettes.CLASSES, np.bincount(split.labels).tolist(), strict=True))
        for name, split in (("train", train), ("validation", validation))
    }
    finding = "These are painted silhouettes, so a network trained on them knows nothing about photographs."
    report = Report(silhouettes.CLASSES, counts, findings=(finding,))
    fingerprint = silhouettes.fingerprint()
    if limit_per_class is not None:
        fingerprint = hashlib.sha256(f"{fingerprint} {train.names} {validation.names}".encode()).hexdigest()
    return DataSet(SILHOUETTES, silhouettes.CLASSES, train, validation, report, fingerprint)


def _silhouette_split(split: Literal["train", "validation"], limit: int | None, seed: int) -> ArraySplit:
    images, labels = silhouettes.load(split)
    rng = np.random.default_rng([seed, split == "validation"])
    each = [rng.permutation(np.flatnonzero(labels == i))[:limit] for i in range(len(silhouettes.CLASSES))]
    chosen = np.sort(np.concatenate(each))
    names = tuple(f"{split}/{silhouettes.CLASSES[labels[i]]}/{i}" for i in chosen)
    return ArraySplit(labels[chosen], names, images[chosen])


def describe_class_order(classes: Sequence[str]) -> str:
    """Say which class has which index and what the output means, and why."""
    numbered = listed([f"class {i} is {name}" for i, name in enumerate(classes)], most=len(classes))
    output = f"the output is P({classes[1]})" if len(classes) == 2 else "output i is P(class i)"
    return f"{numbered[0].upper()}{numbered[1:]}, because Keras sorts the folder names; {output}."
