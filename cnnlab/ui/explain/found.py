"""Keep what was asked of a subject last, so that it is not computed again while its page is drawn again."""

import hashlib

import numpy as np

from cnnlab.core.explain.asked import Asked
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.pictures import Pixels
from cnnlab.processes.explain.attributions import Attribution, attribution
from cnnlab.processes.subjects import Subject, pixels_key
from cnnlab.ui.session import services

MOST_KEPT = 32 << 20  # bytes, a few hundred maps of 150 by 150 pixels


def _bytes_of(found: Attribution) -> int:
    return found.values.nbytes + found.outputs.nbytes + 1000


ATTRIBUTIONS: KeptByBytes[Attribution] = KeptByBytes(MOST_KEPT, _bytes_of)
OUTPUTS: KeptByBytes[tuple[np.ndarray, np.ndarray | None]] = KeptByBytes(1 << 20, lambda found: found[0].nbytes + 500)


def found_attribution(subject: Subject, pixels: Pixels, asked: Asked, forget: int = 0) -> Attribution:
    """Return an attribution, from those kept if it is there; raise `InferenceError` or `ExplainError`."""
    key = (*subject_key(subject, pixels), asked, forget)
    return ATTRIBUTIONS.get(key, lambda: attribution(services.inference(), subject, pixels, asked, forget))


def is_found(subject: Subject, pixels: Pixels, asked: Asked, forget: int = 0) -> bool:
    """Tell whether an attribution is kept, so that it costs nothing."""
    return ATTRIBUTIONS.peek((*subject_key(subject, pixels), asked, forget)) is not None


def outputs_of(subject: Subject, pixels: Pixels) -> tuple[np.ndarray, np.ndarray | None]:
    """Return what a subject's last layer says to a picture, and its logits; raise `InferenceError`."""

    def look() -> tuple[np.ndarray, np.ndarray | None]:
        seen = services.inference().look(subject, pixels)
        return np.array(seen.outputs[-1]), None if seen.logits is None else np.array(seen.logits)

    return OUTPUTS.get(subject_key(subject, pixels), look)


def subject_key(subject: Subject, pixels: Pixels) -> tuple[bytes, str]:
    """Return what names a subject with a picture, in few bytes."""
    return hashlib.sha256(subject.key.encode()).digest(), pixels_key(pixels)
