"""Ask what one unit likes: the picture that it answers most, climbed step by step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from cnnlab.core.explain.ascent import Ascent, AscentError, Floats, Span, noise
from cnnlab.core.pictures import Pixels
from cnnlab.processes.explain.pace import Pace
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import Subject

TOGETHER = 8  # pictures that climb in one question
MOST_VALUES = 32_000_000  # numbers of all outputs for the pictures of one question; their gradients take as many
MOST_DRAWN = 256  # channels of one sheet


@dataclass(frozen=True, eq=False)
class Frame:
    """Hold a climb after some steps: the picture, uint8 (height, width, channels), and what the unit answers to it.

    `curve` are the answers after each step since the frame before, the last one `activation`. A `silent` unit had no
    slope so far, or answers exactly 0: its picture shows nothing that it likes.
    """

    picture: Pixels
    activation: float
    steps: int
    curve: tuple[float, ...]
    silent: bool


@dataclass(frozen=True, eq=False)
class Sheet:
    """Hold the pictures of those `channels` whose climb is over, uint8 (n, height, width, channels).

    `share` of all is done; `activations` (n,) and `silent` (n,) are as in a `Frame`.
    """

    share: float
    channels: tuple[int, ...]
    pictures: Pixels
    activations: Floats
    silent: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Step:
    pictures: Floats
    reached: Floats
    climbed: npt.NDArray[np.bool_]
    done: int


def maximise(
    inside: Inside, subject: Subject, index: int, channel: int, ascent: Ascent, start: Pixels | None = None
) -> Iterator[Frame]:
    """Yield the frames of a climb towards what a channel of the row at `index` answers most, the start first.

    `start` is a picture as the subject takes it; without one it is noise. Raises `AscentError` or `InferenceError`.
    """
    check_unit(subject, index, (channel,))
    if start is not None and (start.shape != subject.input_shape or start.dtype != np.uint8):
        raise AscentError(
            f"A climb starts from a picture of {subject.input_shape} with values 0 to 255, but got {start.shape} of "
            f"{start.dtype}; resize the picture first."
        )
    span = Span(*subject.rescaling)
    begin = noise(ascent, subject.input_shape, span) if start is None else span.rescaled(start)
    climbed = False
    for step in climb(inside, subject, index, (channel,), ascent, begin[None]):
        climbed |= bool(step.climbed[0])
        if step.done == len(step.reached) - 1:
            before = float(step.reached[0, 0])
            yield Frame(span.pixels(begin), before, 0, (before,), before == 0)
        curve = tuple(float(value) for value in step.reached[1:, 0])
        silent = not climbed or curve[-1] == 0
        yield Frame(span.pixels(step.pictures[0]), curve[-1], step.done, curve, silent)


def maximise_all(
    inside: Inside, subject: Subject, index: int, ascent: Ascent, channels: Sequence[int] | None = None
) -> Iterator[Sheet]:
    """Yield a sheet of what all channels of the row at `index`, or some, answer most, again after every question.

    All start from the same noise. Raises `AscentError` or `InferenceError`.
    """
    chosen = tuple(range(subject.rows[index].shape[-1]) if channels is None else channels)
    check_unit(subject, index, chosen)
    span, together = Span(*subject.rescaling), pictures_together(subject)
    begin = noise(ascent, subject.input_shape, span)
    pictures, activations, silent = (
        np.zeros((len(chosen), *subject.input_shape), np.uint8),
        np.zeros(len(chosen), np.float32),
        np.zeros(len(chosen), bool),
    )
    for first in range(0, len(chosen), together):
        part = chosen[first : first + together]
        climbed = np.zeros(len(part), bool)
        for step in climb(inside, subject, index, part, ascent, np.stack([begin] * len(part))):
            climbed |= step.climbed
            over = first
            if step.done == ascent.steps:
                over += len(part)
                pictures[first:over] = span.pixels(step.pictures)
                activations[first:over] = step.reached[-1]
                silent[first:over] = ~climbed | (step.reached[-1] == 0)
            share = (first * ascent.steps + len(part) * step.done) / (len(chosen) * ascent.steps)
            yield Sheet(share, chosen[:over], pictures[:over], activations[:over], silent[:over])


def climb(
    inside: Inside, subject: Subject, index: int, channels: Sequence[int], ascent: Ascent, begin: Floats
) -> Iterator[_Step]:
    """Yield each answer of a climb of several pictures, one for each channel."""
    pictures, done, pace = begin, 0, Pace(ascent.every)
    while done < ascent.steps:
        steps = pace.of(min(ascent.steps - done, ascent.every - done % ascent.every))
        asked = {"index": index, "channels": list(channels), "done": done, "steps": steps, "ascent": ascent.asked}
        with pace.measured():
            _, (pictures, reached, climbed) = inside.ask("ascend", subject, None, pictures, gradient=True, **asked)
        done += steps
        yield _Step(pictures, reached, climbed, done)


def pictures_together(subject: Subject) -> int:
    """Return how many pictures climb in one question, so that their outputs have room in memory."""
    return max(1, min(TOGETHER, MOST_VALUES // sum(prod(row.shape) for row in subject.rows)))


def check_unit(subject: Subject, index: int, channels: Sequence[int]) -> None:
    """Refuse a row that is not there, or channels that it does not have, or too many; raise `AscentError`."""
    rows = subject.rows
    if not 0 <= index < len(rows):
        raise AscentError(f"There is no layer {index}, only 0 to {len(rows) - 1}; choose one of these.")
    most = rows[index].shape[-1]
    if not channels or not all(0 <= channel < most for channel in channels):
        raise AscentError(f"{rows[index].name} has the channels 0 to {most - 1}; choose from these.")
    if len(channels) > MOST_DRAWN:
        raise AscentError(f"At most {MOST_DRAWN} channels are drawn at once, and {len(channels):,} were asked for.")
