"""Serve a training's pictures batch by batch: shuffled and augmented from the seed alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from cnnlab.core.augment import AnyAugmentation, AnyTransform, apply, draw_for
from cnnlab.core.kept.rows import StoredRows

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.generic]]

_ORDER = 0  # what is drawn for a picture starts from another number, so that both never share random ones


@lru_cache(maxsize=2)
def order(n: int, seed: int, epoch: int) -> npt.NDArray[np.int64]:
    """Return the order in which an epoch (from 0) takes n pictures."""
    return np.random.default_rng((_ORDER, seed, epoch)).permutation(n)


def transforms(
    augmentation: AnyAugmentation, seed: int, epoch: int, indices: Sequence[int], size: tuple[int, int] | None = None
) -> list[AnyTransform]:
    """Return what is drawn for these pictures (height, width) in an epoch (from 0); each by its own index alone."""
    return [draw_for(augmentation, seed, epoch, index, size) for index in indices]


@dataclass(frozen=True)
class Batches:
    """Make the batches of all epochs: float32 pictures (n, height, width, channels) and their labels.

    Sequences (n, length, channels) are only rescaled: what augments pictures would tear letters apart.

    `images` is uint8, in memory once or as rows of a file; `labels` has one entry a picture. The last batch of an epoch
    may be smaller.
    """

    images: npt.NDArray[np.uint8] | StoredRows
    labels: npt.NDArray[np.generic]
    augmentation: AnyAugmentation
    batch_size: int
    epochs: int = 1
    seed: int = 0
    shuffle: bool = True

    def __len__(self) -> int:
        """Return the number of batches in one epoch."""
        return -(-len(self.images) // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        """Yield every batch of every epoch."""
        return (self.at(step) for step in range(len(self) * self.epochs))

    def at(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 through all epochs; it depends on nothing made before it."""
        epoch, batch = divmod(int(step), len(self))
        n = len(self.images)
        indices = order(n, self.seed, epoch) if self.shuffle else np.arange(n)
        chosen = indices[batch * self.batch_size : (batch + 1) * self.batch_size]
        if len(self.images.shape) == 3:
            rescaled = self.images[chosen] * np.float32(self.augmentation.rescale)
            return rescaled.astype(np.float32), self.labels[chosen]
        drawn = transforms(
            self.augmentation, self.seed, epoch, chosen.tolist(), (self.images.shape[1], self.images.shape[2])
        )
        return apply(self.images[chosen], drawn, self.augmentation), self.labels[chosen]
