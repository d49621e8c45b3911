"""Say where a picture comes from, so that it can be found again and marked among others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FromGallery:
    """Name a picture of the gallery by its file."""

    file: str


@dataclass(frozen=True)
class FromPattern:
    """Name a test pattern."""

    name: str


@dataclass(frozen=True)
class FromUpload:
    """Name a picture that a visitor brought: by the digest of its file, or as the one drawing, which changes."""

    digest: str


@dataclass(frozen=True)
class FromData:
    """Name a picture of a data set by its split, training or validation, and its position there.

    `fingerprint` is that of the data set.
    """

    fingerprint: str
    split: str
    index: int


PictureReference = FromGallery | FromPattern | FromUpload | FromData
