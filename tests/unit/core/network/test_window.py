"""Neighbours behind enlarged maps see differently far, and each as far as its windows, one behind the other, reach."""

import random

import pytest

from cnnlab.core.inside.sliding import Sliding, seen_through, slide
from cnnlab.core.network.layers import Axis, LayerError, Phases, Range

LENGTH = 400


def chain(rng: random.Random) -> list[Axis]:
    """Return a few windows of any form, some of which spread their input or let places see nothing."""
    found, length = [], LENGTH
    for _ in range(rng.randint(1, 4)):
        size, dilation, stride, spread = rng.randint(1, 4), rng.choice((1, 1, 2)), rng.choice((1, 1, 2, 3)), 1
        if rng.random() < 0.5:
            spread, stride = rng.choice((2, 3)), rng.choice((1, 1, 2))
        outputs = (length * spread) // stride
        found.append(Axis(length, outputs, size, dilation, stride, rng.randint(0, 3), spread))
        length = outputs
    return found


def written_out(axes: list[Axis]) -> tuple[Range, ...]:
    ranges: tuple[Range, ...] = tuple((i, i) for i in range(LENGTH))
    for axis in axes:
        window: Sliding = slide(axis)
        ranges = seen_through(window, ranges)
    return ranges


@pytest.mark.parametrize("seed", range(150))
def test_what_each_neighbour_sees_is_what_its_windows_reach(seed: int) -> None:
    axes = chain(random.Random(seed))
    phases = Phases(((0, 0),), 1)
    for axis in axes:
        phases = phases.through(axis)
    count, ranges = len(phases.ranges), written_out(axes)
    first = (len(ranges) // 2) // count * count  # far from both ends
    times = first // count
    for i, seen in enumerate(phases.ranges):
        moved = seen and (seen[0] + times * phases.jump, seen[1] + times * phases.jump)
        assert ranges[first + i] == moved, (axes, i)


def test_more_neighbours_than_are_told_apart_are_refused_in_a_sentence() -> None:
    wide = Phases(((0, 0),), 1).through(Axis(9, 9 * 16, spread=16))
    with pytest.raises(LayerError, match="at most 128 are told apart; enlarge them less"):
        wide.through(Axis(144, 144 * 17, spread=17))
    assert wide.through(Axis(144, 9, stride=16)).ranges == ((0, 0),)
