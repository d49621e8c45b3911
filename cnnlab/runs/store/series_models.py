"""Drop the models of trainings whose numbers are all that is asked for; their curves and answers stay."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from cnnlab.runs.store.folders import HEAD

_FILES = ("model.keras", "best.keras", "head.keras", HEAD, "checkpoint.npz")
_DROPPED = "models_dropped"


def bytes_of_models(folders: Iterable[Path]) -> int:
    """Return how many bytes of the disk the models of these trainings take, with the states to go on from."""
    return sum(size for folder in folders for _, size in _models(folder))


def drop_models(folder: Path) -> None:
    """Delete the models of an ended training, which can go on no more then; raises OSError."""
    (folder / _DROPPED).touch()
    for path, _ in _models(folder):
        path.unlink(missing_ok=True)


def are_dropped(folder: Path) -> bool:
    """Tell whether the models of a training were dropped."""
    return (folder / _DROPPED).exists()


def _models(folder: Path) -> Iterator[tuple[Path, int]]:
    for name in _FILES:
        with contextlib.suppress(OSError):
            yield folder / name, (folder / name).stat().st_size
