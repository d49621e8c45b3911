"""Hold a little room on the disk, so that a training that ends on a full one can still say so."""

import contextlib
import os
import shutil
from pathlib import Path

from cnnlab.processes.home.files import replacing

NAME = "reserve"
SIZE = 1 << 20
PLENTY = 64 << 20  # bytes that must be free before some are set aside


def hold(home: Path) -> None:
    """Set the room aside, unless it is or the disk is nearly full."""
    path = home / NAME
    with contextlib.suppress(OSError):
        if not path.exists() and shutil.disk_usage(home).free > PLENTY:
            with replacing(path) as new:
                # Zeros would take no room on a file system that compresses.
                new.write_bytes(os.urandom(SIZE))


def give_up(home: Path) -> bool:
    """Free the room; return whether there was any."""
    with contextlib.suppress(OSError):
        (home / NAME).unlink()
        return True
    return False
