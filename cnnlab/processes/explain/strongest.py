"""Collect over a data set which patches of its pictures the channels of convolutions answer most."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import prod
from pathlib import Path

import numpy as np

from cnnlab.core.explain.strongest import (
    Found,
    Ranking,
    convolutions,
    merge,
    rank,
    recall,
    refuse_too_many,
    remember,
    state_of,
)
from cnnlab.core.pictures import Pixels
from cnnlab.processes.explain.pace import Pace
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject

BATCH = 32  # pictures of one question
MOST_VALUES = 64_000_000  # numbers of all outputs for them, 256 MB


@dataclass(frozen=True)
class Looked:
    """Tell how many pictures were looked at, of how many."""

    done: int
    of: int


def strongest(
    inside: Inside, subject: Subject, pictures: Iterable[Pixels], count: int, fingerprint: str, folder: Path
) -> Iterator[Looked | Ranking]:
    """Yield how far it is after each batch of pictures, and the ranking of all convolutions at last.

    `pictures` are the first `count` of an iterable, uint8 (height, width, channels) as the subject takes them, and have
    the numbers 0, 1 … in its order; `fingerprint` changes whenever they do. What is kept in `folder` of the same
    subject and pictures comes at once, and no picture is taken. Raises `StrongestError` or `InferenceError`.
    """
    nodes = subject.graph.nodes
    refuse_too_many(nodes, count)
    state = state_of(subject.key, fingerprint, count)
    ranking = recall(folder, state, nodes)
    if ranking is None:
        parts: list[Found] = []
        for part in _found(inside, subject, islice(pictures, count), count):
            parts.append(part)
            yield Looked(int(part.pictures[-1]) + 1, count)
        ranking = rank(merge(parts), nodes)
        remember(folder, state, ranking)
    yield ranking


def _found(inside: Inside, subject: Subject, pictures: Iterator[Pixels], count: int) -> Iterator[Found]:
    """Yield what is found batch by batch."""
    values = sum(prod(row.shape) for row in subject.rows)
    pace, done = Pace(max(1, min(BATCH, MOST_VALUES // values))), 0
    indices = list(convolutions(subject.graph.nodes))
    while done < count:
        batch = np.stack(list(islice(pictures, pace.of(count - done))))
        with pace.measured():
            _, (largest, places) = inside.ask("strongest", subject, batch, indices=indices)
        yield Found(np.arange(done, done + len(batch), dtype=np.int32), largest, places)
        done += len(batch)
