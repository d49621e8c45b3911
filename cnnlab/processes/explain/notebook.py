"""Ask for the drawing of a layer's filters as the post's notebook made it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.core.explain.ascent import Floats, Span
from cnnlab.core.explain.notebook import Faults, climb_of, faults_of, given_up_at, shown, start_of
from cnnlab.core.pictures import Pixels
from cnnlab.processes.explain.units import check_unit, climb, pictures_together
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject


@dataclass(frozen=True, eq=False)
class Drawing:
    """Hold the drawing of the filters that are done: those that were drawn, by falling loss, and those skipped.

    `share` of all the work is done. `pictures` are uint8 (n, height, width, channels), `losses` what the notebook
    prints last: the mean of each drawn channel before the last step. `faults` is None before any filter is done.
    """

    share: float
    channels: tuple[int, ...]
    pictures: Pixels
    losses: tuple[float, ...]
    skipped: tuple[int, ...]
    faults: Faults | None


@dataclass(frozen=True, eq=False)
class _Filter:
    channel: int
    start: Floats
    picture: Floats
    losses: tuple[float, ...]

    @property
    def stuck(self) -> float | None:
        return given_up_at(self.losses)


def draw_like_notebook(inside: Inside, subject: Subject, index: int, seed: int = 0) -> Iterator[Drawing]:
    """Yield the notebook's drawing of the row at `index` after each question.

    The pictures have the subject's own size (the notebook's is 150 × 150). Raises `AscentError` or `InferenceError`.
    """
    check_unit(subject, index, (0,))
    count, together = subject.rows[index].shape[-1], pictures_together(subject)
    check_unit(subject, index, range(count))
    plan, done = climb_of(Span(*subject.rescaling), seed), list[_Filter]()
    for first in range(0, count, together):
        channels = range(first, min(count, first + together))
        starts = np.stack([start_of(subject.input_shape, channel, seed) for channel in channels])
        pictures, losses = starts, np.zeros((0, len(channels)), np.float32)
        for step in climb(inside, subject, index, channels, plan, starts):
            pictures, losses = step.pictures, np.concatenate([losses, step.reached[:-1]])
            yield _drawing(subject, index, done, (first + len(channels) * step.done / plan.steps) / count)
            if all(given_up_at(each) is not None for each in losses.T.tolist()):
                break
        done += map(_Filter, channels, starts, pictures, map(tuple, losses.T.tolist()))
    yield _drawing(subject, index, done, 1.0)


def _drawing(subject: Subject, index: int, done: Sequence[_Filter], share: float) -> Drawing:
    drawn = sorted((each for each in done if each.stuck is None), key=lambda each: -each.losses[-1])
    stuck = {each.channel: each.stuck for each in done if each.stuck is not None}
    pictures = np.zeros((len(drawn), *subject.input_shape), np.uint8)
    for picture, each in zip(pictures, drawn, strict=True):
        picture[:] = shown(each.picture)
    faults = None
    if done:
        starts, span = np.stack([each.start for each in done]), Span(*subject.rescaling)
        faults = faults_of(starts, span, tuple(stuck.values()), subject.graph.nodes, index)
    channels, losses = tuple(each.channel for each in drawn), tuple(each.losses[-1] for each in drawn)
    return Drawing(share, channels, pictures, losses, tuple(stuck), faults)
