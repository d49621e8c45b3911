"""Load data sets of labelled pictures: a folder in the post's layout, or the bundled silhouettes."""

import hashlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cnnlab.core.data.archives.zip_archives import Skipped as Skipped
from cnnlab.core.data.bundled import sets
from cnnlab.core.data.checking import Report
from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.data.splits import ArraySplit, FileSplit
from cnnlab.core.data.splits import DataSetError as DataSetError
from cnnlab.core.data.splits import Split as Split
from cnnlab.core.data.survey.cache import recall, remember, state_of
from cnnlab.core.data.survey.layouts import LayoutError, listed
from cnnlab.core.data.survey.near_copies import NearCopy, near_copies, thumbnail
from cnnlab.core.data.survey.reading import (
    OnProgress,
    PictureFile,
    Read,
    Reading,
    Survey,
    Tallies,
    survey,
    with_left_out,
)
from cnnlab.core.data.survey.tally import Tally
from cnnlab.core.data.survey.tally import tally as tallied
from cnnlab.core.pictures import shown_name

SPLITS: tuple[sets.SplitName, sets.SplitName] = ("train", "validation")


@dataclass(frozen=True, eq=False)
class DataSet:
    """Hold the two splits of a checked data set; `fingerprint` changes with its classes and its files' contents.

    `tallies` describe the pixels of each split and class where they were asked for, and `alike` are then the pictures
    that look almost the same. `sorted_classes` are the classes
    in Keras' own order; `classes` may be in another.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    report: Report
    fingerprint: str
    tallies: Tallies = field(default_factory=dict)
    alike: tuple[NearCopy, ...] = ()

    @property
    def sorted_classes(self) -> tuple[str, ...]:
        """Return the classes in the order that Keras takes without being told another."""
        return self.report.classes


def load(
    reference: str | Path,
    max_pixels: int,
    limit_per_class: int | None = None,
    seed: int = 0,
    *,
    tally: bool = False,
    cache: Path | None = None,
    on_progress: OnProgress = lambda done, total: None,
    left_out: Sequence[Skipped] = (),
    reading: Reading | None = None,
) -> DataSet:
    """Load a bundled set by its name or a folder, at most `limit_per_class` pictures of each class in each split.

    The choice, and the split where the folder has none, are the same for the same seed. `tally` adds the mean
    pictures and histograms. What was read once is remembered in the folder `cache` for as long as no file changes.
    `on_progress` receives the files read and the files there are; what it raises ends the loading. `left_out` is what
    unpacking an archive left out; `reading` reads the files, by default in threads of this process. Raises
    `DataSetError` for whatever `check` refuses.
    """
    if limit_per_class is not None and limit_per_class < 1:
        raise DataSetError(f"The limit per class must be at least 1, not {limit_per_class}; choose a larger number.")
    if isinstance(reference, str) and reference in sets.SETS:
        return _load_bundled(sets.SETS[reference], limit_per_class, seed, tally)
    root = Path(reference)
    found = _survey(root, max_pixels, limit_per_class, seed, tally, cache, on_progress, reading)
    report = Report.of(with_left_out(found, left_out))
    if report.refused:
        raise DataSetError(report.refused)
    return DataSet(
        name=shown_name(root.resolve().name),
        classes=report.classes,
        train=_file_split(found.files["train"], max_pixels),
        validation=_file_split(found.files["validation"], max_pixels),
        report=report,
        fingerprint=found.fingerprint(),
        tallies={(split, shown_name(name)): made for (split, name), made in found.tallies.items()},
        alike=found.alike,
    )


class NotRead(DataSetError):
    """Say that a picture is not known yet, to whoever may not read it."""


def read_nothing(paths: Sequence[Path], root: Path, max_pixels: int, tally: bool) -> Generator[Read]:
    """Be a `Reading` that reads no file: what is not remembered raises `NotRead`."""
    yield from ()
    raise NotRead(f"{root.name} could not be remembered; free some space on the server's disk and choose it again.")


def _survey(
    root: Path,
    max_pixels: int,
    limit: int | None,
    seed: int,
    tally: bool,
    cache: Path | None,
    on_progress: OnProgress,
    reading: Reading | None,
) -> Survey:
    """Survey a folder with the help of what is remembered of it, and remember what a whole survey finds."""
    whole = tally and limit is None and seed == 0
    state = "" if cache is None else state_of(root, max_pixels)[0]
    known = None if cache is None else recall(cache, state)
    # Tallies of other choices than the usual one are not remembered: they need the pixels again.
    files = None if known is None or (tally and not whole) else known.files
    try:
        found = survey(
            root,
            max_pixels,
            limit,
            seed,
            tally=tally and files is None,
            known=files,
            on_progress=on_progress,
            reading=reading,
        )
    except LayoutError as error:
        raise DataSetError(str(error), error.tree) from error
    if known is not None and whole:
        return replace(found, tallies=known.tallies, alike=known.alike)
    if cache is not None and whole:
        remember(cache, state, found)
    return found


def in_order(name: str, classes: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return another order of the classes of the set with this name; raise `DataSetError` if these are others."""
    if sorted(wanted) != sorted(classes):
        raise DataSetError(
            f"The classes of {name} are {listed(classes)}, not {listed(wanted) or 'none'}; choose an order of these."
        )
    return tuple(wanted)


def with_classes(data: DataSet, classes: Sequence[str]) -> DataSet:
    """Return the data set with its labels counted in another order of the same classes, as Keras' `classes` does.

    Raises `DataSetError` if these are other classes.
    """
    chosen = in_order(data.name, data.classes, classes)
    if chosen == data.classes:
        return data
    index = np.array([chosen.index(name) for name in data.classes], np.int64)
    train, validation = (split.relabelled(index) for split in (data.train, data.validation))
    fingerprint = hashlib.sha256(f"{data.fingerprint} {chosen}".encode()).hexdigest()
    return replace(data, classes=chosen, train=train, validation=validation, fingerprint=fingerprint)


def _file_split(classes: Mapping[str, tuple[PictureFile, ...]], max_pixels: int) -> FileSplit:
    files = [file for name in sorted(classes) for file in classes[name]]
    counts = [len(classes[name]) for name in sorted(classes)]
    labels = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    sizes = np.array([(file.width, file.height) for file in files], np.int64).reshape(-1, 2)
    return FileSplit(labels, tuple(f.name for f in files), tuple(f.path for f in files), sizes, max_pixels)


def _load_bundled(bundle: sets.Bundled, limit: int | None, seed: int, tally: bool) -> DataSet:
    train, validation = (_bundled_split(bundle, split, limit, seed) for split in SPLITS)
    counts: dict[str, dict[str, int]] = {
        name: dict(zip(bundle.classes, np.bincount(split.labels).tolist(), strict=True))
        for name, split in zip(SPLITS, (train, validation), strict=True)
    }
    about = Finding("bundled", bundle.about, "Nothing to do: these pictures are known and whole.")
    report = Report(bundle.classes, counts, details=(about,))
    fingerprint = bundle.fingerprint()
    if limit is not None:
        fingerprint = hashlib.sha256(f"{fingerprint} {train.names} {validation.names}".encode()).hexdigest()
    tallies: dict[tuple[str, str], Tally] = {
        (split, name): tallied(kept.images[kept.labels == label])
        for split, kept in zip(SPLITS, (train, validation), strict=True)
        for label, name in enumerate(bundle.classes)
        if tally
    }
    alike: tuple[NearCopy, ...] = ()
    if tally:
        names = train.names + validation.names
        # Drawn or chosen one by one, none is an exact copy of another.
        alike = near_copies(names, names, [thumbnail(image) for s in (train, validation) for image in s.images])
    return DataSet(bundle.name, bundle.classes, train, validation, report, fingerprint, tallies, alike)


def _bundled_split(bundle: sets.Bundled, split: sets.SplitName, limit: int | None, seed: int) -> ArraySplit:
    images, labels = bundle.load(split)
    rng = np.random.default_rng([seed, split == "validation"])
    each = [rng.permutation(np.flatnonzero(labels == i))[:limit] for i in range(len(bundle.classes))]
    chosen = np.sort(np.concatenate(each))
    names = tuple(f"{split}/{bundle.classes[labels[i]]}/{i}" for i in chosen)
    if len(chosen) == len(labels):
        return ArraySplit(labels, names, images)  # what is kept for everybody is not copied
    return ArraySplit(labels[chosen], names, images[chosen])


def describe_class_order(classes: Sequence[str], *, chosen: bool = False, as_keras: bool = True) -> str:
    """Say which class has which index and what the output means, and why; Keras may find more classes."""
    numbered = listed([f"class {i} is {name}" for i, name in enumerate(classes)], most=len(classes))
    output = "output i is P(class i)"
    if len(classes) == 2:
        output = f"the output is P({classes[1]})" if not chosen else f"the output is P(class 1) = P({classes[1]})"
    why = "Keras sorts the folder names" if as_keras else "these folder names are sorted (Keras finds more of them)"
    why = "you chose this order" if chosen else why
    return f"{numbered[0].upper()}{numbered[1:]}, because {why}; {output}."
