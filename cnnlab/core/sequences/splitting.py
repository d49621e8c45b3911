"""Make a set of what was read: a fifth of each class aside for validation, and what is worth knowing of it."""

import hashlib

import numpy as np

from cnnlab.core.sequences.doctor import examine
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.reading import Read
from cnnlab.core.sequences.sequence_set import SequenceSet, SequenceSplit

VALIDATION_SHARE = 0.2
FEWEST = 5
"""Sequences of a class, of which one is for validation."""


def split(found: Read, name: str, seed: int = 0, limit_per_class: int | None = None) -> SequenceSet:
    """Return the set, split by chance and the same for the same seed; raise `SequenceError` for too small a class."""
    rng = np.random.default_rng((5, seed))
    train, validation = [], []
    for label, class_name in enumerate(found.classes):
        own = rng.permutation(np.flatnonzero(found.labels == label))
        if len(own) < FEWEST:
            raise SequenceError(f"{class_name} has {len(own)} sequences, and at least {FEWEST} are needed; bring more.")
        aside = max(1, round(VALIDATION_SHARE * len(own)))
        validation.append(own[:aside][:limit_per_class])
        train.append(own[aside:][:limit_per_class])
    chosen = [np.sort(np.concatenate(each)) for each in (train, validation)]
    parts = [
        SequenceSplit(found.codes[places], found.labels[places], tuple(f"sequence {i + 1}" for i in places))
        for places in chosen
    ]
    digest = hashlib.sha256(found.codes.tobytes() + found.labels.tobytes() + repr(found.classes).encode())
    digest.update(repr((seed, limit_per_class)).encode())
    made = SequenceSet(name, found.classes, parts[0], parts[1], digest.hexdigest())
    lengths = None if found.lengths is None else (found.lengths[chosen[0]], found.lengths[chosen[1]])
    return examine(made, found.unknown, lengths)
