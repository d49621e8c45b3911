"""Choose the pictures that a training learns from, and with which labels: from the seed alone."""

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]
_CHOOSE, _SHUFFLE = 2, 3  # so that no two draws from one seed share random numbers


def chosen(labels: Labels, per_class: int | None, seed: int) -> Labels:
    """Return the positions of the pictures used: all, or so many of each class; the larger choice holds the smaller."""
    if per_class is None:
        return np.arange(len(labels))
    rng = np.random.default_rng((_CHOOSE, seed))
    each = [rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in np.unique(labels)]
    return np.sort(np.concatenate(each))


def shuffled(labels: Labels, seed: int) -> Labels:
    """Return the same labels in another order, so that they say nothing about their pictures."""
    return np.random.default_rng((_SHUFFLE, seed)).permutation(labels)
