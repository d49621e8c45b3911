"""Real disks that are small or may not be written, where the tests may mount one."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def mounted(*arguments: str) -> bool:
    """Call mount, and tell whether it did what was asked."""
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Return what makes a disk of so many megabytes and gives the home on it."""
    made: list[Path] = []

    def make(megabytes: int) -> Path:
        place = tmp_path / f"disk-{len(made)}"
        place.mkdir()
        if not mounted("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)):
            pytest.skip("only who may mount can make a small disk")
        made.append(place)
        home = place / "home"
        home.mkdir()
        return home

    yield make
    for place in made:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(home: Path) -> Path:
    """Take all the room of a disk and return the file that does."""
    filler = home.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            return filler
