"""Write a data set as a zip in the post's layout, so that it can be taken along and read again as it is."""

import json
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cnnlab.core.data.archives.zip_archives import MANIFEST, is_junk
from cnnlab.core.data.datasets import SPLITS, DataSet
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.pictures import PICTURE_SUFFIXES, format_of

_MADE = (1980, 1, 1, 0, 0, 0)  # the same set makes the same zip
_PLAIN = re.compile(r"[\w][\w .()+,=@-]{0,150}")


def export(
    data: DataSet,
    target: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    on_written: Callable[[int], None] = lambda size: None,
) -> None:
    """Write train/<class>/… and validation/<class>/… with every readable picture's own bytes, and a manifest.

    Pictures go to the disk one by one; an export that fails, or is ended by what `on_progress` or `on_written`
    (the bytes of each) raises, leaves nothing behind. Raises
    `DataSetError` if a folder cannot have a class' name, or a picture has gone since the check.
    """
    _check_names(data.classes)
    # Two processes may write the same set at once.
    part = target.with_name(f".new-{os.getpid()}-{target.name}")
    total, done = len(data.train) + len(data.validation), 0
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            _write(archive, MANIFEST, json.dumps(manifest(data), indent=1).encode())
            for split_name, split in zip(SPLITS, (data.train, data.validation), strict=True):
                for label, class_name in enumerate(data.classes):
                    members = [int(i) for i in (split.labels == label).nonzero()[0]]
                    names = file_names([split.name_of(i) for i in members])
                    for i, name in zip(members, names, strict=True):
                        content = split.stored(i)
                        ending = "" if Path(name).suffix else f".{format_of(content).lower()}"
                        _write(archive, f"{split_name}/{class_name}/{name}{ending}", content)
                        on_written(len(content))
                        done += 1
                        on_progress(done, total)
        part.replace(target)
    except OSError as error:
        raise DataSetError(f"The zip cannot be written ({error.strerror}); free some space and try again.") from error
    finally:
        part.unlink(missing_ok=True)


def manifest(data: DataSet) -> dict[str, Any]:
    """Return what the zip says about itself: the classes in the order of their labels, counts, what was left out."""
    return {
        "name": data.name,
        "classes": list(data.classes),
        "class_indices": {name: i for i, name in enumerate(data.classes)},
        "order": "as Keras sorts the folders" if data.classes == data.sorted_classes else "chosen",
        "pictures": {split: dict(counts) for split, counts in data.report.splits.items()},
        "left_out": len(data.report.skipped),
        "fingerprint": data.fingerprint,
    }


def file_names(names: Sequence[str]) -> list[str]:
    """Return names for the files of one folder that keep their order when sorted; their own where that is so.

    A name that does not end like a picture's gets no ending at all.
    """
    endings = [Path(name).suffix for name in names]
    endings = [ending if ending.lower() in PICTURE_SUFFIXES else "" for ending in endings]
    plain = all(endings) and all(_PLAIN.fullmatch(name) and not is_junk(name) for name in names)
    if plain and sorted(names) == list(names) and len({name.casefold() for name in names}) == len(names):
        return list(names)
    return [f"{i:06}{ending}" for i, ending in enumerate(endings)]


def _check_names(classes: Sequence[str]) -> None:
    for name in classes:
        if not _PLAIN.fullmatch(name) or is_junk(name):
            raise DataSetError(f"No folder of a zip can be named {name!r}; rename this class, then export the set.")
    if len({name.casefold() for name in classes}) < len(classes):
        raise DataSetError("Two classes differ in capital letters only, which a zip cannot hold; rename one of them.")


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _MADE), content)
