"""Examine what a survey found before anything is trained on it: what is wrong, and what will be done about it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from cnnlab.core.data.archives.zip_archives import Skipped
from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.data.doctor.keras_sees import keras_sees
from cnnlab.core.data.doctor.odd_pictures import odd_pictures
from cnnlab.core.data.survey.layouts import NO_SPLIT, OUTSIDE, UNNAMED, counted, listed
from cnnlab.core.data.survey.near_copies import LEVELS, MOST_PAIRS, SIDE, NearCopy
from cnnlab.core.data.survey.reading import VALIDATION_SHARE, Files, Survey
from cnnlab.core.pictures import PICTURE_SUFFIXES, shown_name
from cnnlab.core.words.numbers import decimal

MOST_IMBALANCE = 3
_KNOWN = ("train", "validation", "val", "valid")
_STRAY = (OUTSIDE, NO_SPLIT, UNNAMED)


def examine(found: Survey) -> tuple[Finding, ...]:
    """Return every finding about a survey, those about the whole set first."""
    every = [file for split in found.files.values() for files in split.values() for file in files]
    return (
        *_classes(found.files),
        *_unevenness({name: len(read) for name, read in found.files["train"].items() if read}),
        *_copies(found.files),
        *_near_copies(found),
        *_left_out(found.skipped),
        *odd_pictures(every),
        *_layout(found),
        *keras_sees(found),
    )


def refusal(files: Files) -> str | None:
    """Return in one sentence why nothing can be trained on these files, or None."""
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


def _classes(files: Files) -> Iterator[Finding]:
    train, validation = files["train"], files["validation"]
    if len(train) == 1:
        yield Finding(
            "one_class",
            f"One folder is one class: here every label is 0 ({shown_name(*train)}), so a network that always answers "
            "0 reaches an accuracy of 1.0 and knows nothing.",
            "The set is refused, because there is nothing to learn.",
            sum(len(read) for read in train.values()),
            serious=True,
        )
    if train.keys() != validation.keys():
        only = [f"{shown_name(name)} in train" for name in sorted(train.keys() - validation.keys())]
        only += [f"{shown_name(name)} in validation" for name in sorted(validation.keys() - train.keys())]
        yield Finding(
            "different_classes",
            f"Some class folders stand in one split only: {listed(only)}.",
            "The set is refused, because the same label would mean another class in each split.",
            len(only),
            serious=True,
        )
    for split, classes in files.items():
        empty = [shown_name(name) for name, read in classes.items() if not read]
        if empty:
            yield Finding(
                "empty_class",
                f"No readable picture was found in {split} for {listed(empty)}.",
                "The set is refused until the class has pictures or its folder is gone.",
                len(empty),
                tuple(f"{split}/{name}" for name in empty),
                serious=True,
            )


def _unevenness(counts: Mapping[str, int]) -> Iterator[Finding]:
    ranked = sorted((count, shown_name(name)) for name, count in counts.items())
    if len(ranked) < 2 or ranked[-1][0] <= MOST_IMBALANCE * ranked[0][0]:
        return
    (few, least), (many, most) = ranked[0], ranked[-1]
    sizes = f"{many:,} × {most} and {few:,} × {least} in train"
    share = f"{many / sum(counts.values()):.0%}"
    yield Finding(
        "imbalance",
        f"The classes are uneven: {sizes}, so always answering {most} is already right for {share} of them.",
        "They are trained on as they are; judge the accuracy against that share.",
        many - few,
    )


def _copies(files: Files) -> Iterator[Finding]:
    """Yield what exact copies do: across the splits, across the classes, within one class of one split."""
    places: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for split, classes in files.items():
        for label, read in classes.items():
            for file in read:
                places[file.sha256].append((split, label, file.name))
    copied = [group for group in places.values() if len(group) > 1]
    leaked = [group for group in copied if len({split for split, _, _ in group}) > 1]
    if leaked:
        yield Finding(
            "leakage",
            f"{counted(len(leaked), 'picture')} found in train and in validation alike, so validation will look too "
            "good.",
            "They are used as they are; remove one of each pair.",
            len(leaked),
            _names(leaked),
            serious=True,
        )
    contradictory = [group for group in copied if len({label for _, label, _ in group}) > 1]
    if contradictory:
        yield Finding(
            "contradiction",
            f"{counted(len(contradictory), 'picture')} found in more than one class, so no answer can be right for "
            "both.",
            "They are used with both labels; remove the wrong one of each.",
            len(contradictory),
            _names(contradictory),
            serious=True,
        )
    same = [group for group in copied if len({(split, label) for split, label, _ in group}) < len(group)]
    if same:
        extra = sum(n - 1 for group in same for n in Counter((split, label) for split, label, _ in group).values())
        yield Finding(
            "duplicates",
            f"{counted(extra, 'exact copy', 'exact copies')} of a picture in the same class and split, which counts "
            "more than the others.",
            "All copies are used.",
            extra,
            _names(same),
        )


def _near_copies(found: Survey) -> Iterator[Finding]:
    """Yield what pictures that look almost the same do: across the splits, and within one."""
    if not found.alike:
        return
    split_of = {f.name: split for split, classes in found.files.items() for read in classes.values() for f in read}
    across = [pair for pair in found.alike if split_of[pair.first] != split_of[pair.second]]
    within = [pair for pair in found.alike if split_of[pair.first] == split_of[pair.second]]
    how = f"less than {LEVELS:g} of 255 grey levels apart at {SIDE} × {SIDE}"
    least = "at least " if len(found.alike) == MOST_PAIRS else ""
    if across:
        yield Finding(
            "near_leakage",
            f"{least}{counted(len(across), 'pair')} of a training and a validation picture "
            f"{'looks' if len(across) == 1 else 'look'} almost the same ({how}), so validation may look too good.",
            "They are used as they are; look at them side by side under near duplicates.",
            len(across),
            _pairs(across),
            serious=True,
        )
    if within:
        yield Finding(
            "near_duplicates",
            f"{least}{counted(len(within), 'pair')} of pictures in the same split "
            f"{'looks' if len(within) == 1 else 'look'} almost the same ({how}).",
            "All are used; look at them side by side under near duplicates.",
            len(within),
            _pairs(within),
        )


def _pairs(pairs: Sequence[NearCopy]) -> tuple[str, ...]:
    return tuple(f"{pair.first} ≈ {pair.second} ({decimal(pair.levels, 1)} levels)" for pair in pairs)


def _names(groups: list[list[tuple[str, str, str]]]) -> tuple[str, ...]:
    return tuple(" = ".join(name for _, _, name in group) for group in groups)


def _left_out(skipped: tuple[Skipped, ...]) -> Iterator[Finding]:
    stray = [skip for skip in skipped if skip.reason in _STRAY]
    inside = [skip for skip in skipped if skip.reason not in _STRAY]
    named = [s for s in inside if PurePosixPath(s.file).suffix.lower() in PICTURE_SUFFIXES]
    others = [s for s in inside if s not in named]
    for kind, group, noun, verb in (
        ("unreadable", named, "picture", "cannot be read"),
        ("not_pictures", others, "file", "is no picture by its name"),
        ("outside", stray, "file or folder", "belongs to no class"),
    ):
        if group:
            many = {"cannot be read": "cannot be read", "belongs to no class": "belong to no class"}
            said = verb if len(group) == 1 else many.get(verb, "are no pictures by their names")
            plural = "files or folders" if kind == "outside" else None
            yield Finding(
                kind,
                f"{counted(len(group), noun, plural)} {said}.",
                "Left out of the training; each is listed with its reason.",
                len(group),
                tuple(f"{skip.file}: {skip.reason}" for skip in group),
            )


def _layout(found: Survey) -> Iterator[Finding]:
    if found.by_name:
        yield Finding(
            "by_name",
            "There are no class folders, so the classes were read from the names of the files, such as cat.1.jpg.",
            "They are trained on so; Keras' flow_from_directory would find no class in such a folder.",
            sum(len(read) for split in found.files.values() for read in split.values()),
        )
    named = [(PurePosixPath(place).name, split) for split, place in found.places.items() if not found.divided]
    if other := [f"{name} for {split}" for name, split in named if name.lower() not in _KNOWN]:
        yield Finding(
            "splits",
            f"Taken by their names: {listed(other)}.",
            "They are trained on and validated with so; name them train and validation to be sure.",
            len(other),
        )
    if found.divided:
        yield Finding(
            "divided",
            f"There is no validation folder, so {VALIDATION_SHARE:.0%} of the pictures of each class were set aside "
            "for validation.",
            "The choice is made class by class and is always the same one for the same seed.",
            sum(len(read) for read in found.files["validation"].values()),
        )
    if found.unused:
        yield Finding(
            "unused",
            f"Not read, because validation pictures were found elsewhere: {listed(found.unused)}.",
            "Left out of the training.",
            len(found.unused),
            found.unused,
        )
    if found.junk:
        yield Finding(
            "junk",
            f"Ignored: {counted(found.junk, 'file')} that an operating system left, such as .DS_Store.",
            "Left out of the training.",
            found.junk,
        )
