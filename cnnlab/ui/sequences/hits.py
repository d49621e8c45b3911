"""Read every filter from what it answers most strongly to in a data set; that goes on beside the page."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnnlab.core.sequences.matching import from_hits
from cnnlab.core.sequences.sequence_set import SequenceSet
from cnnlab.ui.parts.work import Step, Steps, Works

MOST_KEPT = 16 << 20  # bytes
MOST_LETTERS = 1_000_000
"""Letters of the data that each filter is slid over."""


@dataclass(frozen=True, eq=False)
class Hits:
    """Hold for each filter the shares (size, 4) in its strongest windows, and how many those were."""

    shares: npt.NDArray[np.float64]
    counts: tuple[int, ...]


HITS: Works[Hits] = Works(MOST_KEPT, lambda hits: hits.shares.nbytes + 1000)


def strongest_hits(kernels: npt.NDArray[np.float32], known: SequenceSet) -> Steps[Hits]:
    """Return what reads the filters of kernels (size, 4, filters) one after the other; it runs in a thread."""
    codes = known.train.codes
    few = codes[:: max(1, -(-codes.size // MOST_LETTERS))]

    def steps() -> Iterator[Step | Hits]:
        found = []
        count = kernels.shape[2]
        for i in range(count):
            yield Step(i / count, f"Looking for the strongest hits: filter {i + 1} of {count}…")
            found.append(from_hits(kernels[:, :, i], few))
        yield Hits(np.stack([shares for shares, _ in found]), tuple(n for _, n in found))

    return steps
