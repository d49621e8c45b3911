"""Choose the pictures that a training learns from, and with which labels: from the seed alone."""

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]
TEST_SHARE = 0.2
_CHOOSE, _SHUFFLE, _APART = 2, 3, 4  # so that no two draws from one seed share random numbers


def chosen(labels: Labels, per_class: int | None, seed: int, *, apart: bool = False) -> Labels:
    """Return the positions of the pictures used: all, or so many of each class; the larger choice holds the smaller.

    With `apart` none of those that are kept apart for a test is among them.
    """
    free = np.setdiff1d(np.arange(len(labels)), kept_apart(labels) if apart else ())
    if per_class is None:
        return free
    rng = np.random.default_rng((_CHOOSE, seed))
    each = [rng.permutation(free[labels[free] == c])[:per_class] for c in np.unique(labels)]
    return np.sort(np.concatenate(each))


def kept_apart(labels: Labels) -> Labels:
    """Return the positions of the pictures for the test: a fifth of each class, at least one of two or more.

    They are the same for every training on these pictures, whatever its seed and the order of its classes.
    """
    found = [np.zeros(0, np.int64)]
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        count = max(1, round(TEST_SHARE * len(places))) if len(places) > 1 else 0
        found.append(np.random.default_rng((_APART, int(places[0]))).permutation(places)[:count])
    return np.sort(np.concatenate(found))


def shuffled(labels: Labels, seed: int) -> Labels:
    """Return the same labels in another order, so that they say nothing about their pictures."""
    return np.random.default_rng((_SHUFFLE, seed)).permutation(labels)
