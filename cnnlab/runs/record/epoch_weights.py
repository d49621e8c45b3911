"""Keep the weights of a run's epochs within a budget, and find them again."""

import shutil
from pathlib import Path

from cnnlab.processes.home.files import replacing

KEPT_BYTES = 64 << 20  # of one run; beyond it every second epoch goes


def keep_epoch(model: Path, folder: Path, epoch: int) -> None:
    """Keep a copy of the model as it is after an epoch; thin out the others when the budget is used up.

    The first epoch, and the one just kept, always stay.
    """
    folder.mkdir(exist_ok=True)
    with replacing(weights_path(folder, epoch), alone=True) as new:
        shutil.copyfile(model, new)
    stride = 1
    while sum(weights_path(folder, e).stat().st_size for e in kept_epochs(folder)) > KEPT_BYTES:
        stride *= 2
        for old in kept_epochs(folder):
            if old % stride and old not in (1, epoch):
                weights_path(folder, old).unlink()
        if stride > epoch:
            return


def kept_epochs(folder: Path) -> tuple[int, ...]:
    """Return the epochs whose weights are kept, in order; none where nothing was kept."""
    return tuple(sorted(int(path.stem) for path in folder.glob("*.keras") if path.stem.isdigit()))


def weights_path(folder: Path, epoch: int) -> Path:
    """Return where the weights after an epoch are kept."""
    return folder / f"{epoch:04d}.keras"
