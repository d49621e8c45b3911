"""Collect over a data set what one layer makes of its pictures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

import numpy as np
import numpy.typing as npt

from cnnlab.core.inside.feature_space import Floats
from cnnlab.core.pictures import Pixels
from cnnlab.processes.explain.pace import Pace
from cnnlab.processes.explain.strongest import BATCH, MOST_VALUES, Looked
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject

SMALL = 48  # pixels a side of the pictures that are kept to be shown


@dataclass(frozen=True, eq=False)
class Collected:
    """Hold the features (n, d) of pictures, what the subject answered (n, outputs), and the pictures, small.

    `small` is uint8 (n, SMALL, SMALL, 3).
    """

    features: Floats
    answers: Floats
    small: npt.NDArray[np.uint8]


def features_of(inside: Inside, subject: Subject, batch: Pixels, rows: Sequence[int]) -> tuple[Floats, ...]:
    """Return for each row what it makes of pictures, float32 (n, features); raise `InferenceError`."""
    return tuple(inside.ask("features", subject, batch, rows=list(rows))[1])


def collected(
    inside: Inside, subject: Subject, pictures: Iterable[Pixels], count: int, row: int
) -> Iterator[Looked | Collected]:
    """Yield how far it is after each batch of pictures, and at last the features that the layer at `row` gives them.

    `pictures` are uint8 (height, width, channels) as the subject takes them. Raises `InferenceError`.
    """
    left, done = iter(pictures), 0
    values = sum(prod(each.shape) for each in subject.rows)
    pace = Pace(max(1, min(BATCH, MOST_VALUES // values)))
    last = len(subject.rows) - 1
    parts: list[tuple[Floats, Floats, npt.NDArray[np.uint8]]] = []
    while done < count:
        batch = np.stack(list(islice(left, pace.of(count - done))))
        with pace.measured():
            features, answers = features_of(inside, subject, batch, (row, last))
        parts.append((features, answers, np.stack([_small(each) for each in batch])))
        done += len(batch)
        yield Looked(done, count)
    yield Collected(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _small(pixels: Pixels) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    rows, columns = (np.arange(SMALL) * n // SMALL for n in (height, width))
    return np.broadcast_to(pixels[rows[:, None], columns], (SMALL, SMALL, 3))
