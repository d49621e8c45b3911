"""Check a folder or an archive of labelled pictures, and report what a training would get."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from cnnlab.core.data.archives.reasons import with_reasons
from cnnlab.core.data.archives.unpacking import unpack
from cnnlab.core.data.archives.zip_archives import ArchiveError, Skipped
from cnnlab.core.data.doctor.data_doctor import examine, refusal
from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.data.doctor.keras_sees import CLASSES
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.data.survey.layouts import LayoutError
from cnnlab.core.data.survey.reading import OnProgress, Reading, Survey, survey
from cnnlab.core.pictures import shown_name
from cnnlab.core.settings import Settings


@dataclass(frozen=True)
class Report:
    """Hold what a check found: readable pictures of each class in each split, files left out, and the findings.

    `details` are the findings with their files and what will be done; `refused` is one sentence if nothing can be
    trained on the data set, else None; `tree` then draws the folders, where they were not understood.
    """

    classes: tuple[str, ...] = ()
    splits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    details: tuple[Finding, ...] = ()
    refused: str | None = None
    tree: str = ""

    @classmethod
    def of(cls, found: Survey) -> "Report":
        """Count what a survey found."""
        counts = {s: {shown_name(c): len(read) for c, read in split.items()} for s, split in found.files.items()}
        classes = tuple(shown_name(name) for name in found.classes)
        return cls(classes, counts, found.skipped, examine(found), refusal(found.files))

    @property
    def as_keras(self) -> bool:
        """Tell whether Keras finds the same classes in the same folders."""
        return all(finding.kind != CLASSES for finding in self.details)

    @property
    def findings(self) -> tuple[str, ...]:
        """Return every finding as one sentence."""
        return tuple(finding.sentence for finding in self.details)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        return {
            "classes": list(self.classes),
            "splits": {split: dict(counts) for split, counts in self.splits.items()},
            "skipped": [{"file": skip.file, "reason": skip.reason} for skip in self.skipped],
            "findings": list(self.findings),
            "refused": self.refused,
        }


def check(
    path: Path | str,
    max_pixels: int = Settings.max_pixels,
    on_progress: OnProgress = lambda done, total: None,
    reading: Reading | None = None,
    left_out: Sequence[Skipped] | None = None,
) -> Report:
    """Read every picture of a folder, zip or tar file and report what a training would get; bad data never raises.

    `reading` reads the files, by default in threads of this process. `left_out` is what unpacking the folder left out,
    if it was an archive: it stands in a refusal, and not in the report.
    """
    path = Path(path)
    look = partial(survey, max_pixels=max_pixels, tally=True, on_progress=on_progress, reading=reading)
    try:
        if left_out is not None:
            return _report_of_unpacked(path, left_out, lambda: look(path))
        if not path.is_file():
            return Report.of(look(path))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / (shown_name(path.stem).lstrip(".") or "set")
            left_out = unpack(path, target)
            return _report_of_unpacked(target, left_out, lambda: look(target, left_out=left_out))
    except ArchiveError as error:
        return Report(refused=str(error))
    except (LayoutError, DataSetError) as error:
        return Report(refused=str(error), tree=error.tree)


def _report_of_unpacked(target: Path, left_out: Sequence[Skipped], look: Callable[[], Survey]) -> Report:
    """Report on what was unpacked; with a refusal stand the reasons why the rest was left out."""
    try:
        report = Report.of(look())
    except LayoutError as error:
        report = Report(refused=str(error), tree=error.tree, skipped=tuple(left_out))
    if report.refused is None:
        return report
    nothing = not any(path.is_file() for path in target.rglob("*"))
    return replace(report, refused=with_reasons(report.refused, left_out, nothing=nothing))
