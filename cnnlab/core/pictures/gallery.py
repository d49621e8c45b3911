"""List the pictures that come with CNN Lab, with who made them and under which licence."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cnnlab.core.shipped import ASSETS

FOLDER = ASSETS / "gallery"


@dataclass(frozen=True)
class GalleryPicture:
    """Describe one picture of the gallery; `alt` is one sentence for those who can't see it."""

    file: str
    title: str
    alt: str
    author: str
    licence: str
    source: str

    @property
    def path(self) -> Path:
        """Return where the picture lies."""
        return FOLDER / self.file

    def read(self) -> bytes:
        """Return the bytes of the JPEG or PNG file."""
        return self.path.read_bytes()


@lru_cache(maxsize=1)
def pictures() -> tuple[GalleryPicture, ...]:
    """Return all pictures in the order of credits.json; the first, Chelsea the cat, is the one to start with."""
    listing = json.loads((FOLDER / "credits.json").read_text(encoding="utf-8"))
    return tuple(GalleryPicture(**entry) for entry in listing)


def named(file: str) -> GalleryPicture:
    """Return the picture with this file; raise `KeyError` if there is none."""
    return {picture.file: picture for picture in pictures()}[file]
