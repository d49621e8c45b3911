"""Take what a layer makes of pictures as points of a space: which lie near each other, and how they lie in a plane."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.words import Refusal

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
_FLAT = 1e-13  # of the whole variance: what is less is only rounding
VOTERS = 5  # nearest neighbours that say together what a picture is


class FeaturesError(Refusal):
    """Say in one sentence why there are no features."""


@dataclass(frozen=True, eq=False)
class Plane:
    """Hold the two directions in which features differ most: `points` (n, 2), and what share of the variance each has.

    `mean` (d,) is where the plane begins, `axes` (2, d) are its directions.
    """

    points: Doubles
    explained: tuple[float, float]
    mean: Doubles
    axes: Doubles

    def place(self, features: Floats) -> tuple[float, float]:
        """Return where the features (d,) of one more picture lie."""
        x, y = self.axes @ (features - self.mean)
        return float(x), float(y)


def principal(features: Floats) -> Plane:
    """Return the plane of the first two principal components of features (n, d), as Pearson found it in 1901.

    The products of all pairs of pictures are enough for that, however many features there are. Of each direction the
    largest part is positive, as in scikit-learn. Raises `FeaturesError` if all pictures have the same features.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    moved = features - mean
    values, vectors = np.linalg.eigh(moved @ moved.T)
    total = float(np.maximum(values, 0).sum())
    if len(features) < 2 or total <= 1e-12 * (1 + float(mean @ mean)):
        raise FeaturesError(
            "This layer makes the same of every picture, so none is nearer than another; choose another layer or "
            "other weights."
        )
    two = np.where(values[::-1][:2] > _FLAT * total, values[::-1][:2], 0.0)
    axes = vectors[:, ::-1][:, :2].T @ moved
    length = np.linalg.norm(axes, axis=1, keepdims=True)
    axes = np.divide(axes, length, out=np.zeros_like(axes), where=two[:, None] > 0)
    largest = axes[np.arange(2), np.abs(axes).argmax(axis=1)]
    axes *= np.where(largest < 0, -1, 1)[:, None]
    return Plane(moved @ axes.T, (float(two[0]) / total, float(two[1]) / total), mean, axes)


def distances(features: Floats, one: Floats) -> Doubles:
    """Return the Euclidean distance of features (n, d) to those of one picture (d,)."""
    return np.asarray(np.linalg.norm(features.astype(np.float64) - one, axis=1))


def voted(features: Floats, labels: Labels, classes: int) -> Labels:
    """Return for each picture the class that most of its `VOTERS` nearest others have; of equals the nearer one's."""
    wide = features.astype(np.float64)
    squares = (wide**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * wide @ wide.T
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1, kind="stable")[:, : min(VOTERS, len(labels) - 1)]
    found = np.empty(len(labels), np.int64)
    for i, row in enumerate(labels[near]):
        counts = np.bincount(row, minlength=classes)
        found[i] = next(label for label in row if counts[label] == counts.max())
    return found
