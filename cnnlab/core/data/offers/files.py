"""Know where a fetched file lies below the home, and whether it is the one that was offered."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from cnnlab.core.data.offers.offer import Contents, Offer
from cnnlab.core.data.splits import DataSetError
from cnnlab.core.words import Refusal

FOLDER = "fetched"
_BLOCK = 1 << 20


class AlteredError(DataSetError):
    """Say in one sentence that a file is not the one that was offered."""


def arriving(home: Path, offer: Offer) -> Path:
    """Return where a file grows while it arrives; a person may also put it there whole."""
    return home / FOLDER / offer.file_name


def arrived(home: Path, offer: Offer) -> int:
    """Return how many bytes of it are there."""
    try:
        return arriving(home, offer).stat().st_size
    except OSError:
        return 0


def kept(home: Path, offer: Offer) -> Path:
    """Return where the arrays of weights stay, named by the content of their file; ValueError without a checksum."""
    if offer.hash is None:
        raise ValueError(f"{offer.key} has no checksum to be kept by.")
    return home / FOLDER / f"{offer.hash.algorithm}-{offer.hash.digits}.npz"


def fetched(home: Path, offer: Offer) -> Path | None:
    """Return the arrays of weights that were fetched and found whole, or None."""
    path = kept(home, offer)
    return path if path.is_file() else None


def checked(file: Path, offer: Offer, on_progress: Callable[[int, int], None] = lambda done, total: None) -> str:
    """Return the SHA-256 of a file that is the offered one; raise `AlteredError` for any other."""
    digest = hashlib.sha256()
    named = hashlib.new(offer.hash.algorithm, usedforsecurity=False) if offer.hash else None
    done = 0
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            if named is not None:
                named.update(block)
            done += len(block)
            on_progress(done, offer.size)
    if done != offer.size:
        raise AlteredError(f"{file.name} has {done:,} bytes where {offer.size:,} are expected, so it is not used.")
    if offer.hash is not None and named is not None and named.hexdigest() != offer.hash.digits:
        raise AlteredError(
            f"{file.name} is not the file that was offered: its checksum is another than the one named by "
            f"{offer.hash.named_by}, so it was thrown away."
        )
    return digest.hexdigest()


def keep_weights(home: Path, offer: Offer, arrays: bytes) -> Path:
    """Write the arrays of weights that were found whole to where they stay, and return that; raise `Refusal`."""
    if offer.contents is not Contents.WEIGHTS:
        raise ValueError(f"{offer.key} holds no weights.")
    path = kept(home, offer)
    try:
        new = path.with_name(f".new-{path.name}")
        new.write_bytes(arrays)
        new.replace(path)
    except OSError as error:
        raise Refusal(f"The file could not be kept ({error.strerror}); free some space and try again.") from error
    return path
